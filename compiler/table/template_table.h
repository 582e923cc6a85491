// TemplateTable: which of many templates match a value; only those whose fixed beginning (path) or end (host) is there
// are tried.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/expr.h"
#include "compiler/table/steps.h"
#include "compiler/table/text_table.h"

namespace sprx {

/// What every match of a template begins (path) or ends (host) with, cut where a step ends.
struct FixedStep {
  std::string_view text;  ///< a view into the template
  bool whole = false;     ///< the template is this text and nothing else
  bool may_end = false;   ///< the value may also end here (`/blog[/{page}]`); else something follows
};
/// The longest such step; an empty text that only something may follow says next to nothing.
[[nodiscard]] FixedStep fixed_step(const Template& pattern);

class TemplateTable {
 public:
  void build(const ExprPool& pool, std::span<const TemplateId> rows, bool nocase);
  /// The first row that matches, or kNoRow.
  [[nodiscard]] std::uint32_t find(const ExprPool& pool, std::span<const TemplateId> rows,
                                   std::string_view value) const;

 private:
  struct Group {
    std::uint64_t hash = 0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  StepOrder order_ = StepOrder::path;
  bool nocase_ = false;
  std::uint32_t deepest_ = 0;
  std::vector<Group> groups_;        // sorted by hash
  std::vector<std::uint32_t> rows_;  // of each group in order
};

}  // namespace sprx
