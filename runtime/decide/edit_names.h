// Names in edits: which ones an edit speaks of.
#pragma once

#include <string_view>

#include "compiler/table/canonical.h"
#include "runtime/decide/decision.h"

namespace sprx {

/// The names of one edit; a trailing `*` stands for any rest.
class EditNames {
 public:
  EditNames(const RuleSet& rules, const Edit& edit) : rules_(rules), edit_(edit) {}

  [[nodiscard]] std::string_view first() const { return edit_.name_count == 0 ? std::string_view{} : at(0); }
  /// Whether `name` is one of them; headers compare without regard to case, parameters and cookies exactly.
  [[nodiscard]] bool hold(std::string_view name, bool nocase) const {
    for (std::uint32_t i = 0; i < edit_.name_count; ++i) {
      std::string_view wanted = at(i);
      std::string_view found = name;
      if (wanted.ends_with('*')) {
        wanted.remove_suffix(1);
        found = found.substr(0, wanted.size());
      }
      if (nocase ? equal_nocase(found, wanted) : found == wanted) return true;
    }
    return false;
  }

 private:
  [[nodiscard]] std::string_view at(std::uint32_t i) const {
    return rules_.pool.strings.view(rules_.names[edit_.first_name + i]);
  }
  const RuleSet& rules_;
  const Edit& edit_;
};

}  // namespace sprx
