// AllowSet: what `allow CODE "reason";` silences, and where. Collected from the syntax before the check; a
// DiagnosticList asks it about every finding that is added.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "compiler/ast.h"
#include "compiler/diagnostics.h"

namespace sprx {

/// Whether `allow` may name this kind: lints, findings about reachability (E3) and about loops of redirects (E4006 and
/// on). What is wrong with one redirect target (E4001 to E4005) is no matter of taste: such a rule cannot be built.
[[nodiscard]] bool can_be_allowed(Kind kind);

class AllowSet {
 public:
  /// `files`: what a group takes in with `include`, or the whole file of an `allow` at its top.
  void add(Kind kind, Span where, Span scope, std::vector<FileId> files);
  /// After the last `add`.
  void seal();

  /// Whether a finding is silenced: it stands in the scope of an `allow` of its kind, or belongs to a declaration
  /// (`owner`) that does, as a row of a data file does. The innermost such `allow` counts as needed.
  [[nodiscard]] bool silences(Kind kind, Span primary, Span owner);

  /// Findings of this kind were not looked for: no `allow` of it is called unneeded.
  void not_looked_for(Kind kind) { skipped_.insert(static_cast<std::uint16_t>(kind)); }
  /// A lint for each `allow` that silenced nothing.
  void report_unneeded(DiagnosticList& out);
  /// The same of one kind that was looked for after all others.
  void report_unneeded(Kind late, DiagnosticList& out);

 private:
  struct Entry {
    Kind kind{};
    Span where;  ///< the statement
    Span scope;
    std::vector<FileId> files;
    std::uint32_t parent = 0;  ///< the entry of this kind around it, kNone for none
    bool used = false;
  };
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  [[nodiscard]] std::uint32_t innermost(Kind kind, Span place) const;
  [[nodiscard]] bool was_skipped(Kind kind) const { return skipped_.contains(static_cast<std::uint16_t>(kind)); }
  static void report_one(const Entry& entry, DiagnosticList& out);

  std::vector<Entry> entries_;           ///< by kind, then by file and begin, outer ones first
  std::vector<std::uint32_t> by_files_;  ///< those that also stand for files
  std::unordered_set<std::uint16_t> skipped_;
};

/// Reads every `allow` of a configuration; what is wrong with one is reported.
[[nodiscard]] AllowSet collect_allows(const ast::File& file, DiagnosticList& out);

}  // namespace sprx
