#include "compiler/table/brief.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "compiler/table/canonical.h"
#include "compiler/table/hash.h"

namespace sprx {
namespace {

using StepKind = BriefStep::Kind;

/// A condition of more parts is one step: what is long is not copied.
constexpr std::size_t kMostParts = 12;

/// Whether a location that is this text of the author's goes out as it is: a path, or a URL with its host.
bool is_sent_as_it_is(std::string_view location) {
  std::string encoded;
  append_trusted_text(location, encoded);
  if (encoded != location) return false;
  const std::size_t begin = location.starts_with("https://") ? 8 : location.starts_with("http://") ? 7 : 1;
  if (begin == 1) return location.starts_with('/') && !location.substr(1).starts_with('/');
  return location.size() > begin && std::string_view("/?#").find(location[begin]) == std::string_view::npos;
}

bool of_labels(Type type) { return type == Type::host || type == Type::domain; }

/// Whether nothing of a header's value would be dropped.
bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

class BriefWriter {
 public:
  explicit BriefWriter(const RuleSet& rules) : rules_(rules), pool_(rules.pool), uses_(pool_.exprs.size(), 0) {}

  /// To be called for every condition before the first is written.
  void count(ExprId condition) {
    for (const ExprId part : parts_of_all(condition)) {
      std::uint8_t& uses = uses_[static_cast<std::size_t>(part)];
      uses = static_cast<std::uint8_t>(std::min(uses + 1, 2));
    }
  }
  void write(const Rule& rule, std::vector<BriefStep>& out) {
    if (rule.guard != kNoGuard) return out.push_back({});
    for (const ExprId part : parts_of_all(rule.condition)) {
      if (pool_[part].op != Op::always) out.push_back(comparison(part));
    }
    const std::size_t before = out.size();
    for (const Action& action : std::span(rules_.actions).subspan(rule.first_action, rule.action_count)) {
      const std::optional<BriefStep> step = deed(action);
      if (!step) {
        out.resize(before);
        return out.push_back({0, 0, 0, StepKind::act, 0});
      }
      out.push_back(*step);
    }
  }

 private:
  std::vector<ExprId> parts_of_all(ExprId condition) const {
    std::vector<ExprId> out;
    add_parts(condition, out);
    if (out.size() > kMostParts) out.assign(1, condition);
    return out;
  }
  void add_parts(ExprId id, std::vector<ExprId>& out) const {
    if (pool_[id].op != Op::all || out.size() > kMostParts) return out.push_back(id);
    for (const ExprId part : pool_.list(pool_[id])) add_parts(part, out);
  }

  /// Puts the text of a node of the author's own, or a concatenation of nothing else, into the step; false: it is none,
  /// or too long for one.
  bool put_text(ExprId id, BriefStep& step) const {
    if (id == kNoExpr) return false;
    while (pool_[id].op == Op::concat && pool_.list(pool_[id]).size() == 1) id = pool_.list(pool_[id]).front();
    if (pool_[id].op != Op::text || pool_[id].origin != Origin::own) return false;
    const std::string_view text = pool_.strings.view(StrId{pool_[id].a});
    const std::size_t at = pool_.strings.place_of(StrId{pool_[id].a});
    if (text.size() > std::numeric_limits<std::uint16_t>::max() || at > std::numeric_limits<std::uint32_t>::max()) {
      return false;
    }
    step.at = static_cast<std::uint32_t>(at);
    step.size = static_cast<std::uint16_t>(text.size());
    return true;
  }

  [[nodiscard]] StepKind kind_of(const Expr& e) const {
    switch (e.op) {
      case Op::equal:
        return StepKind::equal;
      case Op::under:
        return of_labels(pool_[ExprId{e.a}].type) ? StepKind::under_host : StepKind::under_path;
      case Op::starts_with:
        return StepKind::starts_with;
      case Op::ends_with:
        return StepKind::ends_with;
      case Op::contains:
        return StepKind::contains;
      default:
        return StepKind::test;
    }
  }

  /// A field that is one text compared with a text; else the node. What rules share and is worth keeping for the whole
  /// message stays a node.
  [[nodiscard]] BriefStep comparison(ExprId id) const {
    const BriefStep node{static_cast<std::uint32_t>(id), 0, 0, StepKind::test, 0};
    const bool negated = pool_[id].op == Op::negate;
    const ExprId compared = negated ? ExprId{pool_[id].a} : id;
    const Expr& e = pool_[compared];
    BriefStep step;
    step.kind = kind_of(e);
    if (step.kind == StepKind::test) return node;
    if (step.kind == StepKind::contains && (negated || uses_[static_cast<std::size_t>(id)] > 1)) return node;
    const Expr& left = pool_[ExprId{e.a}];
    if (left.op != Op::field || !is_text(left.type) || !put_text(ExprId{e.b}, step)) return node;
    const auto field = static_cast<Field>(left.a);
    const BriefStep::Read read = field == Field::path     ? BriefStep::Read::path
                                 : field == Field::host   ? BriefStep::Read::host
                                 : field == Field::method ? BriefStep::Read::method
                                                          : BriefStep::Read::node;
    step.of = e.a;
    step.more = static_cast<std::uint8_t>((e.nocase ? 1 : 0) | (negated ? 2 : 0) | static_cast<int>(read) << 2);
    return step;
  }

  [[nodiscard]] std::optional<BriefStep> deed(const Action& action) const {
    BriefStep step;
    switch (action.word) {
      case ActionWord::set:
      case ActionWord::add: {
        const bool of_header = action.target == Target::header || action.target == Target::response_header;
        if (!of_header || action.name_count != 1 || action.attributes != kNoStr) return std::nullopt;
        step.kind = action.word == ActionWord::set ? StepKind::set : StepKind::add;
        step.of = action.first_name;
        step.more = static_cast<std::uint8_t>(action.target);
        if (!put_text(action.value, step) || !is_printable(text_of(step))) return std::nullopt;
        return step;
      }
      case ActionWord::origin:
        step.kind = StepKind::origin;
        if (!put_text(action.value, step) || !is_printable(text_of(step))) return std::nullopt;
        return step;
      case ActionWord::respond:
      case ActionWord::deny:
      case ActionWord::redirect:
        return answer(action.word, rules_.answers[action.answer]);
      default:
        return std::nullopt;
    }
  }

  [[nodiscard]] std::optional<BriefStep> answer(ActionWord word, const Answer& answer) const {
    BriefStep step;
    step.of = answer.status;
    if (answer.header_count != 0 || answer.content_type != kNoStr) return std::nullopt;
    if (word == ActionWord::redirect) {
      step.kind = StepKind::redirect;
      step.more = static_cast<std::uint8_t>(answer.keep_query);
      const bool plain = answer.body == kNoExpr && put_text(answer.location, step);
      if (!plain || !is_sent_as_it_is(text_of(step))) return std::nullopt;
      return step;
    }
    step.kind = word == ActionWord::deny ? StepKind::deny : StepKind::respond;
    if (answer.location != kNoExpr || answer.keep_query != KeepQuery::no) return std::nullopt;
    if (answer.body == kNoExpr) return step;
    step.more = 1;
    if (!put_text(answer.body, step)) return std::nullopt;
    return step;
  }
  [[nodiscard]] std::string_view text_of(const BriefStep& step) const { return pool_.strings.text(step.at, step.size); }

  const RuleSet& rules_;
  const ExprPool& pool_;
  std::vector<std::uint8_t> uses_;  // by node: conditions that have it as a part, as far as two
};

}  // namespace

void Briefs::build(const RuleSet& rules, Phase phase) {
  BriefWriter writer(rules);
  const std::vector<Rule>& all = rules.of(phase);
  for (const Rule& rule : all) writer.count(rule.condition);
  starts_.clear();
  starts_.reserve(all.size() + 1);
  for (const Rule& rule : all) {
    starts_.push_back(static_cast<std::uint32_t>(steps_.size()));
    writer.write(rule, steps_);
  }
  starts_.push_back(static_cast<std::uint32_t>(steps_.size()));
  steps_.shrink_to_fit();
}

}  // namespace sprx
