// The checked program as text: settings that differ, lists, tables, lets, and the rules with their conditions and
// actions.
#include <fmt/format.h>

#include "compiler/program.h"
#include "compiler/table/renderer.h"
#include "compiler/table/table.h"

namespace sprx {
namespace {

constexpr std::string_view kTargets[] = {"",     "header",          "query",           "cookie",         "path",
                                         "host", "response.header", "response.cookie", "response.status"};
constexpr std::string_view kKinds[] = {"string", "path", "host",    "domain",        "cidr",
                                       "ip",     "int",  "pattern", "path template", "host template"};
constexpr std::string_view kModes[] = {"", " under", " contains", " starts_with", " ends_with"};

/// Rows shown of a list; the rest is counted.
constexpr std::size_t kShownRows = 8;

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

std::string row_text(const RuleSet& rules, const Keys& keys, std::size_t row) {
  if (row < keys.texts.size()) return quote(rules.pool.strings.view(keys.texts[row]));
  if (row < keys.prefixes.size()) return to_text(keys.prefixes[row]);
  if (row < keys.ranges.size()) {
    const IntRange& range = keys.ranges[row];
    return range.first == range.last ? fmt::format("{}", range.first) : fmt::format("{}..{}", range.first, range.last);
  }
  if (row < keys.patterns.size()) {
    const Pattern& pattern = rules.pool.at(keys.patterns[row]);
    return fmt::format("/{}/{}", pattern.source, pattern.nocase ? "i" : "");
  }
  return quote(rules.pool.at(keys.templates[row]).source);
}

void keys_text(const Keys& keys, std::string& out) {
  fmt::format_to(std::back_inserter(out), ": {}{}{}, {} rows\n", kKinds[static_cast<std::size_t>(keys.kind)],
                 kModes[static_cast<std::size_t>(keys.mode)], keys.nocase ? " nocase" : "", keys.size());
}

std::string name_text(const RuleSet& rules, StrId name) {
  return name == kNoStr ? "(inline)" : std::string(rules.pool.strings.view(name));
}

void data_text(const RuleSet& rules, std::string& out) {
  for (std::size_t i = 0; i < rules.lists.size(); ++i) {
    const List& list = rules.lists[i];
    out += "list " + name_text(rules, list.name);
    keys_text(list.keys, out);
    for (std::size_t row = 0; row < std::min(kShownRows, list.keys.size()); ++row)
      out += "  " + row_text(rules, list.keys, row) + "\n";
  }
  for (const Table& table : rules.tables) {
    out += "table " + name_text(rules, table.name);
    keys_text(table.keys, out);
    for (std::size_t row = 0; row < std::min(kShownRows, table.keys.size()); ++row) {
      const std::string value = table.value_type == Type::string    ? quote(rules.pool.strings.view(table.texts[row]))
                                : table.value_type == Type::boolean ? (table.integers[row] != 0 ? "true" : "false")
                                                                    : std::to_string(table.integers[row]);
      out += "  " + row_text(rules, table.keys, row) + " => " + value + "\n";
    }
  }
  for (const Let& let : rules.lets) {
    out += fmt::format("let {}{} = {}\n", rules.pool.strings.view(let.name),
                       let.phase == Phase::response ? " (response)" : "", render(rules, let.value));
  }
}

std::string answer_text(const RuleSet& rules, const Action& action) {
  const Answer& answer = rules.answers[action.answer];
  std::string out = fmt::format(" {}", answer.status);
  if (answer.location != kNoExpr) out += " " + render(rules, answer.location);
  if (answer.keep_query == KeepQuery::yes) out += " keep_query";
  if (answer.keep_query == KeepQuery::unless_set) out += " keep_query_unless_set";
  for (std::uint32_t i = 0; i < answer.header_count; ++i) {
    const AnswerHeader& header = rules.answer_headers[answer.first_header + i];
    out += fmt::format(" header {} = {}", quote(rules.pool.strings.view(header.name)), render(rules, header.value));
  }
  if (answer.content_type != kNoStr) out += " content_type " + quote(rules.pool.strings.view(answer.content_type));
  if (answer.body != kNoExpr) out += " body " + render(rules, answer.body);
  return out;
}

std::string action_text(const RuleSet& rules, const Action& action) {
  std::string out(info(action.word).name);
  if (action.word == ActionWord::respond || action.word == ActionWord::redirect || action.word == ActionWord::deny)
    return out + answer_text(rules, action);
  if (action.word == ActionWord::ban) {
    const Ban& ban = rules.bans[action.answer];
    return out + fmt::format(" {} {} for {}",
                             rules.pool.strings.view(rules.dynamic_lists[static_cast<std::size_t>(ban.list)].name),
                             render(rules, ban.key), duration_text(ban.for_us / 1'000));
  }
  if (action.target != Target::none) out += " " + std::string(kTargets[static_cast<std::size_t>(action.target)]);
  if (action.name_count > 0) {
    const bool log = action.word == ActionWord::log;
    out += log ? " " : "[";
    for (std::uint32_t i = 0; i < action.name_count; ++i) {
      const std::string_view name = rules.pool.strings.view(rules.names[action.first_name + i]);
      out += (i > 0 ? ", " : "") + (log ? std::string(name) : quote(name));
    }
    if (!log) out += "]";
  }
  if (action.value != kNoExpr) out += (action.word == ActionWord::origin ? " " : " = ") + render(rules, action.value);
  if (action.attributes != kNoStr)
    out += " { " + std::string(rules.pool.strings.view(action.attributes).substr(2)) + " }";
  return out;
}

void changing_text(const RuleSet& rules, std::string& out) {
  const StringPool& strings = rules.pool.strings;
  for (const Flag& flag : rules.flags)
    out += fmt::format("flag {} = {}\n", strings.view(flag.name), flag.on ? "on" : "off");
  for (const DynamicList& list : rules.dynamic_lists) {
    out += fmt::format("dynamic list {}: {}, ttl {}, max {}\n", strings.view(list.name),
                       kKinds[static_cast<std::size_t>(list.kind)], duration_text(list.ttl_us / 1'000), list.max);
  }
  for (const Limit& limit : rules.limits) {
    out += fmt::format("limit {}: rate {}, burst {}, penalty {}, max {}\n", strings.view(limit.name), rate_text(limit),
                       limit.burst, duration_text(limit.penalty_us / 1'000), limit.max);
    for (std::uint32_t i = 0; i < limit.key_count; ++i)
      out += "  key " + render(rules, rules.limit_keys[limit.first_key + i]) + "\n";
  }
}

std::string guard_text(const RuleSet& rules, const Rule& rule) {
  if (rule.guard == kNoGuard) return {};
  const Guard& guard = rules.guards[rule.guard];
  std::string out;
  if (guard.since_us != Guard{}.since_us) out += fmt::format("  since \"{}\"\n", time_text(guard.since_us));
  if (guard.until_us != Guard{}.until_us) out += fmt::format("  until \"{}\"\n", time_text(guard.until_us));
  if (guard.over != kNoLimit)
    out += fmt::format("  over {}\n", rules.pool.strings.view(rules.limits[static_cast<std::size_t>(guard.over)].name));
  if (guard.dry_run) out += "  dry_run\n";
  return out;
}

}  // namespace

std::string dump(const CheckedProgram& program) {
  const RuleSet& rules = program.rules;
  std::string out;
  for (const SettingInfo& setting : kSettings) {
    if (rules.settings[setting.id] == setting.fallback) continue;
    out += fmt::format("setting {}{}{} = {}\n", setting.section, setting.section.empty() ? "" : ".", setting.name,
                       rules.settings[setting.id]);
  }
  if (rules.client_ip_header != kNoStr)
    out += fmt::format("setting client_ip.header = {}\n", quote(rules.pool.strings.view(rules.client_ip_header)));
  data_text(rules, out);
  changing_text(rules, out);
  if (rules.capture_slots > 0) out += fmt::format("captures {}\n", rules.capture_slots);
  for (const Phase phase : {Phase::request, Phase::response}) {
    for (const Rule& rule : rules.of(phase)) {
      out += fmt::format("{}rule {} at {}:{}\n", phase == Phase::response ? "response " : "",
                         rules.pool.strings.view(rule.name), rules.pool.strings.view(rule.file), rule.line);
      out += "  when " + render(rules, rule.condition) + "\n";
      out += guard_text(rules, rule);
      for (std::uint32_t i = 0; i < rule.action_count; ++i)
        out += "  " + action_text(rules, rules.actions[rule.first_action + i]) + "\n";
    }
  }
  return out;
}

}  // namespace sprx
