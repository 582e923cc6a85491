// What redirect rules ask of captures, and of what a request keeps from one redirect to the next: from it the first
// request of a circle is made whose later rules have conditions of their own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/sets/prove.h"
#include "compiler/sets/space.h"

namespace sprx {

class LoopNeeds {
 public:
  explicit LoopNeeds(sets::Space& space) : space_(space) {}

  /// Adds what a condition asks for. Of parts of which one may hold the first that speaks of captures is taken. False:
  /// it asks for nothing of that kind.
  bool add(ExprId condition);
  /// Of headers, cookies and addresses, which every request of a walk has.
  [[nodiscard]] const std::vector<sets::Claim>& claims() const { return claims_; }
  /// The paths that the templates of `condition` match, with such texts in place of their captures; none where there is
  /// no such text. Captures go by their names: what is `rest` in one rule is mostly `rest` in the next.
  [[nodiscard]] std::vector<std::string> paths(ExprId condition);

 private:
  using Literals = std::vector<sets::Literal>;

  sets::Space& space_;
  std::map<std::string, Literals, std::less<>> captures_;  ///< by name
  std::vector<sets::Claim> claims_;

  void collect(ExprId condition, bool truth, std::map<std::uint32_t, Literals>& slots);
  void atom(ExprId id, bool truth, std::map<std::uint32_t, Literals>& slots);
  void name_slots(ExprId condition, const std::map<std::uint32_t, Literals>& slots);
  void templates(ExprId condition, std::vector<const Template*>& out) const;
  [[nodiscard]] std::optional<std::string> text_for(const Literals& literals);
  [[nodiscard]] static std::string filled(const Template& path, const std::map<std::string, std::string>& texts);
};

}  // namespace sprx
