// Conditions on what an earlier rule has set: they see the message as it came.
#include "compiler/check_read_back.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "compiler/table/canonical.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// A field that edits change, and the name of its entry.
using EditedField = std::pair<Field, std::string>;

std::optional<Field> read_by(Target target) {
  switch (target) {
    case Target::header:
      return Field::header;
    case Target::query:
      return Field::query;
    case Target::path:
      return Field::path;
    case Target::response_header:
      return Field::response_header;
    case Target::response_status:
      return Field::response_status;
    default:
      return std::nullopt;
  }
}

/// What clients and origins say of themselves all the time: a condition may well be meant for that alone.
bool comes_anyway(Target target, const std::string& name, const std::string& text) {
  constexpr auto kHeaders = std::to_array<std::string_view>(
      {"accept", "accept-encoding", "cache-control", "content-type", "pragma", "vary", "location", "x-cache"});
  constexpr auto kStatuses = std::to_array<std::string_view>(
      {"200", "204", "301", "302", "304", "400", "401", "403", "404", "500", "502", "503", "504"});
  if (target == Target::path) return text == "/";
  if (target == Target::response_status) return std::find(kStatuses.begin(), kStatuses.end(), text) != kStatuses.end();
  if (target == Target::header && is_request_only_header(name)) return true;
  return (target == Target::header || target == Target::response_header) &&
         std::find(kHeaders.begin(), kHeaders.end(), name) != kHeaders.end();
}

/// The text that a value is; absent where it is more than that.
std::optional<std::string> only_text(const ExprPool& pool, ExprId value) {
  const Expr* e = &pool[value];
  if (e->op == Op::concat && e->b == 1) e = &pool[pool.list(*e)[0]];
  if (e->op == Op::text) return std::string(pool.strings.view(StrId{e->a}));
  if (e->op == Op::integer) return std::to_string(pool.integers[e->a]);
  return std::nullopt;
}

std::optional<EditedField> field_read(const ExprPool& pool, ExprId value) {
  const Expr& e = pool[value];
  if (e.op != Op::field) return std::nullopt;
  const bool keyed = e.b != static_cast<std::uint32_t>(kNoStr);
  return EditedField{static_cast<Field>(e.a), keyed ? std::string(pool.strings.view(StrId{e.b})) : std::string()};
}

/// The texts that a comparison holds for, as far as they are written in it.
std::vector<std::string> texts_compared(const RuleSet& rules, const Expr& comparison) {
  std::vector<std::string> texts;
  if (comparison.op == Op::equal) {
    if (std::optional<std::string> text = only_text(rules.pool, ExprId{comparison.b})) texts.push_back(*text);
    return texts;
  }
  const List& list = rules.lists[comparison.b];
  if (list.name != kNoStr || list.keys.mode != MatchMode::exact) return texts;
  for (const StrId row : list.keys.texts) texts.emplace_back(rules.pool.strings.view(row));
  return texts;
}

/// What of them is asked for not to hold.
std::unordered_set<std::uint32_t> negated_in(const ExprPool& pool, const std::vector<AtomPlace>& parts) {
  std::unordered_set<std::uint32_t> negated;
  for (const AtomPlace& part : parts) {
    if (pool[part.atom].op == Op::negate) negated.insert(pool[part.atom].a);
  }
  return negated;
}

/// Whether a rule goes on with the request that another has rewritten. Who answers `/index.html`, which `/` is
/// rewritten to, or writes something on the response to it, means clients that ask for it themselves.
bool goes_on(const RuleSet& rules, const Rule& rule) {
  const auto begin = rules.actions.begin() + rule.first_action;
  const auto end = begin + rule.action_count;
  const bool answers = std::any_of(
      begin, end, [](const Action& action) { return info(action.word).kind == ActionInfo::Kind::terminal; });
  return !answers && std::any_of(begin, end, [](const Action& action) {
    return action.target >= Target::header && action.target <= Target::host;
  });
}

/// Whether both conditions ask something in common, or the first asks for `text` in `field` itself: then the author
/// knows what the first rule takes, and means what clients send.
bool know_each_other(const RuleSet& rules, const std::vector<AtomPlace>& first, const std::vector<AtomPlace>& second,
                     const EditedField& field, const std::string& text) {
  const ExprPool& pool = rules.pool;
  return std::any_of(first.begin(), first.end(), [&](const AtomPlace& one) {
    const Expr& e = pool[one.atom];
    if (e.op == Op::negate) return false;
    if ((e.op == Op::equal || e.op == Op::in_list) && field_read(pool, ExprId{e.a}) == field) {
      const std::vector<std::string> texts = texts_compared(rules, e);
      if (std::find(texts.begin(), texts.end(), text) != texts.end()) return true;
    }
    return std::any_of(second.begin(), second.end(), [&](const AtomPlace& other) { return other.atom == one.atom; });
  });
}

}  // namespace

void ReadBack::note(const std::vector<Action>& actions, const std::vector<Span>& places, Phase phase, bool answers) {
  const RuleSet& rules = view_.rules;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const Action& action = actions[i];
    const bool response = action.target == Target::response_header || action.target == Target::response_status;
    // No rule comes after one that answers.
    if (action.word != ActionWord::set || !read_by(action.target) || (answers && !response)) continue;
    std::optional<std::string> text = only_text(rules.pool, action.value);
    std::string name = action.name_count == 1 ? std::string(view_.text(rules.names[action.first_name])) : std::string();
    if (action.target == Target::header || response) name = folded(name);
    if (!text || comes_anyway(action.target, name, *text)) continue;
    edits_.push_back({action.target, std::move(name), std::move(*text), phase,
                      static_cast<std::uint32_t>(rules.of(phase).size()), places[i]});
  }
}

void ReadBack::tell_one(const Edit& edit, Span where) {
  const bool response = edit.target == Target::response_header || edit.target == Target::response_status;
  const std::string name(view_.text(view_.rules.of(edit.phase)[edit.rule].name));
  view_.out
      .add(Kind::edit_read_back, where,
           std::string("conditions see the ") + (response ? "response" : "request") + " as it came: what `" + name +
               "` sets is not seen here")
      .label(edit.where, "set here")
      .help("ask what `" + name + "` asks; a `let` gives a condition a name that several rules use");
}

void ReadBack::tell(const std::array<std::vector<WrittenCondition>, 2>& conditions) {
  if (edits_.empty()) return;
  const RuleSet& rules = view_.rules;
  std::map<EditedField, std::map<std::string, const Edit*>> known;
  std::unordered_set<std::uint64_t> said;
  const auto look_at = [&](const AtomPlace& part, const Rule& rule, const WrittenCondition& condition) {
    const Expr& e = rules.pool[part.atom];
    if (e.op != Op::equal && e.op != Op::in_list) return;
    const std::optional<EditedField> field = field_read(rules.pool, ExprId{e.a});
    const auto edits = field ? known.find(*field) : known.end();
    if (edits == known.end() || (field->first == Field::path && !goes_on(rules, rule))) return;
    for (const std::string& text : texts_compared(rules, e)) {
      const auto edit = edits->second.find(text);
      if (edit == edits->second.end()) continue;
      const Edit& found = *edit->second;
      const WrittenCondition& asked = conditions[static_cast<std::size_t>(found.phase)][found.rule];
      if (know_each_other(rules, asked.parts, condition.parts, *field, text)) continue;
      const std::uint64_t place = static_cast<std::uint64_t>(part.where.file) << 32 | part.where.begin;
      if (said.insert(place).second) tell_one(found, part.where);
    }
  };
  auto next = edits_.begin();
  std::stable_sort(next, edits_.end(), [](const Edit& a, const Edit& b) {
    return std::pair(a.phase, a.rule) < std::pair(b.phase, b.rule);
  });
  for (const Phase phase : {Phase::request, Phase::response}) {
    const std::vector<WrittenCondition>& all = conditions[static_cast<std::size_t>(phase)];
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      const std::unordered_set<std::uint32_t> negated = negated_in(rules.pool, all[i].parts);
      for (const AtomPlace& part : all[i].parts) {
        if (!negated.contains(static_cast<std::uint32_t>(part.atom))) look_at(part, rules.of(phase)[i], all[i]);
      }
      for (; next != edits_.end() && next->phase == phase && next->rule == i; ++next)
        known[{*read_by(next->target), next->name}].try_emplace(next->text, &*next);
    }
  }
}

}  // namespace sprx
