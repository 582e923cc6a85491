// TargetWalk: every text that a redirect target can be, walked part by part along the states of a URL, so that client
// text never decides which host is meant.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/facts.h"
#include "compiler/table/rules.h"
#include "compiler/target_state.h"

namespace sprx {

/// States in which a target cannot end.
inline constexpr std::uint16_t kUnfinished = TargetStates::scheme | TargetStates::colon | TargetStates::slash |
                                             TargetStates::authority_begin | TargetStates::bracket |
                                             TargetStates::port_begin;

/// What is wrong with the path that `text` of the author's brings into a target at `at`: what to do; "" for nothing.
/// `last`: the target ends with it.
[[nodiscard]] std::string_view path_in_target_fault(std::string_view text, TargetStates at, bool last);

/// What the checker knows of values at a place.
struct Knowledge {
  std::function<bool(ExprId, const Facts&)> is_present;
  std::function<void(ExprId, bool, Facts&)> learn;
};

/// Rows of one list or table that make no URL.
struct BadRows {
  bool table = false;
  bool values = false;  ///< of a table: its values, else its keys
  std::uint32_t id = 0;
  std::vector<std::uint32_t> rows;  ///< the first kMaxDataErrors
  std::size_t count = 0;
};

class TargetWalk {
 public:
  TargetWalk(const RuleSet& rules, const std::unordered_map<std::uint32_t, CaptureInfo>& captures, const Facts& facts,
             Knowledge knowledge)
      : rules_(rules), captures_(captures), facts_(&facts), knowledge_(std::move(knowledge)) {}

  enum class Fault : std::uint8_t { none, start, authority, after_authority, absent_host, not_url };
  Fault fault = Fault::none;
  std::string detail;      ///< not_url: the text that is none …
  BadRows bad_rows;        ///< … and where it stands, if it is a row's
  std::string unfinished;  ///< a text that only begins a URL

  bool last = false;  ///< what is walked ends the target

  /// The states after `value`. What is absent is "", so that the next part stands in its place; `certain`: it is there,
  /// or what is made of it has been asked.
  TargetStates walk(ExprId value, TargetStates at, bool certain = false);

 private:
  static constexpr int kBudget = 20'000;

  const RuleSet& rules_;
  const std::unordered_map<std::uint32_t, CaptureInfo>& captures_;
  const Facts* facts_;
  Knowledge knowledge_;
  int budget_ = kBudget;

  TargetStates present(ExprId value, TargetStates at);
  TargetStates text(std::string_view value, TargetStates at);
  TargetStates texts(const std::vector<StrId>& values, TargetStates at, BadRows where);
  TargetStates table(std::uint32_t id, TargetStates at);
  TargetStates proven(const std::vector<Proof>& proofs, TargetStates at);
  TargetStates first_of(const Expr& e, TargetStates at);
  TargetStates one_of(const Expr& e, TargetStates at);
  [[nodiscard]] const CaptureInfo* info_of(ExprId value, const Expr& e) const;
  [[nodiscard]] bool from_host(const Expr& e, const CaptureInfo* capture) const;
  TargetStates opaque(ExprId value, const Expr& e, TargetStates at);
  TargetStates of_own(TargetStates early, TargetStates out);
  TargetStates of_scheme(TargetStates early, TargetStates out);
  TargetStates of_host(TargetStates early, TargetStates out, bool digits);
  TargetStates of_path(TargetStates early, TargetStates out, bool wire, bool maybe_empty);
};

}  // namespace sprx
