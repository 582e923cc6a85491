// CheckView: what those topics of `check` need that look at what is written and checked, and change nothing of it.
#pragma once

#include "compiler/diagnostics.h"
#include "compiler/table/rules.h"
#include "grammar/source.h"

namespace sprx {

struct CheckView {
  const RuleSet& rules;  ///< as far as they are checked
  const SourceSet& sources;
  DiagnosticList& out;

  [[nodiscard]] const ExprPool& pool() const { return rules.pool; }
  [[nodiscard]] std::string_view text(StrId id) const { return rules.pool.strings.view(id); }
  /// The value itself, or what the let that it is names.
  [[nodiscard]] const Expr& source_of(ExprId value) const {
    const Expr* e = &pool()[value];
    while (e->op == Op::let) e = &pool()[rules.lets[e->a].value];
    return *e;
  }
};

}  // namespace sprx
