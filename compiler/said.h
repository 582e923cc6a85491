// What was reported already: another place of the same mistake becomes a label of its report. A class for each way in
// which places belong together.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "compiler/diagnostics.h"

namespace sprx {

/// Unknown names, by what is said of them, themselves and the name like it that was offered. A dynamic list that `ban`
/// or a test names counts as the name that conditions use, where one like it is declared.
class SaidNames {
 public:
  explicit SaidNames(DiagnosticList& out) : out_(out) {}

  /// Whether that name was reported already as `kind`, with the same help: this is one more place of it, which gets a
  /// label and the same fix.
  bool joins(Kind kind, const std::string& name, const std::string& near, Span where);
  /// What was just reported is that of `name`.
  void remember(Kind kind, const std::string& name, const std::string& near);
  /// Says in each report how many places have no label.
  void count_places();

 private:
  struct Said {
    std::size_t place = 0;   ///< in the list of diagnostics
    std::size_t shown = 0;   ///< more places of it that have a label
    std::size_t hidden = 0;  ///< and that have none
  };

  DiagnosticList& out_;
  std::map<std::tuple<Kind, std::string, std::string>, Said> said_;
};

/// The response that is read in a request rule: said once a rule, since it is one word that is missing.
class SaidResponse {
 public:
  explicit SaidResponse(DiagnosticList& out) : out_(out) {}

  /// Whether the rule that is called `construct` was told already: this is one more place of it, which gets a
  /// label.
  bool joins(Span construct, Span where);
  /// What was just reported is that of `construct`.
  void remember(Span construct);

 private:
  DiagnosticList& out_;
  Span construct_;
  std::optional<std::size_t> place_;
  std::size_t shown_ = 0;  ///< more places that have a label
};

/// Words without quotes in a list of text: one report a list, however many words it has.
class BareRows {
 public:
  BareRows(const SourceSet& sources, DiagnosticList& out) : sources_(sources), out_(out) {}

  /// Whether the word stands behind one that was reported: this is one more of its list.
  bool joins(Span word, const std::string& quoted);
  /// The word was just reported.
  void remember() { place_ = out_.last_place(); }

 private:
  const SourceSet& sources_;
  DiagnosticList& out_;
  Span last_;  ///< the word that was seen last
  std::optional<std::size_t> place_;
};

}  // namespace sprx
