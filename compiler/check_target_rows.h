// TargetRows: tables whose values are parts of redirect targets.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "compiler/check_view.h"
#include "compiler/odd_targets.h"
#include "compiler/scopes.h"

namespace sprx {

class TargetRows {
 public:
  explicit TargetRows(const CheckView& view) : view_(view) {}

  /// Notes the tables that the parts of a redirect's target look up.
  void note(std::span<const ExprId> parts, Span use);
  /// `tables`: by TableId, nullptr for those without a name.
  void tell(const std::vector<const Symbol*>& tables);

 private:
  struct Use {
    Span where;           ///< the first redirect that a value of it stands in
    bool starts = false;  ///< some target begins with one
  };
  void look_at(const Symbol& symbol, OddTargets& odd) const;

  const CheckView view_;
  std::map<std::uint32_t, Use> uses_;  ///< by TableId
};

}  // namespace sprx
