#include "compiler/loop_needs.h"

#include <algorithm>
#include <array>

namespace sprx {
namespace {

/// What stands for a capture of which nothing is asked, and what is tried first for one of which something is.
constexpr auto kSampleTexts = std::to_array<std::string_view>({"x", "1", "en", "2024", "123456", "x.html", "x/y"});
/// Templates of one condition that are filled.
constexpr std::size_t kMaxFilled = 2;

bool is_junction(const Expr& e) { return e.op == Op::all || e.op == Op::any; }

/// Whether a client sends it with every request of a walk.
bool is_carried(const Expr& e) {
  if (e.op != Op::field) return false;
  const auto field = static_cast<Field>(e.a);
  return field == Field::header || field == Field::cookie || field == Field::client_ip || field == Field::geo_country;
}

/// Comparisons of a text with what stands in the rules.
bool is_text_comparison(const ExprPool& pool, const Expr& e) {
  switch (e.op) {
    case Op::equal:
    case Op::under:
    case Op::contains:
    case Op::starts_with:
    case Op::ends_with:
      return pool[ExprId{e.b}].op == Op::text;
    case Op::in_list:
    case Op::in_table:
    case Op::like:
    case Op::matches:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool LoopNeeds::add(ExprId condition) {
  std::map<std::uint32_t, Literals> slots;
  const std::size_t before = claims_.size();
  collect(condition, true, slots);
  name_slots(condition, slots);
  return !slots.empty() || claims_.size() > before;
}

void LoopNeeds::collect(ExprId condition, bool truth, std::map<std::uint32_t, Literals>& slots) {
  const Expr& e = space_.pool()[condition];
  if (e.op == Op::negate) return collect(ExprId{e.a}, !truth, slots);
  if (!is_junction(e)) return atom(condition, truth, slots);
  const auto parts = space_.pool().list(e);
  if ((e.op == Op::all) == truth) {
    for (const ExprId part : parts) collect(part, truth, slots);
    return;
  }
  const auto speaks = [this](ExprId part) { return space_.reads_captures(part); };
  const auto first = std::find_if(parts.begin(), parts.end(), speaks);
  if (first != parts.end()) collect(*first, truth, slots);
}

void LoopNeeds::atom(ExprId id, bool truth, std::map<std::uint32_t, Literals>& slots) {
  const ExprPool& pool = space_.pool();
  const Expr& e = pool[id];
  const bool comparison = is_text_comparison(pool, e);
  if (!comparison && e.op != Op::exists && e.op != Op::in_cidr) return;
  const Expr& subject = pool[ExprId{e.a}];
  if (subject.op == Op::capture && comparison) slots[subject.a].push_back({id, truth});
  if (is_carried(subject) && !space_.reads_captures(id)) claims_.push_back({id, truth});
}

/// Literals of slots under the names that the condition's templates and patterns give these.
void LoopNeeds::name_slots(ExprId condition, const std::map<std::uint32_t, Literals>& slots) {
  const ExprPool& pool = space_.pool();
  const Expr& e = pool[condition];
  if (e.op == Op::negate) return name_slots(ExprId{e.a}, slots);
  if (is_junction(e)) {
    for (const ExprId part : pool.list(e)) name_slots(part, slots);
    return;
  }
  if ((e.op != Op::like && e.op != Op::matches) || e.c == kNoSlots) return;
  const std::vector<std::string>& names =
      e.op == Op::like ? pool.at(TemplateId{e.b}).names : pool.at(PatternId{e.b}).names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto known = slots.find(static_cast<std::uint32_t>(e.c + i));
    if (known == slots.end()) continue;
    Literals& all = captures_[names[i]];
    all.insert(all.end(), known->second.begin(), known->second.end());
  }
}

void LoopNeeds::templates(ExprId condition, std::vector<const Template*>& out) const {
  const ExprPool& pool = space_.pool();
  const Expr& e = pool[condition];
  if (is_junction(e)) {
    for (const ExprId part : pool.list(e)) templates(part, out);
    return;
  }
  const Expr& subject = e.op == Op::like ? pool[ExprId{e.a}] : e;
  const bool of_path = subject.op == Op::field && static_cast<Field>(subject.a) == Field::path;
  if (e.op == Op::like && of_path && out.size() < kMaxFilled) out.push_back(&pool.at(TemplateId{e.b}));
}

std::optional<std::string> LoopNeeds::text_for(const Literals& literals) {
  for (const std::string_view sample : kSampleTexts) {
    sets::Value value;
    value.present = true;
    value.text = sample;
    const auto right = [&](const sets::Literal& one) { return is_right(space_, sets::Sort::text, value, one); };
    if (std::all_of(literals.begin(), literals.end(), right)) return value.text;
  }
  std::string text;
  sets::Domain any;
  any.may_be_absent = false;
  if (find_text(space_, any, literals, &text) != sets::Verdict::some) return std::nullopt;
  return text;
}

std::string LoopNeeds::filled(const Template& path, const std::map<std::string, std::string>& texts) {
  std::string out;
  for (const TemplateToken& token : path.tokens) {
    const auto known =
        token.capture >= 0 ? texts.find(path.names[static_cast<std::size_t>(token.capture)]) : texts.end();
    switch (token.kind) {
      case TemplateToken::Kind::literal:
        out += token.text;
        break;
      case TemplateToken::Kind::segment:
      case TemplateToken::Kind::rest:
        out += known != texts.end() ? known->second : std::string(kSampleTexts[0]);
        break;
      case TemplateToken::Kind::one_of:
        out += known != texts.end() ? known->second : token.alternatives.front();
        break;
      default:
        break;
    }
  }
  return out;
}

std::vector<std::string> LoopNeeds::paths(ExprId condition) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, literals] : captures_) {
    std::optional<std::string> text = text_for(literals);
    if (!text) return {};
    texts.emplace(name, *std::move(text));
  }
  std::vector<const Template*> found;
  templates(condition, found);
  std::vector<std::string> out;
  for (const Template* path : found) {
    // One capture each: whatever their names.
    if (path->names.size() == 1 && texts.size() == 1) {
      out.push_back(filled(*path, {{path->names[0], texts.begin()->second}}));
    } else {
      out.push_back(filled(*path, texts));
    }
  }
  return out;
}

}  // namespace sprx
