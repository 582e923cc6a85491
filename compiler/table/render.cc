// Expressions as a rule author would write them.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <map>

#include "compiler/table/index.h"
#include "compiler/table/renderer.h"
#include "compiler/table/table.h"

namespace sprx {
namespace {

/// Rows of an inline list that are shown.
constexpr std::size_t kShownRows = 8;

std::string_view operator_name(MatchMode mode) {
  constexpr std::string_view kNames[] = {"in", "under", "contains", "starts_with", "ends_with"};
  return kNames[static_cast<std::size_t>(mode)];
}

std::string_view comparison(Op op) {
  switch (op) {
    case Op::equal:
      return "==";
    case Op::less:
      return "<";
    case Op::less_equal:
      return "<=";
    case Op::greater:
      return ">";
    case Op::greater_equal:
      return ">=";
    case Op::under:
      return "under";
    case Op::contains:
      return "contains";
    case Op::starts_with:
      return "starts_with";
    case Op::ends_with:
      return "ends_with";
    default:
      return "?";
  }
}

}  // namespace

std::string duration_text(std::int64_t milliseconds) {
  struct Unit {
    std::int64_t size;
    std::string_view name;
  };
  for (const Unit unit : {Unit{86'400'000, "d"}, Unit{3'600'000, "h"}, Unit{60'000, "m"}, Unit{1'000, "s"}}) {
    if (milliseconds != 0 && milliseconds % unit.size == 0)
      return fmt::format("{}{}", milliseconds / unit.size, unit.name);
  }
  return fmt::format("{}ms", milliseconds);
}

std::string time_text(std::int64_t microseconds) {
  const std::int64_t seconds = microseconds / 1'000'000 - (microseconds % 1'000'000 < 0 ? 1 : 0);
  const std::int64_t rest = microseconds - seconds * 1'000'000;
  const std::string whole = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(seconds)));
  return rest == 0 ? whole + "Z" : fmt::format("{}.{:06}Z", whole, rest);
}

std::string rate_text(const Limit& limit) {
  const std::int64_t seconds = limit.period_us / 1'000'000;
  const auto [size, unit] = seconds % 3'600 == 0 ? std::pair(3'600, "h")
                            : seconds % 60 == 0  ? std::pair(60, "m")
                                                 : std::pair(1, "s");
  const std::int64_t number = seconds / size;
  return number == 1 ? fmt::format("{}/{}", limit.count, unit) : fmt::format("{}/{}{}", limit.count, number, unit);
}

void append_literal_text(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '$' && i + 1 < text.size() && text[i + 1] == '{') {
      out += "\\$";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{{{:X}}}", byte);
    } else {
      out += c;
    }
  }
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  append_literal_text(text, out);
  return out + '"';
}

void Renderer::name_captures(ExprId id) {
  if (id == kNoExpr) return;
  const Expr& e = pool_[id];
  switch (e.op) {
    case Op::all:
    case Op::any:
    case Op::choose:
    case Op::score:
    case Op::concat:
    case Op::fallback:
    case Op::call:
      for (const ExprId part : pool_.list(e)) name_captures(part);
      break;
    case Op::negate:
    case Op::holds:
      name_captures(ExprId{e.a});
      break;
    case Op::like:
    case Op::matches: {
      if (e.c == kNoSlots) break;
      const auto& names = e.op == Op::like ? pool_.at(TemplateId{e.b}).names : pool_.at(PatternId{e.b}).names;
      for (std::uint32_t i = 0; i < names.size(); ++i) captures_.try_emplace(e.c + i, names[i]);
      break;
    }
    default:
      break;
  }
}

std::string Renderer::list(const List& list) const {
  if (list.name != kNoStr) return std::string(text(list.name));
  const Keys& keys = list.keys;
  std::string out = "[";
  const std::size_t shown = std::min(keys.size(), kShownRows);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += ", ";
    out += row(keys, i);
  }
  if (shown < keys.size()) out += fmt::format(", … {} more", keys.size() - shown);
  return out + "]";
}

std::string Renderer::row(const Keys& keys, std::size_t i) const {
  if (!keys.texts.empty()) return quoted(text(keys.texts[i]));
  if (!keys.prefixes.empty()) return quoted(cidr(keys.prefixes[i]));
  if (!keys.patterns.empty()) return pattern(pool_.at(keys.patterns[i]));
  if (!keys.templates.empty()) return quoted(pool_.at(keys.templates[i]).source);
  const IntRange& range = keys.ranges[i];
  return range.first == range.last ? fmt::format("{}", range.first) : fmt::format("{}..{}", range.first, range.last);
}

std::string Renderer::cidr(const Cidr& value) { return value.bits == 128 ? to_text(value.address) : to_text(value); }

std::string Renderer::pattern(const Pattern& value) {
  return fmt::format("r\"{}\"{}", value.source, value.nocase ? "i" : "");
}

/// `left [not] [nocase] word right`, or nothing where the node is no comparison.
std::optional<std::string> Renderer::comparison_text(const Expr& e, bool negated) const {
  std::string_view word;
  bool nocase = e.nocase;
  bool sign = false;
  switch (e.op) {
    case Op::equal:
      word = negated ? "!=" : "==";
      sign = true;
      break;
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      if (negated) return std::nullopt;
      word = comparison(e.op);
      sign = true;
      break;
    case Op::under:
    case Op::contains:
    case Op::starts_with:
    case Op::ends_with:
      word = comparison(e.op);
      break;
    case Op::in_list: {
      const List& list = rules_.lists[e.b];
      const bool templates = list.keys.kind == KeyKind::path_template || list.keys.kind == KeyKind::host_template;
      word = templates ? "like" : operator_name(list.keys.mode);
      nocase = list.keys.nocase && (list.name == kNoStr || templates || list.keys.mode != MatchMode::exact);
      break;
    }
    case Op::in_table:
    case Op::in_dynamic:
    case Op::in_cidr:
    case Op::in_range:
      word = "in";
      break;
    case Op::like:
      word = "like";
      break;
    case Op::matches:
      word = "matches";
      nocase = false;
      break;
    default:
      return std::nullopt;
  }
  std::string out = value(ExprId{e.a}, Level::value);
  if (negated && !sign) out += " not";
  if (nocase) out += " nocase";
  return fmt::format("{} {} {}", out, word, right(e));
}

std::string Renderer::right(const Expr& e) const {
  switch (e.op) {
    case Op::in_list:
      return list(rules_.lists[e.b]);
    case Op::in_table:
      return std::string(text(rules_.tables[e.b].name));
    case Op::in_dynamic:
      return std::string(text(rules_.dynamic_lists[e.b].name));
    case Op::in_cidr:
      return quoted(cidr(pool_.prefixes[e.b]));
    case Op::in_range:
      return fmt::format("{}..{}", pool_.integers[e.b], pool_.integers[e.b + 1]);
    case Op::like:
      return quoted(pool_.at(TemplateId{e.b}).source);
    case Op::matches:
      return pattern(pool_.at(PatternId{e.b}));
    default:
      return value(ExprId{e.b}, Level::value);
  }
}

std::string Renderer::joined(const Expr& e, std::string_view word, Level level) const {
  std::string out;
  for (const ExprId part : pool_.list(e)) {
    if (!out.empty()) out += word;
    out += value(part, level);
  }
  return out;
}

std::string Renderer::choose(const Expr& e) const {
  const auto parts = pool_.list(e);
  std::string out = "choose {";
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    out += fmt::format(" {} => {};", value(parts[i], Level::any), value(parts[i + 1], Level::value));
  }
  if (parts.size() % 2 == 1) out += fmt::format(" else => {};", value(parts.back(), Level::value));
  return out + " }";
}

std::string Renderer::score(const Expr& e) const {
  const auto parts = pool_.list(e);
  std::string out = "score {";
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    out += fmt::format(" {} when {};", value(parts[i + 1], Level::value), value(parts[i], Level::any));
  }
  return out + " }";
}

std::string Renderer::concat(const Expr& e) const {
  std::string out = "\"";
  for (const ExprId part : pool_.list(e)) {
    const Expr& piece = pool_[part];
    if (piece.op == Op::text) {
      append_literal_text(text(StrId{piece.a}), out);
    } else {
      out += fmt::format("${{{}}}", value(part, Level::value));
    }
  }
  return out + '"';
}

std::string Renderer::condition(const Expr& e, Level& level) const {
  level = Level::comparison;
  switch (e.op) {
    case Op::never:
      return "false";
    case Op::always:
      return "true";
    case Op::all:
      level = Level::conjunction;
      return joined(e, " and ", Level::negation);
    case Op::any:
      level = Level::any;
      return joined(e, " or ", Level::conjunction);
    case Op::negate: {
      const Expr& inner = pool_[ExprId{e.a}];
      if (const auto negated = comparison_text(inner, true)) return *negated;
      level = Level::negation;
      return "not " + value(ExprId{e.a}, Level::negation);
    }
    case Op::exists:
      return "exists " + value(ExprId{e.a}, Level::primary);
    case Op::flag:
      return std::string(text(rules_.flags[e.a].name));
    case Op::holds:
      return value(ExprId{e.a}, Level::comparison);
    default:
      return comparison_text(e, false).value_or("?");
  }
}

std::string Renderer::number(const Expr& e) const {
  const std::int64_t n = pool_.integers[e.a];
  if (e.type == Type::duration) return duration_text(n);
  return e.type == Type::time ? quoted(time_text(n)) : fmt::format("{}", n);
}

std::string Renderer::plain_value(const Expr& e) const {
  switch (e.op) {
    case Op::text:
      return quoted(text(StrId{e.a}));
    case Op::integer:
      return number(e);
    case Op::boolean:
      return e.a != 0 ? "true" : "false";
    case Op::address:
      return quoted(to_text(pool_.addresses[e.a]));
    case Op::field: {
      const std::string_view name = info(static_cast<Field>(e.a)).name;
      return StrId{e.b} == kNoStr ? std::string(name) : fmt::format("{}[{}]", name, quoted(text(StrId{e.b})));
    }
    case Op::capture: {
      const auto name = captures_.find(e.a);
      return name == captures_.end() ? fmt::format("capture_{}", e.a) : name->second;
    }
    case Op::let:
      return std::string(text(rules_.lets[e.a].name));
    case Op::lookup:
      return fmt::format("{}[{}]", text(rules_.tables[e.a].name), value(ExprId{e.b}, Level::any));
    case Op::concat:
      return concat(e);
    case Op::choose:
      return choose(e);
    case Op::score:
      return score(e);
    case Op::pattern:
      return pattern(pool_.at(PatternId{e.a}));
    case Op::call:
      return fmt::format("{}({})", info(static_cast<Function>(e.a)).name, joined(e, ", ", Level::value));
    default:
      return "?";
  }
}

std::string Renderer::value(ExprId id, Level least) const {
  if (id == kNoExpr) return "?";
  const Expr& e = pool_[id];
  Level level = Level::primary;
  std::string out;
  if (e.op <= Op::matches) {
    out = condition(e, level);
  } else if (e.op == Op::fallback) {
    level = Level::value;
    out = joined(e, " ?? ", Level::primary);
  } else {
    out = plain_value(e);
  }
  return level < least ? "(" + out + ")" : out;
}

std::string render(const RuleSet& rules, ExprId id) {
  Renderer renderer(rules);
  renderer.name_captures(id);
  return renderer.value(id, Renderer::Level::any);
}

std::string render_right(const RuleSet& rules, ExprId id) {
  const Expr& e = rules.pool[id];
  const Renderer renderer(rules);
  if (e.op == Op::in_cidr) return Renderer::cidr(rules.pool.prefixes[e.b]);
  if (e.op == Op::like) return rules.pool.at(TemplateId{e.b}).source;
  return renderer.right(e);
}

}  // namespace sprx
