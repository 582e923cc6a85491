// The way through a whole program: declarations first, then what is asked once all rules are known.
#include <algorithm>

#include "compiler/check_overwritten.h"
#include "compiler/check_row_uses.h"
#include "compiler/rule_state.h"

namespace sprx {

void Checker::walk(const std::vector<ast::Item>& items, GroupState& group) {
  for (const ast::Item& item : items) {
    const auto* let = std::get_if<ast::Let>(&item.is);
    const auto known = let == nullptr ? by_declaration_.end() : by_declaration_.find(let);
    if (known == by_declaration_.end()) continue;
    known->second->env = group.depth == 0 ? nullptr : &group.env;
  }
  for (const ast::Item& item : items) {
    const void* declaration = nullptr;
    if (const auto* let = std::get_if<ast::Let>(&item.is)) declaration = let;
    if (const auto* list = std::get_if<ast::List>(&item.is)) declaration = list;
    const auto known = by_declaration_.find(declaration);
    if (declaration == nullptr || known == by_declaration_.end()) continue;
    if (known->second->kind == Symbol::Kind::let) {
      resolve_let(*known->second, nullptr);
    } else {
      check_list(*known->second);
    }
  }
  if (group.depth == 0) check_limits(items);
  if (group.depth == 0) group.env.next_slot = let_slots_;
  rules().capture_slots = std::max(rules().capture_slots, group.env.next_slot);
  for (const ast::Item& item : items) {
    if (const auto* r = std::get_if<ast::Rule>(&item.is)) {
      rule(*r, group);
    } else if (const auto* inner = std::get_if<ast::Group>(&item.is)) {
      this->group(*inner, group);
    } else if (const auto* lines = std::get_if<ast::Redirects>(&item.is)) {
      redirects(*lines, group);
    } else if (const auto* s = std::get_if<ast::Settings>(&item.is)) {
      settings(*s);
    }
  }
}

CheckedProgram Checker::run(const ast::File& file, bool tests) {
  pool().strings.set_limit(limits_.text_bytes);
  incomplete_ = file.incomplete;
  program_.doubtful = file.doubtful;
  note_places_ = tests;
  // What an include would have declared may be any name that is not known.
  const std::vector<Diagnostic>& said = out_.all();
  if (std::any_of(said.begin(), said.end(), [](const Diagnostic& d) { return d.kind == Kind::include_missing; }))
    broken_names_.insert(std::string());
  declare_items(file.items, top_);
  GroupState top;
  top.env.scope = &top_;
  top.env.response = true;
  walk(file.items, top);
  if (!incomplete_ && !out_.has_errors()) {
    read_back_.tell(program_.conditions);
    plain_bodies_.tell();
  }
  this->tests(file.items);
  said_names_.count_places();
  if (!incomplete_ && !out_.has_errors()) tell_overwritten(program_, out_);
  excluding_.tell();
  if (!incomplete_) tell_row_uses(view_, symbols_);  // uses in what did not parse are not known
  target_rows_.tell(table_symbols_);
  report_unused();
  note_data();
  if (pool().strings.full()) {
    report(Kind::limit_rows, {},
           "this configuration holds more than " + std::to_string(limits_.text_bytes) +
               " bytes of rows, names and other texts");
  }
  return std::move(program_);
}

void Checker::note_data() {
  for (const Symbol* symbol : table_symbols_)
    program_.table_rows.push_back(symbol == nullptr ? std::vector<Span>{} : symbol->rows);
}

}  // namespace sprx
