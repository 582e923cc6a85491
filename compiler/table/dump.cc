// The decision table as text: complete, stable, one line a thing.
#include <fmt/format.h>

#include "compiler/table/index.h"
#include "compiler/table/renderer.h"
#include "compiler/table/table.h"

namespace sprx {
namespace {

std::string_view kind_name(KeyKind kind) {
  constexpr std::string_view kNames[] = {"string", "path",    "host",    "domain",        "cidr",
                                         "ip",     "integer", "pattern", "path template", "host template"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view mode_name(MatchMode mode) {
  constexpr std::string_view kNames[] = {"", ", under", ", contains", ", starts_with", ", ends_with"};
  return kNames[static_cast<std::size_t>(mode)];
}

std::string_view flavour_name(Flavour flavour) {
  constexpr std::string_view kNames[] = {"at or below",        "below",        "whole",
                                         "host + at or below", "host + below", "host + whole"};
  return kNames[static_cast<std::size_t>(flavour)];
}

class Dump {
 public:
  explicit Dump(const DecisionTable& table) : table_(table), rules_(table.rules()) {}
  std::string run() {
    line("table {}", table_.version());
    settings();
    data();
    changing();
    lets();
    phase(Phase::request, "request rules");
    phase(Phase::response, "response rules");
    index(Phase::request, "request index");
    index(Phase::response, "response index");
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }
  [[nodiscard]] std::string_view text(StrId id) const { return rules_.pool.strings.view(id); }

  void settings() {
    line("\nsettings");
    for (const SettingInfo& setting : kSettings) {
      const std::string section = setting.section.empty() ? std::string() : std::string(setting.section) + ".";
      line("  {}{} = {}{}", section, setting.name, rules_.settings[setting.id],
           setting.kind == SettingInfo::Kind::milliseconds ? " ms" : "");
    }
    if (rules_.client_ip_header != kNoStr) line("  client_ip.header = {}", quoted(text(rules_.client_ip_header)));
  }

  [[nodiscard]] std::string keys(const Keys& keys) const {
    return fmt::format("{}{}{}, {} row{}", kind_name(keys.kind), keys.nocase ? " nocase" : "", mode_name(keys.mode),
                       keys.size(), keys.size() == 1 ? "" : "s");
  }

  void data() {
    if (!rules_.lists.empty()) line("\nlists");
    for (const List& list : rules_.lists) {
      line("  {}: {}", list.name == kNoStr ? std::string_view("(inline)") : text(list.name), keys(list.keys));
    }
    if (!rules_.tables.empty()) line("\ntables");
    for (const Table& table : rules_.tables) {
      line("  {}: {} -> {}", text(table.name), keys(table.keys), name_of(table.value_type));
    }
  }

  void lets() {
    if (!rules_.lets.empty()) line("\nlets");
    for (const Let& let : rules_.lets) {
      line("  {} = {}{}", text(let.name), render(rules_, let.value),
           let.phase == Phase::response ? "  # response" : "");
    }
  }

  void changing() {
    if (!rules_.flags.empty()) line("\nflags");
    for (const Flag& flag : rules_.flags) line("  {} = {}", text(flag.name), flag.on ? "on" : "off");
    if (!rules_.dynamic_lists.empty()) line("\ndynamic lists");
    for (const DynamicList& list : rules_.dynamic_lists) {
      line("  {}: {}, ttl {}, max {}", text(list.name), kind_name(list.kind), duration_text(list.ttl_us / 1'000),
           list.max);
    }
    if (!rules_.limits.empty()) line("\nlimits");
    for (const Limit& limit : rules_.limits) {
      std::string keys;
      for (std::uint32_t i = 0; i < limit.key_count; ++i) {
        keys += (i == 0 ? " key " : ", ") + render(rules_, rules_.limit_keys[limit.first_key + i]);
      }
      const std::string penalty = limit.penalty_us == 0 ? "" : ", penalty " + duration_text(limit.penalty_us / 1'000);
      line("  {}:{} rate {}, burst {}{}, max {}", text(limit.name), keys, rate_text(limit), limit.burst, penalty,
           limit.max);
    }
  }

  void guard(const Rule& rule) {
    if (rule.guard == kNoGuard) return;
    const Guard& guard = rules_.guards[rule.guard];
    if (guard.since_us != Guard{}.since_us) line("    since \"{}\"", time_text(guard.since_us));
    if (guard.until_us != Guard{}.until_us) line("    until \"{}\"", time_text(guard.until_us));
    if (guard.over != kNoLimit) line("    over {}", text(rules_.limits[static_cast<std::size_t>(guard.over)].name));
    if (guard.dry_run) line("    dry_run");
  }

  [[nodiscard]] std::string names(const Action& action) const {
    std::string out;
    for (std::uint32_t i = 0; i < action.name_count; ++i) {
      if (i > 0) out += ", ";
      out += quoted(text(rules_.names[action.first_name + i]));
    }
    return out;
  }

  [[nodiscard]] std::string target(const Action& action) const {
    constexpr std::string_view kTargets[] = {"",     "header",          "query",           "cookie",         "path",
                                             "host", "response.header", "response.cookie", "response.status"};
    const std::string_view name = kTargets[static_cast<std::size_t>(action.target)];
    return action.name_count == 0 ? std::string(name) : fmt::format("{}[{}]", name, names(action));
  }

  [[nodiscard]] std::string answer(const Action& action, const Renderer& renderer) const {
    const Answer& answer = rules_.answers[action.answer];
    std::string out = fmt::format("{} {}", info(action.word).name, answer.status);
    if (answer.location != kNoExpr) out += " " + renderer.value(answer.location, Renderer::Level::value);
    if (answer.keep_query == KeepQuery::yes) out += " keep_query";
    if (answer.keep_query == KeepQuery::unless_set) out += " keep_query_unless_set";
    std::string block;
    for (std::uint32_t i = 0; i < answer.header_count; ++i) {
      const AnswerHeader& header = rules_.answer_headers[answer.first_header + i];
      block += fmt::format(" header {} = {};", quoted(text(header.name)), renderer.value(header.value));
    }
    if (answer.content_type != kNoStr) block += fmt::format(" content_type {};", quoted(text(answer.content_type)));
    if (answer.body != kNoExpr) block += fmt::format(" body {};", renderer.value(answer.body));
    return block.empty() ? out : fmt::format("{} {{{} }}", out, block);
  }

  [[nodiscard]] std::string action(const Action& action, const Renderer& renderer) const {
    const std::string_view word = info(action.word).name;
    switch (action.word) {
      case ActionWord::set:
      case ActionWord::add:
        return fmt::format("{} {} = {}", word, target(action), renderer.value(action.value));
      case ActionWord::unset:
      case ActionWord::keep:
        return fmt::format("{} {}", word, target(action));
      case ActionWord::sort:
        return "sort query";
      case ActionWord::origin:
        return fmt::format("origin {}", renderer.value(action.value));
      case ActionWord::log:
        return fmt::format("log {} = {}", text(rules_.names[action.first_name]), renderer.value(action.value));
      case ActionWord::respond:
      case ActionWord::redirect:
      case ActionWord::deny:
        return answer(action, renderer);
      case ActionWord::ban: {
        const Ban& ban = rules_.bans[action.answer];
        return fmt::format("ban {} {} for {}", text(rules_.dynamic_lists[static_cast<std::size_t>(ban.list)].name),
                           renderer.value(ban.key), duration_text(ban.for_us / 1'000));
      }
      default:
        return std::string(word);
    }
  }

  void phase(Phase phase, std::string_view title) {
    if (rules_.of(phase).empty()) return;
    line("\n{}", title);
    std::size_t number = 0;
    for (const Rule& rule : rules_.of(phase)) {
      line("  {} {}  {}:{}", number++, text(rule.name), text(rule.file), rule.line);
      Renderer renderer(rules_);
      renderer.name_captures(rule.condition);
      if (rules_.pool[rule.condition].op != Op::always) line("    when {}", renderer.value(rule.condition));
      guard(rule);
      for (std::uint32_t i = 0; i < rule.action_count; ++i) {
        line("    {}", action(rules_.actions[rule.first_action + i], renderer));
      }
    }
  }

  [[nodiscard]] std::string dimension(const Dimension& dimension) const {
    const std::string left = render(rules_, dimension.left) + (dimension.nocase ? " nocase" : "");
    if (dimension.kind == Dimension::Kind::address)
      return fmt::format("{} by address, {} in all", left, dimension.prefixes.size());
    if (dimension.kind == Dimension::Kind::literals)
      return fmt::format("{} by {} literal{}", left, dimension.scan.size(), dimension.scan.size() == 1 ? "" : "s");
    if (dimension.kind != Dimension::Kind::steps) return left + " by value";
    std::string flavours;
    for (std::uint8_t i = 0; i < kFlavours; ++i) {
      if ((dimension.flavours >> i & 1) == 0) continue;
      flavours += flavours.empty() ? ": " : ", ";
      flavours += flavour_name(static_cast<Flavour>(i));
    }
    return fmt::format("{} by {}{}", left, dimension.order == StepOrder::path ? "segments" : "labels", flavours);
  }

  void index(Phase phase, std::string_view title) {
    if (rules_.of(phase).empty()) return;
    const AccessIndex& access = table_.index().access[static_cast<std::size_t>(phase)];
    line("\n{}", title);
    line("  {} hashed key{}", access.key_count(), access.key_count() == 1 ? "" : "s");
    for (const Dimension& made : access.dimensions()) line("  look up {}", dimension(made));
    for (const Gate& gate : access.gates()) line("  test {} for {} rules", render(rules_, gate.condition), gate.count);
    std::string residual;
    for (const std::uint32_t rule : access.residual())
      residual += fmt::format(" {}", text(rules_.of(phase)[rule].name));
    if (!residual.empty()) line("  try always:{}", residual);
  }

  const DecisionTable& table_;
  const RuleSet& rules_;
  std::string out_;
};

}  // namespace

std::string dump(const DecisionTable& table) { return Dump(table).run(); }

}  // namespace sprx
