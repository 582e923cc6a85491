// Suite: runs groups of case files against a target and counts. What a run found is printed as it goes and kept for the
// table.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "http/access_lines.h"
#include "http/player.h"
#include "http/target.h"
#include "http/transcript.h"

namespace sprx::http_suite {

enum class SplitMode : unsigned char { whole, bytes, each };

struct SuiteOptions {
  TargetOptions target;
  std::vector<std::string> names;  ///< cases or groups to run, by their names or a glob; empty for all
  SplitMode split = SplitMode::whole;
  std::size_t split_limit = 400;  ///< SplitMode::each: cases that send more are left out
  bool keep_going = false;
  bool quiet = false;
  bool keep_directory = false;
};

enum class Result : unsigned char { same, stricter, accepts, differs };

struct CaseResult {
  std::string name;
  std::string group;
  Result result = Result::same;
  std::string detail;
};

class Suite {
 public:
  explicit Suite(SuiteOptions options) : options_(std::move(options)) {}

  /// False where something did not agree and the target is sprx, or the target could not be run at all.
  [[nodiscard]] bool run(const std::vector<Group>& groups);
  [[nodiscard]] const std::vector<CaseResult>& results() const { return results_; }
  /// The case is one of those that were asked for.
  [[nodiscard]] static bool is_wanted(const std::vector<std::string>& names, const Group& group, const Case& one);

 private:
  [[nodiscard]] bool run_group(const Group& group);
  [[nodiscard]] bool run_case(const Group& group, const Case& one);
  void replay_split(const Group& group, const Case& one, std::size_t size);
  [[nodiscard]] Outcome play(const Group& group, const Case& one, const Alternative& alternative, Split split);
  void record(const Group& group, const Case& one, Result result, const std::string& detail);
  [[nodiscard]] Result judge(const Case& one, const Outcome& outcome) const;
  [[nodiscard]] bool check_group(const Group& group, std::size_t descriptors);
  [[nodiscard]] bool complain(const Group& group, const std::string& what);
  void print_summary() const;

  SuiteOptions options_;
  std::unique_ptr<Target> target_;
  Origin origin_;
  std::vector<CaseResult> results_;
  std::vector<ExpectedLines> lines_;
  bool lines_known_ = true;  ///< false after a failed case: what it left in the log is anyone's guess
  std::size_t group_problems_ = 0;
  std::size_t plays_ = 0;
};

}  // namespace sprx::http_suite
