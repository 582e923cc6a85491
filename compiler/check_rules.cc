// Groups, rules and lets, in source order.
#include <algorithm>
#include <utility>

#include "compiler/check_overwritten.h"
#include "compiler/check_row_uses.h"
#include "compiler/check_sent.h"
#include "compiler/rule_state.h"

namespace sprx {
namespace {

/// Conditions of a group are spread into its rules' `all` up to this many, so that an index sees them at once.
constexpr std::size_t kSpreadConditions = 16;

/// Names in an expression that may mean lets.
void collect_paths(const ast::Expr& e, std::vector<const ast::Expr*>& out) {
  if (e.is(ast::Expr::Kind::path)) out.push_back(&e);
  for (const ast::Expr& child : e.children) collect_paths(child, out);
}

}  // namespace

void Checker::unique(const ast::Ident& name, std::unordered_map<std::string, Span>& names, std::string_view what) {
  if (!name.known()) return;
  const auto [first, fresh] = names.emplace(name.text, name.span);
  if (fresh) return;
  report(Kind::duplicate_rule, name.span,
         std::string(what) + " `" + name.text + "` has the name of another rule, group or redirects here")
      .label(first->second, "used here first")
      .help("names of rules are unique in their group; logs and metrics go by them");
}

void Checker::add_rule(Phase phase, const std::string& name, Span where, ExprId condition, std::vector<Action> actions,
                       std::uint32_t guard, Span owner) {
  Rule rule;
  rule.name = pool().strings.add(name);
  const SourceFile& file = sources_[where.file];
  rule.file = pool().strings.intern(file.name);
  rule.line = file.locate(where.begin).line;
  rule.condition = condition;
  rule.guard = guard;
  rule.first_action = static_cast<std::uint32_t>(rules().actions.size());
  rule.action_count = static_cast<std::uint32_t>(actions.size());
  rules().actions.insert(rules().actions.end(), actions.begin(), actions.end());
  const auto place = static_cast<std::size_t>(phase);
  rules().rules[place].push_back(rule);
  program_.rule_names[place].push_back(where);
  program_.rule_owners[place].push_back(owner);
  program_.conditions[place].push_back(std::exchange(noted_, {}));
}

bool Checker::room_for_rule(Span where) {
  if (++rule_count_ <= limits_.rules) return true;
  if (rule_count_ == limits_.rules + 1)
    report(Kind::limit_rules, where, "more than " + std::to_string(limits_.rules) + " rules in one configuration");
  return false;
}

ExprId Checker::joined(const std::vector<ExprId>& outer, const std::vector<ExprId>& own) {
  std::vector<ExprId> all;
  for (const std::vector<ExprId>* list : {&outer, &own}) {
    for (const ExprId id : *list) {
      const Expr& e = pool()[id];
      if (e.op == Op::all && (list == &own || e.b <= kSpreadConditions)) {
        const std::span<const ExprId> items = pool().list(e);
        all.insert(all.end(), items.begin(), items.end());
      } else if (e.op != Op::always) {
        all.push_back(id);
      }
    }
  }
  if (all.empty()) return node(Op::always);
  return all.size() == 1 ? all[0] : pool().add_list({.op = Op::all, .type = Type::boolean}, all);
}

void Checker::resolve_let(Symbol& symbol, const ast::Expr* use) {
  if (symbol.state == Symbol::State::done) return;
  const auto stop = [&](Kind kind, const std::string& message, const std::string& help) {
    report(kind, use != nullptr ? use->span : symbol.where, message).label(symbol.where, "declared here").help(help);
    symbol.poisoned = true;
    symbol.state = Symbol::State::done;
  };
  if (symbol.state == Symbol::State::busy) {
    std::string chain = "`" + symbol.name + "`";
    const auto from = std::find(let_stack_.begin(), let_stack_.end(), &symbol);
    for (auto at = from; at != let_stack_.end() && at - from < 8; ++at)
      chain += at + 1 == let_stack_.end() ? " -> `" + symbol.name + "`" : " -> `" + (*(at + 1))->name + "`";
    for (auto at = from; at != let_stack_.end(); ++at) (*at)->poisoned = true;
    return stop(Kind::let_cycle, "`" + symbol.name + "` is made of itself: " + chain,
                "take one of them out of the cycle");
  }
  const std::size_t allowed = limits_.let_depth;
  if (let_stack_.size() >= allowed)
    return stop(Kind::limit_let_depth, "lets are made of lets more than " + std::to_string(allowed) + " deep",
                "put some of them together");
  symbol.state = Symbol::State::busy;
  let_stack_.push_back(&symbol);
  const Span outer = construct_;
  const std::string_view outer_label = construct_label_;
  const CaptureUses outer_uses = std::exchange(uses_, {});
  construct_ = symbol.where;
  construct_label_ = "in this let";
  Env* const around = symbol.env;
  Env env;
  env.parent = around;
  env.scope = symbol.scope;
  env.response = true;
  // What it is made of comes first, so that captures of several lets never share a slot.
  std::vector<const ast::Expr*> paths;
  collect_paths(symbol.let->value, paths);
  for (const ast::Expr* path : paths) {
    Symbol* const part = find_symbol(env, path->text);
    if (part != nullptr && part->kind == Symbol::Kind::let) resolve_let(*part, path);
  }
  env.next_slot = around != nullptr ? around->next_slot : let_slots_;
  check_let(symbol, env);
  (around != nullptr ? around->next_slot : let_slots_) = env.next_slot;
  end_captures(outer_uses, !symbol.poisoned);
  symbol.state = Symbol::State::done;
  let_stack_.pop_back();
  construct_ = outer;
  construct_label_ = outer_label;
}

void Checker::check_let(Symbol& symbol, Env& env) {
  env.nodes = 0;
  const bool outer_cut = std::exchange(cut_, symbol.let->cut);
  const Value v = value(symbol.let->value, env);
  cut_ = outer_cut;
  symbol.poisoned = symbol.poisoned || symbol.let->cut;
  symbol.depth = env.let_depth + 1;
  if (v.ok() && symbol.depth > limits_.let_depth && !symbol.poisoned) {
    report(Kind::limit_let_depth, symbol.where,
           "lets are made of lets more than " + std::to_string(limits_.let_depth) + " deep")
        .help("put some of them together");
    symbol.poisoned = true;
  }
  if (v.ok() && v.type == Type::string_list) {
    report(Kind::type_mismatch, symbol.let->value.span, "a let holds one value, this is a list")
        .help("ask for one value, or compare the list where it is used");
    symbol.poisoned = true;
  }
  symbol.poisoned = symbol.poisoned || !v.ok();
  if (symbol.poisoned) return;
  symbol.type = v.type;
  symbol.phase = env.reads_response ? Phase::response : Phase::request;
  symbol.id = static_cast<std::uint32_t>(rules().lets.size());
  rules().lets.push_back({pool().strings.intern(symbol.full_name), v.id, symbol.phase});
  let_symbols_.push_back(&symbol);
}

void Checker::rule_let(const ast::Let& let, RuleState& rule) {
  if (!let.name.known()) {
    rule.env.incomplete = true;
    return;
  }
  Symbol symbol;
  symbol.kind = Symbol::Kind::let;
  symbol.name = let.name.text;
  symbol.where = let.name.span;
  symbol.let = &let;
  for (const Env* at = &rule.env; at != nullptr; at = at->parent) {
    for (const Capture& capture : at->captures) {
      if (capture.name != symbol.name) continue;
      report(Kind::duplicate_name, symbol.where, "`" + symbol.name + "` is declared twice")
          .label(capture.where, "a capture of this name is bound here");
      rule.poisoned = true;
      return;
    }
  }
  const std::size_t before = symbols_.size();
  declare(*rule.env.scope, std::move(symbol));
  if (symbols_.size() == before || symbols_.back().let != &let) {
    rule.poisoned = true;
    return;
  }
  Symbol& declared = symbols_.back();
  declared.full_name = rule.name + "." + declared.name;
  declared.state = Symbol::State::busy;
  let_stack_.push_back(&declared);
  const bool read_before = rule.env.reads_response;
  const std::size_t depth_before = rule.env.let_depth;
  rule.env.reads_response = false;
  rule.env.let_depth = 0;
  check_let(declared, rule.env);
  rule.env.reads_response = rule.env.reads_response || read_before;
  rule.env.let_depth = depth_before;
  let_stack_.pop_back();
  declared.state = Symbol::State::done;
}

void Checker::rule(const ast::Rule& r, GroupState& group) {
  unique(r.name, group.names, "rule");
  if (!room_for_rule(r.name.known() ? r.name.span : r.span)) return;
  construct_ = r.name.span;
  construct_label_ = "in this rule";
  noted_ = {{}, group.written.parts};
  const CaptureUses outer = std::exchange(uses_, {});
  RuleState rule;
  rule.phase = r.response ? Phase::response : Phase::request;
  rule.name = group.prefix + r.name.text;
  Scope scope;
  scope.parent = group.env.scope;
  scope.prefix = rule.name + ".";
  rule.env.parent = &group.env;
  rule.env.facts.parent = &group.env.facts;
  rule.env.scope = &scope;
  rule.env.response = r.response;
  rule.env.rule = &r;
  rule.env.incomplete = r.incomplete;
  rule.env.unproved = r.incomplete;  // what did not parse may have been a condition
  rule.env.next_slot = group.env.next_slot;
  rule.poisoned = r.incomplete || !r.name.known();
  if (!r.response && group.response_condition.known()) {
    report(Kind::request_rule_in_response_group, r.name.known() ? r.name.span : r.span,
           "a request rule cannot stand under a condition on the response")
        .label(group.response_condition, "this reads the response")
        .help("write `response rule`");
    rule.poisoned = true;
  }
  std::vector<ExprId> conditions;
  for (const ast::Statement& statement : r.statements) this->statement(statement, rule, conditions);
  finish_guard(rule);
  const bool nothing = rule.actions.empty() && !rule.poisoned;
  if (nothing)
    out_.add(Kind::rule_without_action, r.name.span, "this rule does nothing")
        .help("give it an action, such as `log`, `deny` or `redirect`");
  if (!rule.poisoned) {
    lint_raw_guard(view_, r);
    lint_late_condition(view_, r);
  }
  construct_ = {};
  if (noted_.whens.empty()) noted_.whens = group.written.whens;
  end_captures(outer, !rule.poisoned && !group.lost);
  // Names of this rule's lets point into `scope`: nothing looks them up after this.
  if (rule.poisoned || group.lost) {
    never_silent(r.name.known() ? r.name.span : r.span);
  } else {
    read_back_.note(rule.actions, rule.places, rule.phase, rule.terminal != nullptr);
    add_rule(rule.phase, rule.name, r.name.span, joined(group.conditions, conditions), std::move(rule.actions),
             guard_id(rule.guard));
  }
}

void Checker::never_silent(Span where) {
  // What is left out of the program has been reported. Should a way without a report ever be left, this is said instead
  // of running without the rule.
  if (!out_.has_errors()) report(Kind::syntax_unexpected, where, "this could not be understood");
}

void Checker::statement(const ast::Statement& statement, RuleState& rule, std::vector<ExprId>& conditions) {
  const auto* action = std::get_if<ast::Action>(&statement);
  const auto* when = std::get_if<ast::When>(&statement);
  const auto* over = std::get_if<ast::Over>(&statement);
  const auto* let = std::get_if<ast::Let>(&statement);
  // `allow` says nothing about what the rule does: `collect_allows` has read it.
  if (action != nullptr && action->word.text == "allow") {
    rule.poisoned = rule.poisoned || action->arguments.size() < 2;  // meant to let requests through, perhaps
    return;
  }
  // In a rule of which a part did not parse, such as an `else`, what follows need not follow.
  if (rule.terminal != nullptr && !rule.said_after && !rule.env.incomplete) {
    const Span where = action != nullptr ? (action->word.known() ? action->word.span : action->span)
                       : when != nullptr ? when->span
                       : over != nullptr ? over->span
                                         : let->name.span;
    report(Kind::after_terminal, where, "this comes after `" + rule.terminal->word.text + "`, which ends the rule")
        .label(rule.terminal->word.span, "the rule ends here")
        .help("put it before `" + rule.terminal->word.text + "`, or in a rule of its own");
    rule.said_after = true;
    rule.poisoned = true;
  }
  if (action != nullptr) {
    cut_ = action->incomplete;
    this->action(*action, rule);
    cut_ = false;
    return;
  }
  if (let != nullptr) return rule_let(*let, rule);
  if (over != nullptr) return this->over(*over, rule);
  rule.env.nodes = 0;
  cut_ = when->cut;
  const ExprId c = condition(when->condition, rule.env);
  cut_ = false;
  if (c == kNoExpr) {
    rule.poisoned = true;
    rule.env.unproved = true;
    return;
  }
  conditions.push_back(c);
  noted_.whens.push_back(when->condition.span);
  prover_.learn(c, true, rule.env.facts);
}

void Checker::group(const ast::Group& g, GroupState& parent) {
  unique(g.name, parent.names, "group");
  if (parent.depth >= limits_.group_depth) {
    report(Kind::limit_group_depth, g.name.known() ? g.name.span : g.span,
           "groups nest at most " + std::to_string(limits_.group_depth) + " deep")
        .help("put the conditions of some groups together with `and`");
    return;
  }
  GroupState state;
  state.depth = parent.depth + 1;
  state.prefix = parent.prefix + g.name.text + ".";
  state.conditions = parent.conditions;
  state.response_condition = parent.response_condition;
  state.env.parent = &parent.env;
  state.env.facts.parent = &parent.env.facts;
  state.env.scope = group_scopes_.at(&g);
  state.env.response = true;
  state.env.next_slot = parent.env.next_slot;
  state.written = parent.written;
  state.lost = parent.lost;
  const CaptureUses outer = std::exchange(uses_, {});
  if (g.when) {
    noted_ = {};
    construct_ = g.name.span;
    construct_label_ = "in this group";
    cut_ = g.when_cut;
    const ExprId c = condition(*g.when, state.env);
    cut_ = false;
    construct_ = {};
    state.written.whens = {g.when->span};
    state.written.parts.insert(state.written.parts.end(), noted_.parts.begin(), noted_.parts.end());
    if (state.env.reads_response && !state.response_condition.known()) state.response_condition = g.when->span;
    if (c == kNoExpr) {
      never_silent(g.when->span);
      state.env.unproved = true;
      state.env.incomplete = true;
      state.lost = true;
    } else {
      state.conditions.push_back(c);
      prover_.learn(c, true, state.env.facts);
    }
  }
  walk(g.items, state);
  end_captures(outer, !state.lost);
}

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
  declare_items(file.items, top_);
  GroupState top;
  top.env.scope = &top_;
  top.env.response = true;
  walk(file.items, top);
  if (!incomplete_ && !out_.has_errors()) read_back_.tell(program_.conditions);
  plain_bodies_.tell();
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
