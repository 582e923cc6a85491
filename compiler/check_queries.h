// Queries that get where they are not meant.
#pragma once

#include "compiler/ast.h"
#include "compiler/check_view.h"
#include "compiler/data_file.h"
#include "compiler/program.h"

namespace sprx {

/// `set path = "/b${uri}"`
void lint_query_in_path(const CheckView& view, const ast::Expr& value);
/// `redirect 301 "https://www.example.com${uri}/b";`. True: something was said.
bool lint_query_before_text(const CheckView& view, const ast::Expr& target, const WrittenCondition& of);
/// The same in a line of `redirects`, told once: `said` is whether it was.
void lint_query_before_text(const CheckView& view, const DataCell& target, bool& said);
/// `moved[uri]`, where the keys are paths.
void lint_query_in_key(const CheckView& view, const ast::Expr& key, std::string_view table);
/// `redirect 301 "https://www.example.com${uri}" keep_query;`
void lint_query_twice(const CheckView& view, const ast::Expr& target, const ast::Expr& keep);
/// The same in a line of `redirects`. What their block says is told once: `said` is whether it was.
void lint_query_twice(const CheckView& view, const DataRow& row, bool& said);

}  // namespace sprx
