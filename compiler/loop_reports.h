// What is said of redirects that were followed: circles, chains, and hosts that a rule should have left out.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/allow.h"
#include "compiler/diagnostics.h"
#include "compiler/loop_own.h"
#include "compiler/loops.h"
#include "compiler/program.h"
#include "compiler/sets/concrete.h"

namespace sprx {

/// One request of a walk.
struct RedirectStep {
  sets::Url url;
  std::string method;
  std::uint32_t rule = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> rows;  ///< of tables that the target was looked up in
  bool followed = false;                                      ///< where it leads is certain to come here again
};

/// A URL as reports show it, cut where it is long.
[[nodiscard]] std::string shown_url(const sets::Url& url);

class LoopReports {
 public:
  LoopReports(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out, sets::Space& space)
      : program_(program), rules_(program.rules), allows_(allows), out_(out), space_(space) {}

  /// A circle of requests with `headers`, which is reported where all of it is certain to come here. Whether it is
  /// told, now or before, or allowed.
  bool cycle(std::vector<RedirectStep> cycle, const std::vector<std::string>& notes);
  /// More redirects than a browser follows, though no URL comes twice. The same answer.
  bool endless(const std::vector<RedirectStep>& steps);
  /// A rule whose target is always what was asked for.
  void own(const OwnCircle& circle);
  /// Keeps a chain that ends at `end` for chains().
  void note_chain(const std::vector<RedirectStep>& steps, const std::string& end);
  /// Reports the chains, one for each file, table or rule that begins some.
  void chains();

 private:
  /// Chains that begin in one file or table.
  struct Chains {
    std::uint32_t rule = 0;  ///< the first of them
    bool of_data = false;    ///< rows or lines that lead to others of the same table or file
    std::size_t count = 0;
    std::vector<Span> places;
    std::string way;  ///< of the first
  };

  const CheckedProgram& program_;
  const RuleSet& rules_;
  AllowSet& allows_;
  DiagnosticList& out_;
  sets::Space& space_;
  std::set<std::set<std::string>> known_cycles_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Chains> chains_;  ///< by file and begin of the declaration or rule

  [[nodiscard]] const Rule& rule(std::uint32_t i) const { return rules_.of(Phase::request)[i]; }
  [[nodiscard]] Span place(std::uint32_t i) const { return program_.rule_names[0][i]; }
  [[nodiscard]] Span owner(std::uint32_t i) const { return program_.rule_owners[0][i]; }
  [[nodiscard]] std::string name(std::uint32_t i) const {
    return "`" + std::string(rules_.pool.strings.view(rule(i).name)) + "`";
  }
  [[nodiscard]] Span place_of(const RedirectStep& step) const;
  bool allowed(Kind kind, const std::vector<RedirectStep>& steps);
  void lint_own_target(const RedirectStep& step);
  void report_chains(const Chains& chains);
};

}  // namespace sprx
