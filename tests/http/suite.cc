#include "http/suite.h"

#include <algorithm>
#include <fnmatch.h>
#include <iostream>
#include <poll.h>
#include <sys/socket.h>

namespace sprx::http_suite {
namespace {

constexpr auto kPeerDeadline = Milliseconds(1'500);  ///< for reads where much of what the cases wait for never comes
constexpr auto kSettleLimit =
    Milliseconds(3'000);  ///< for what the proxy does a moment after the client has its answer

const char* word_of(Result result) {
  switch (result) {
    case Result::same:
      return "same";
    case Result::stricter:
      return "stricter";
    case Result::accepts:
      return "accepts-what-we-refuse";
    case Result::differs:
      return "differs";
  }
  return "";
}

Result result_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::same:
      return Result::same;
    case Verdict::stricter:
      return Result::stricter;
    case Verdict::accepts:
      return Result::accepts;
  }
  return Result::differs;
}

bool has_error(const Case& one) {
  const auto& steps = one.alternatives.front().steps;
  return std::any_of(steps.begin(), steps.end(), [](const Step& step) { return step.verb == Verb::error; });
}

bool refuses(const Case& one) {
  const auto& steps = one.alternatives.front().steps;
  const bool refused =
      std::any_of(steps.begin(), steps.end(), [](const Step& step) { return step.verb == Verb::refused; });
  const bool contacted = std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    return (step.side == Side::origin && step.verb == Verb::receive) || step.verb == Verb::alive;
  });
  return refused && !contacted;
}

}  // namespace

bool Suite::is_wanted(const std::vector<std::string>& names, const Group& group, const Case& one) {
  if (names.empty()) return true;
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return group.name == name || ::fnmatch(name.c_str(), one.name.c_str(), 0) == 0;
  });
}

bool Suite::run(const std::vector<Group>& groups) {
  const auto began = Clock::now();
  bool good = true;
  for (const Group& group : groups) {
    const bool wanted = std::any_of(group.cases.begin(), group.cases.end(),
                                    [&](const Case& one) { return is_wanted(options_.names, group, one); });
    if (!wanted) continue;
    const auto group_began = Clock::now();
    good = run_group(group) && good;
    target_.reset();
    const auto group_took = std::chrono::duration_cast<Milliseconds>(Clock::now() - group_began);
    if (!options_.quiet) std::cout << group.name << ": " << group_took.count() << " ms\n";
    if (!good && !options_.keep_going) break;
  }
  print_summary();
  const auto took = std::chrono::duration_cast<Milliseconds>(Clock::now() - began);
  std::cout << plays_ << " plays in " << took.count() << " ms\n";
  if (results_.empty()) {
    std::cout << "no case of that name\n";
    return false;
  }
  return good;
}

bool Suite::run_group(const Group& group) {
  const auto config = group.config.find(name_of(options_.target.kind));
  origin_.listener = listen_on(options_.target.origin_port, SOMAXCONN);
  origin_.port = port_of(origin_.listener.get());
  TargetOptions target = options_.target;
  target.descriptors = group.descriptors;
  target.via = group.via;
  target_ = std::make_unique<Target>(target, config == group.config.end() ? "" : config->second, origin_.port);
  if (options_.keep_directory) {
    target_->keep_directory();
    std::cout << group.name << ": " << target_->folder().string() << "\n";
  }
  if (!target_->problem().empty()) return complain(group, target_->problem());
  lines_.clear();
  lines_known_ = true;
  Player first(*target_, origin_, group.deadline, {});
  if (const auto wrong = first.serves()) return complain(group, "at the start: " + *wrong);
  lines_.push_back({"(start)", {{"200", ""}}});
  const std::size_t descriptors = target_->descriptors();
  bool good = true;
  for (const Case& one : group.cases) {
    if (!is_wanted(options_.names, group, one) || (one.own && !target_->is_ours())) continue;
    good = run_case(group, one) && good;
    if (target_->has_process() && !target_->runs()) return complain(group, "the proxy ended during " + one.name);
    if (!good && !options_.keep_going) return false;
  }
  return check_group(group, descriptors) && good;
}

Outcome Suite::play(const Group& group, const Case& one, const Alternative& alternative, Split split) {
  ++plays_;
  const Milliseconds deadline = target_->is_ours() || group.deadline_given ? group.deadline : kPeerDeadline;
  Player player(*target_, origin_, deadline, split);
  Outcome outcome = player.play(alternative.steps);
  if (outcome.failure) {
    outcome.failure = group.path + ":" + std::to_string(outcome.line) + ": " + *outcome.failure;
    lines_known_ = false;
  }
  lines_.push_back({one.name, outcome.log});
  return outcome;
}

bool Suite::run_case(const Group& group, const Case& one) {
  const Split split{options_.split == SplitMode::bytes && !one.whole ? Split::Kind::bytes : Split::Kind::whole, 0};
  const Outcome first = play(group, one, one.alternatives.front(), split);
  if (!first.failure) {
    record(group, one, Result::same, "");
    if (options_.split == SplitMode::each && !one.whole && first.sent <= options_.split_limit) {
      replay_split(group, one, first.sent);
      return results_.back().result == Result::same;
    }
    return true;
  }
  for (std::size_t i = 1; i < one.alternatives.size(); ++i) {
    const Verdict verdict = one.alternatives[i].verdict;
    if (target_->is_ours() && verdict != Verdict::same) continue;
    if (play(group, one, one.alternatives[i], split).failure) continue;
    if (target_->is_ours() && !options_.quiet) std::cout << "note " << one.name << ": alternative " << i + 1 << "\n";
    record(group, one, result_of(verdict), "");
    return true;
  }
  record(group, one, judge(one, first), *first.failure + "\n" + first.wire);
  return !target_->is_ours();
}

/// Once for each place where a byte could be the last of a packet.
void Suite::replay_split(const Group& group, const Case& one, std::size_t size) {
  for (std::size_t at = 1; at < size; ++at) {
    const Split split{Split::Kind::once, at};
    const Outcome outcome = play(group, one, one.alternatives.front(), split);
    const bool passes =
        !outcome.failure ||
        std::any_of(one.alternatives.begin() + 1, one.alternatives.end(), [&](const Alternative& other) {
          return other.verdict == Verdict::same && !play(group, one, other, split).failure;
        });
    if (passes) continue;
    results_.pop_back();
    record(group, one, Result::differs,
           "split after byte " + std::to_string(at) + ": " + *outcome.failure + "\n" + outcome.wire);
    return;
  }
}

Result Suite::judge(const Case& one, const Outcome& outcome) const {
  if (target_->is_ours()) return Result::differs;
  if (refuses(one)) return outcome.origin_contacted ? Result::accepts : Result::differs;
  // What another origin sends is passed on where we answer 502.
  if (has_error(one) && outcome.client_status >= 100 && outcome.client_status < 400) return Result::accepts;
  const bool refused = outcome.client_status >= 400 || (outcome.client_status == 0 && outcome.client_ended);
  return refused && !outcome.origin_contacted ? Result::stricter : Result::differs;
}

void Suite::record(const Group& group, const Case& one, Result result, const std::string& detail) {
  results_.push_back({one.name, group.name, result, detail});
  if (options_.quiet || (result == Result::same && target_->is_ours())) return;
  if (result == Result::same) return;
  std::cout << (target_->is_ours() ? "FAIL" : word_of(result)) << " " << one.name << "  # " << one.comment << "\n";
  if (!detail.empty()) std::cout << "  " << detail << "\n";
}

bool Suite::complain(const Group& group, const std::string& what) {
  ++group_problems_;
  std::cout << "FAIL group " << group.name << ": " << what << "\n";
  return !target_->is_ours() && target_->problem().empty();
}

/// The proxy still serves, holds no more descriptors than at the start, and its log tells what happened.
bool Suite::check_group(const Group& group, std::size_t descriptors) {
  bool good = true;
  Player last(*target_, origin_, group.deadline, {});
  if (const auto wrong = last.serves()) good = complain(group, "at the end: " + *wrong) && good;
  lines_.push_back({"(end)", {{"200", ""}}});
  if (!target_->has_process()) return good;
  const auto until = Clock::now() + kSettleLimit;
  while (target_->descriptors() > descriptors && Clock::now() < until) ::poll(nullptr, 0, 5);
  if (target_->descriptors() > descriptors && target_->is_ours()) {
    good = complain(group, std::to_string(target_->descriptors()) + " descriptors, at the start there were " +
                               std::to_string(descriptors)) &&
           good;
  }
  if (!target_->is_ours()) return good;
  if (lines_known_) {
    for (const std::string& problem : check_access_lines(target_->access_log(), lines_, kSettleLimit)) {
      good = complain(group, "access log: " + problem) && good;
    }
  }
  if (const auto wrong = target_->stop()) good = complain(group, *wrong) && good;
  return good;
}

void Suite::print_summary() const {
  std::size_t counts[4] = {};
  for (const CaseResult& one : results_) ++counts[static_cast<std::size_t>(one.result)];
  std::cout << name_of(options_.target.kind) << ": " << results_.size() << " cases, " << counts[0] << " same";
  if (options_.target.kind == TargetKind::sprx) {
    std::cout << ", " << counts[3] << " failed, " << group_problems_ << " problems of groups\n";
    return;
  }
  std::cout << ", " << counts[1] << " stricter, " << counts[2] << " accepts-what-we-refuse, " << counts[3]
            << " differs\n";
}

}  // namespace sprx::http_suite
