// `settings { … }`: the registry of settings drives it.
#include <algorithm>

#include "compiler/check_side.h"
#include "compiler/rule_state.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// What one of a unit is, in milliseconds or bytes; 0 for a unit of the other kind.
std::int64_t milliseconds_of(std::string_view unit) {
  return unit == "ms"  ? 1
         : unit == "s" ? 1'000
         : unit == "m" ? 60'000
         : unit == "h" ? 3'600'000
         : unit == "d" ? 86'400'000
                       : 0;
}
std::int64_t bytes_of(std::string_view unit) {
  return unit == "KiB" ? 1 << 10 : unit == "MiB" ? 1 << 20 : unit == "GiB" ? 1 << 30 : 0;
}

std::string shown(const SettingInfo& setting, std::int64_t value) {
  if (setting.kind == SettingInfo::Kind::milliseconds) {
    if (value % 3'600'000 == 0 && value > 0) return std::to_string(value / 3'600'000) + "h";
    if (value % 60'000 == 0 && value > 0) return std::to_string(value / 60'000) + "m";
    return value % 1'000 == 0 ? std::to_string(value / 1'000) + "s" : std::to_string(value) + "ms";
  }
  if (setting.kind == SettingInfo::Kind::bytes) {
    if (value % (1 << 20) == 0 && value > 0) return std::to_string(value >> 20) + "MiB";
    return value % (1 << 10) == 0 && value > 0 ? std::to_string(value >> 10) + "KiB" : std::to_string(value);
  }
  return std::to_string(value);
}

std::string example(const SettingInfo& setting) {
  const std::string value = setting.id == Setting::lints_deny           ? "deny"
                            : setting.kind == SettingInfo::Kind::toggle ? "on"
                                                                        : shown(setting, setting.fallback);
  return std::string(setting.name) + " " + value + ";";
}

/// The settings whose names hold that word, where they are few.
std::string names_like(std::string_view word, std::string_view section) {
  constexpr std::size_t kMostLike = 4;
  std::string found;
  std::size_t count = 0;
  for (const SettingInfo& entry : kSettings) {
    if (entry.section.empty() || (!section.empty() && entry.section != section) ||
        entry.name.find(word) == std::string_view::npos || ++count > kMostLike)
      continue;
    found += (found.empty() ? "`" : ", `") + std::string(entry.section) + "." + std::string(entry.name) + "`";
  }
  return count == 0 || count > kMostLike ? "the settings are listed by `sprx doc`" : "settings like it: " + found;
}

}  // namespace

void Checker::settings(const ast::Settings& s) {
  const Span word{s.span.file, s.span.begin, s.span.begin + 8};
  const Scoped inside(construct_, Construct{word, "in these settings"});
  for (const ast::Action& a : s.block.actions) {
    if (!a.word.known()) continue;
    if (a.block) {
      setting_section(a);
    } else {
      setting(a, "");
    }
  }
}

void Checker::setting_section(const ast::Action& a) {
  const std::string& section = a.word.text;
  std::vector<std::string_view> sections{"client_ip"};
  for (const SettingInfo& known : kSettings) {
    if (!known.section.empty()) sections.push_back(known.section);
  }
  if (std::find(sections.begin(), sections.end(), section) == sections.end()) {
    const std::string_view near = similar(section, sections);
    Diagnostic& d = report(Kind::unknown_setting, a.word.span, "unknown section of settings `" + section + "`");
    d.help(near.empty() ? "sections are `upstream client tunnel limits client_ip http`"
                        : "a section with a similar name exists: `" + std::string(near) + "`");
    return;
  }
  if (!a.arguments.empty() || a.assigned) {
    report(Kind::bad_setting, a.word.span, "a section of settings has a block and nothing else")
        .help("write `" + section + " { … }`");
    return;
  }
  for (const ast::Action& entry : a.block->actions) {
    if (entry.word.known()) setting(entry, section);
  }
}

void Checker::setting(const ast::Action& a, std::string_view section) {
  const std::string full = (section.empty() ? "" : std::string(section) + ".") + a.word.text;
  const auto given = [&] {
    const auto [first, fresh] = settings_given_.emplace(full, a.word.span);
    if (!fresh)
      report(Kind::duplicate_option, a.word.span, "`" + full + "` is set twice")
          .label(first->second, "set here first")
          .help("keep one of them");
    return !fresh;
  };
  if (section == "client_ip" && a.word.text == "header") return client_ip_header(a, given());
  const SettingInfo* known = nullptr;
  std::vector<std::string_view> names;
  for (const SettingInfo& entry : kSettings) {
    if (entry.section != section) continue;
    names.push_back(entry.name);
    if (entry.name == a.word.text) known = &entry;
  }
  if (known == nullptr && a.incomplete) return;
  if (known == nullptr) {
    const std::string_view near = similar(a.word.text, names);
    Diagnostic& d = report(Kind::unknown_setting, a.word.span, "unknown setting `" + full + "`");
    if (!near.empty()) {
      d.help("a setting with a similar name exists: `" + std::string(near) + "`")
          .fix(a.word.span, std::string(near), false);
      return;
    }
    for (const SettingInfo& entry : kSettings) {
      if (entry.name != a.word.text) continue;
      d.help(entry.section.empty() ? "it stands outside of a section"
                                   : "it stands in a section: `" + std::string(entry.section) + " { " +
                                         std::string(entry.name) + " …; }`");
      return;
    }
    if (section.empty() && a.word.text == "client_ip" && a.arguments.size() == 1 &&
        a.arguments[0].is(ast::Expr::Kind::string)) {
      d.help("it is a section: `client_ip { header " + std::string(sources_.text(a.arguments[0].span)) + "; }`");
    } else {
      d.help(names_like(a.word.text, section));
    }
    return;
  }
  if (given()) return;
  const std::optional<std::int64_t> value = setting_value(a, *known);
  if (!value) return;
  rules().settings[known->id] = *value;
  if (known->id == Setting::lints_deny) program_.lints_deny = *value != 0;
}

void Checker::client_ip_header(const ast::Action& a, bool twice) {
  if (twice || !shape(a, 1, 1, false, false, "header \"True-Client-IP\";")) return;
  const ast::Expr& e = a.arguments[0];
  if (!plain(e, "a header name") || !check_escapes(e)) return;
  std::string name = e.plain_text();
  if (!is_token(name)) {
    report(Kind::bad_header_name, e.span, "`" + name + "` is no header name")
        .help("write `header \"True-Client-IP\";`");
    return;
  }
  lint_header_name(view_, e, name);
  std::transform(name.begin(), name.end(), name.begin(), fold);
  rules().client_ip_header = pool().strings.intern(name);
}

std::optional<std::int64_t> Checker::setting_value(const ast::Action& a, const SettingInfo& setting) {
  if (!shape(a, 1, 1, false, false, example(setting))) return std::nullopt;
  const ast::Expr& e = a.arguments[0];
  const auto wrong = [&](const std::string& message) {
    report(Kind::bad_setting, e.span, message)
        .help("for example `" + example(setting) + "`: " + std::string(setting.doc));
    return std::nullopt;
  };
  using K = ast::Expr::Kind;
  if (e.is(K::error)) return std::nullopt;
  const std::string name = "`" + a.word.text + "`";
  if (setting.kind == SettingInfo::Kind::toggle) {
    const bool lints = setting.id == Setting::lints_deny;
    if (lints) return e.text == "deny" ? std::optional<std::int64_t>(1) : wrong("`lints` takes the word `deny`");
    if (e.is(K::path) && (e.text == "on" || e.text == "off")) return e.text == "on" ? 1 : 0;
    return wrong(name + " is `on` or `off`");
  }
  std::int64_t one = 0;
  if (setting.kind == SettingInfo::Kind::milliseconds) {
    one = e.is(K::measure) ? milliseconds_of(e.text) : e.is(K::integer) && e.number == 0 ? 1 : 0;
    if (one == 0) return wrong(name + " is a duration with its unit");
  } else if (setting.kind == SettingInfo::Kind::bytes) {
    one = e.is(K::measure) ? bytes_of(e.text) : e.is(K::integer) ? 1 : 0;
    if (one == 0) return wrong(name + " is a size");
  } else {
    if (!e.is(K::integer)) return wrong(name + " is a number");
    one = 1;
  }
  const bool overflow = e.number > setting.most / one + 1;
  const std::int64_t value = overflow ? setting.most + 1 : e.number * one;
  if (value < setting.least || value > setting.most)
    return wrong(name + " is between " + shown(setting, setting.least) + " and " + shown(setting, setting.most));
  return value;
}

}  // namespace sprx
