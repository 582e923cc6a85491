// ReadBack: conditions on what an earlier rule has set.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "compiler/check_view.h"
#include "compiler/program.h"

namespace sprx {

class ReadBack {
 public:
  explicit ReadBack(const CheckView& view) : view_(view) {}

  /// Notes what the rule that is added next in `phase` sets. `answers`: it ends the request.
  void note(const std::vector<Action>& actions, const std::vector<Span>& places, Phase phase, bool answers);
  /// Once all rules have been added. `conditions`: theirs, by Phase.
  void tell(const std::array<std::vector<WrittenCondition>, 2>& conditions);

 private:
  /// An edit of one text of the author's.
  struct Edit {
    Target target = Target::none;
    std::string name;
    std::string text;
    Phase phase = Phase::request;
    std::uint32_t rule = 0;
    Span where;
  };
  void tell_one(const Edit& edit, Span where);

  const CheckView view_;
  std::vector<Edit> edits_;
};

}  // namespace sprx
