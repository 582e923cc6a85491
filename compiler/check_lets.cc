// Lets, each before its first use.
#include <algorithm>
#include <utility>

#include "compiler/rule_state.h"

namespace sprx {
namespace {

/// Names in an expression that may mean lets.
void collect_paths(const ast::Expr& e, std::vector<const ast::Expr*>& out) {
  if (e.is(ast::Expr::Kind::path)) out.push_back(&e);
  for (const ast::Expr& child : e.children) collect_paths(child, out);
}

}  // namespace

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
  const Scoped inside(construct_, Construct{symbol.where, "in this let"});
  const CaptureUses outer_uses = std::exchange(uses_, {});
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

}  // namespace sprx
