// LinesReader: `check`'s way through a `redirects` and the lines of its file, each of which is a rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/check_slashes.h"
#include "compiler/rule_state.h"

namespace sprx {

/// A `redirects` and its file while it is read.
struct Checker::LinesReader {
  /// What the block says, or one line.
  struct Options {
    std::uint16_t status = 0;
    KeepQuery keep = KeepQuery::no;
    bool nocase = false;
    bool status_unread = false;  ///< what did not parse may be the status
  };

  // check_redirects_file.cc
  bool read_options();
  bool status_option(const ast::Action& a);
  void read(FileId file, DataFormat format);
  bool columns(const DataRow& row, Options* out);

  // check_redirects_line.cc
  void line(const DataRow& row);
  ExprId source(const DataCell& cell, bool nocase, Env& env);
  /// The condition that the part of a source at `offset` is.
  ExprId part(const DataCell& cell, std::string_view text, std::size_t offset, TemplateKind kind, bool nocase,
              Env& env);
  void report_template(const TemplateError& error, std::string_view text, Span where);
  ExprId target(const DataCell& cell, Env& env);
  ExprId field(Field id);
  Diagnostic& report(Kind kind, Span where, std::string message) { return c.report(kind, where, std::move(message)); }

  Checker& c;
  const ast::Redirects& r;
  GroupState& group;
  Options options{};  ///< of the block
  SlashRows slashes{};
  std::optional<std::size_t> without_status{};  ///< the report of the first line that has none …
  std::size_t lines_without_status = 0;         ///< … and how many there are
  bool said_query_twice = false;                ///< that the block adds a query again
  bool said_query_before = false;               ///< that text stands behind a `{uri}`
};

}  // namespace sprx
