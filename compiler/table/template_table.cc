#include "compiler/table/template_table.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sprx {
namespace {

using Token = TemplateToken;

/// Whether what comes at token `at` of a path template begins with `/`, or may be nothing (`may_end`), in every case.
bool step_ends(const Template& pattern, std::size_t at, bool& may_end) {
  if (at >= pattern.tokens.size()) {
    may_end = true;
    return true;
  }
  const Token& token = pattern.tokens[at];
  switch (token.kind) {
    case Token::Kind::literal:
      return token.text.empty() ? step_ends(pattern, at + 1, may_end) : token.text.front() == '/';
    case Token::Kind::open:
      return step_ends(pattern, at + 1, may_end) && step_ends(pattern, token.jump + std::size_t{1}, may_end);
    case Token::Kind::close:
      return step_ends(pattern, at + 1, may_end);
    default:
      return false;
  }
}

/// `[….]x.org`: an optional part that ends with `.`, then one literal to the end.
bool optional_labels_lead(const Template& pattern) {
  const auto& tokens = pattern.tokens;
  const std::size_t count = tokens.size();
  if (count < 4 || tokens[count - 1].kind != Token::Kind::literal || tokens[count - 2].kind != Token::Kind::close)
    return false;
  const Token& before = tokens[count - 3];
  return tokens[0].kind == Token::Kind::open && tokens[0].jump == count - 2 && before.kind == Token::Kind::literal &&
         before.text.ends_with('.') && tokens[count - 1].text.front() != '.';
}

}  // namespace

FixedStep fixed_step(const Template& pattern) {
  FixedStep step{.text = pattern.fixed_part()};
  if (pattern.is_literal()) {
    step.whole = true;
    return step;
  }
  if (pattern.kind == TemplateKind::host) {
    if (optional_labels_lead(pattern)) {
      step.text = pattern.tokens.back().text;
      step.may_end = true;
      return step;
    }
    const std::size_t dot = step.text.find('.');
    step.text = dot == std::string_view::npos ? std::string_view{} : step.text.substr(dot + 1);
    // What is left is a run of labels that a `.` stands before, in the fixed part itself.
    return step;
  }
  const bool leads = !pattern.tokens.empty() && pattern.tokens.front().kind == Token::Kind::literal;
  bool may_end = false;
  if (leads && step.text == pattern.tokens.front().text && step.text.size() > 1 && step.text.back() != '/' &&
      step_ends(pattern, 1, may_end)) {
    step.may_end = may_end;
    return step;
  }
  const std::size_t slash = step.text.rfind('/');
  step.text = slash == std::string_view::npos ? std::string_view{} : step.text.substr(0, slash);
  return step;
}

void TemplateTable::build(const ExprPool& pool, std::span<const TemplateId> rows, bool nocase) {
  nocase_ = nocase;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> keys;
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    const Template& pattern = pool.at(rows[row]);
    order_ = pattern.kind == TemplateKind::path ? StepOrder::path : StepOrder::host;
    const FixedStep step = fixed_step(pattern);
    // A host or path that has no step to be found by is found at depth 0, where every value is looked up.
    const bool any = step.text.empty() && !step.whole;
    keys.emplace_back(any ? 0 : step_hash(order_, step.text, nocase), row);
    if (!any) deepest_ = std::max(deepest_, step_count(order_, step.text));
  }
  std::sort(keys.begin(), keys.end());
  for (const auto& [hash, row] : keys) {
    if (groups_.empty() || groups_.back().hash != hash) {
      groups_.push_back({hash, static_cast<std::uint32_t>(rows_.size()), 0});
    }
    ++groups_.back().count;
    rows_.push_back(row);
  }
}

std::uint32_t TemplateTable::find(const ExprPool& pool, std::span<const TemplateId> rows,
                                  std::string_view value) const {
  std::uint32_t best = kNoRow;
  std::array<std::string_view, kMaxTemplateCaptures> captures;
  const auto look = [&](std::uint64_t hash) {
    auto group = std::lower_bound(groups_.begin(), groups_.end(), hash,
                                  [](const Group& g, std::uint64_t h) { return g.hash < h; });
    if (group == groups_.end() || group->hash != hash) return;
    for (const std::uint32_t row : std::span(rows_).subspan(group->first, group->count)) {
      if (row >= best) return;
      const Template& pattern = pool.at(rows[row]);
      if (match(pattern, value, nocase_, std::span(captures).first(pattern.names.size()))) best = row;
    }
  };
  look(0);
  if (deepest_ == 0) return best;
  std::uint32_t depth = 0;
  each_step(order_, value, nocase_, [&](std::size_t, std::uint64_t hash, bool) {
    look(hash);
    return ++depth < deepest_;
  });
  return best;
}

}  // namespace sprx
