// Expressions that give a value: fields, look-ups, lets, captures, strings with `${…}`, `??`, `choose`.
#include <algorithm>

#include "compiler/check_joined.h"
#include "compiler/checker.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// Whether interpolation and text arguments take it.
bool becomes_text(Type type) { return is_text(type) || type == Type::ip || type == Type::integer; }

bool is_condition_node(ast::Expr::Kind kind) {
  using K = ast::Expr::Kind;
  return kind == K::or_ || kind == K::and_ || kind == K::not_ || kind == K::exists || kind == K::comparison;
}

/// The common type of two values that stand for each other; none when there is none.
Type common_type(Type a, Type b) {
  if (a == b) return a;
  if (is_text(a) && is_text(b)) return Type::string;
  return Type::none;
}

}  // namespace

bool Checker::count_node(const ast::Expr& e, Env& env) {
  if (++env.nodes <= limits_.expression_nodes) return true;
  if (env.nodes == limits_.expression_nodes + 1) {
    report(Kind::limit_expression, e.span,
           "this expression has more than " + std::to_string(limits_.expression_nodes) + " parts")
        .help("put parts of it into lets, and many alternatives into a list");
  }
  return false;
}

Origin Checker::origin_of(std::span<const ExprId> ids) const {
  Origin out = Origin::own;
  for (const ExprId id : ids) out = std::max(out, pool()[id].origin);
  return out;
}

ExprId Checker::concat(std::vector<ExprId> parts) {
  const Origin origin = origin_of(parts);
  return pool().add_list({.op = Op::concat, .type = Type::string, .origin = origin}, parts);
}

Value Checker::value(const ast::Expr& e, Env& env, const Want& want) {
  using K = ast::Expr::Kind;
  if (e.is(K::error) || !count_node(e, env)) return {kNoExpr, Type::none, e.span};
  switch (e.kind) {
    case K::string:
      return e.is_plain_string() ? literal(e, want) : string_value(e, env, want);
    case K::integer:
      return {pool().integer(e.number), Type::integer, e.span};
    case K::path:
      return path_value(e, env);
    case K::index:
      return index_value(e, env);
    case K::call:
      return call_value(e, env);
    case K::fallback:
      return fallback_value(e, env, want);
    case K::choose:
      return choose_value(e, env, want);
    case K::paren:
      return value(e.children[0], env, want);
    case K::score:
      return score_value(e, env);
    case K::regex:
      report(
          Kind::pattern_elsewhere, e.span,
          "a pattern stands only after `matches`, in lists of patterns and as the second argument of `regex_replace`")
          .help(
              "compare with `matches`, or write text in quotes; what has a name is a list of them: `list names: "
              "pattern "
              "= [r\"…\"];`");
      return {kNoExpr, Type::none, e.span};
    case K::measure:
    case K::rate:
      report(Kind::bad_literal, e.span, "a duration, a size or a rate is no value")
          .help(
              "write a number or a text in quotes; they stand in settings, limits, dynamic lists, after `ban … for` "
              "and after `max_age`");
      return {kNoExpr, Type::none, e.span};
    case K::list:
    case K::range:
      report(Kind::bad_literal, e.span, "a list is no value here")
          .help("lists stand after `in` and the other word operators");
      return {kNoExpr, Type::none, e.span};
    default:
      return is_condition_node(e.kind) ? condition_value(e, env) : Value{kNoExpr, Type::none, e.span};
  }
}

Value Checker::condition_value(const ast::Expr& e, Env& env) {
  if (const std::string meant = default_meant(sources_, e); !meant.empty()) {
    report(Kind::not_a_condition, e.span, "`or` joins conditions, these are values")
        .help("a default stands after `\?\?`: `" + meant + "`")
        .fix(e.span, meant, false);
    return {kNoExpr, Type::none, e.span};
  }
  const std::size_t mark = env.captures.size();
  const ExprId c = condition(e, env);
  env.captures.resize(std::min(mark, env.captures.size()));
  if (c == kNoExpr) return {kNoExpr, Type::boolean, e.span};
  const ExprId items[] = {c, pool().boolean(true), pool().boolean(false)};
  return {pool().add_list({.op = Op::choose, .type = Type::boolean}, items), Type::boolean, e.span};
}

Value Checker::string_value(const ast::Expr& e, Env& env, const Want& want) {
  if (want.type == Type::ip || want.type == Type::cidr || want.type == Type::time) {
    report(Kind::no_interpolation, e.span,
           "text that is read as " + std::string(name_of(want.type)) + " is taken as it is, without `${…}`")
        .help("write it out, or compare other text");
    return {kNoExpr, Type::none, e.span};
  }
  std::vector<ExprId> parts;
  bool poisoned = !check_escapes(e);
  std::size_t bytes = 0;
  for (const ast::Expr& part : e.children) {
    if (part.is(ast::Expr::Kind::piece)) {
      bytes += part.text.size();
      if (!part.text.empty()) parts.push_back(pool().text(part.text));
      continue;
    }
    const Value inner = value(part, env);
    if (part.is(ast::Expr::Kind::integer))
      out_.add(Kind::foreign_interpolation, part.span,
               "`${" + std::string(sources_.text(part.span)) + "}` is the number itself")
          .help(in_replacement_ && part.number >= 0 && part.number <= 9
                    ? "the groups of `regex_replace` are `\\\\1` to `\\\\9`, `\\\\0` is the match: `\\\\" +
                          std::to_string(part.number) + "`"
                : part.number >= 0 && part.number <= 9
                    ? "give the part a name, `{name}` in a template or `(?P<name>…)` in a pattern, and write `${name}`"
                    : "write the number without `${` and `}`: `" + std::to_string(part.number) + "`");
    if (!inner.ok()) {
      poisoned = true;
    } else if (!becomes_text(inner.type)) {
      report(Kind::type_mismatch, part.span, "a " + std::string(name_of(inner.type)) + " cannot be put into text")
          .help(inner.type == Type::string_list ? "a list has no single value; ask for one with its key"
                                                : "text, numbers, paths, hosts and addresses can");
      poisoned = true;
    } else {
      parts.push_back(inner.id);
    }
  }
  if (bytes > limits_.string_bytes) {
    report(Kind::limit_string, e.span, "this string is longer than " + std::to_string(limits_.string_bytes) + " bytes");
    poisoned = true;
  }
  if (poisoned) return {kNoExpr, Type::string, e.span};
  return {concat(std::move(parts)), Type::string, e.span};
}

Value Checker::fallback_value(const ast::Expr& e, Env& env, const Want& want) {
  std::vector<ExprId> items;
  Type type = Type::none;
  bool poisoned = false;
  Want inner = want;
  for (const ast::Expr& child : e.children) {
    const Value v = value(child, env, inner);
    if (!v.ok()) {
      poisoned = true;
      continue;
    }
    if (v.type == Type::string_list && type == Type::none) {
      std::string one(sources_.text(child.span));
      const std::size_t all = one.find(".all[");
      if (all != std::string::npos) one.erase(all, 4);
      report(Kind::type_mismatch, child.span, "this is a list, which has no default")
          .help(all != std::string::npos ? "its first value is `" + one + "`" : "ask for one value with its key");
      return {kNoExpr, Type::none, e.span};
    }
    if (type == Type::none) {
      type = v.type;
      if (inner.type == Type::none && (type == Type::ip || type == Type::time)) inner.type = type;
    }
    const Type both = common_type(type, v.type);
    if (both == Type::none || both == Type::string_list) {
      report(Kind::type_mismatch, child.span,
             "the two sides of `\?\?` have different types: " + std::string(name_of(type)) + " and " +
                 std::string(name_of(v.type)))
          .help(type == Type::string && v.type == Type::ip && child.is(ast::Expr::Kind::path)
                    ? "an address as text is `\"${" + child.text + "}\"`"
                    : "give a default of the same type");
      poisoned = true;
      continue;
    }
    type = both;
    items.push_back(v.id);
  }
  if (poisoned) return {kNoExpr, Type::none, e.span};
  return {pool().add_list({.op = Op::fallback, .type = type, .origin = origin_of(items)}, items), type, e.span};
}

Value Checker::score_value(const ast::Expr& e, Env& env) {
  std::vector<ExprId> items;
  bool poisoned = e.children.empty();
  const std::uint32_t base_slot = env.next_slot;
  std::uint32_t top_slot = base_slot;
  for (const ast::Expr& term : e.children) {
    if (term.is(ast::Expr::Kind::error)) {
      poisoned = true;
      continue;
    }
    if (term.number > limits_.score_number || term.number < -limits_.score_number) {
      report(Kind::limit_score, term.word,
             "a line of `score` counts at most " + std::to_string(limits_.score_number) + ", this is " +
                 std::string(sources_.text(term.word)));
      poisoned = true;
    }
    const std::size_t mark = env.captures.size();
    const std::size_t lost = env.lost.size();
    env.next_slot = base_slot;
    const ExprId c = condition(term.children[0], env);
    top_slot = std::max(top_slot, env.next_slot);
    env.captures.resize(std::min(mark, env.captures.size()));
    env.lost.resize(std::min(lost, env.lost.size()));
    if (c == kNoExpr) {
      poisoned = true;
      continue;
    }
    items.push_back(c);
    items.push_back(pool().integer(term.number));
  }
  env.next_slot = top_slot;
  if (poisoned) return {kNoExpr, Type::integer, e.span};
  return {pool().add_list({.op = Op::score, .type = Type::integer}, items), Type::integer, e.span};
}

Value Checker::choose_value(const ast::Expr& e, Env& env, const Want& want) {
  std::vector<ExprId> items;
  std::vector<ExprId> values;
  Type type = Type::none;
  bool poisoned = e.children.empty();
  const ast::Expr* otherwise = nullptr;
  const std::uint32_t base_slot = env.next_slot;
  std::uint32_t top_slot = base_slot;
  for (const ast::Expr& branch : e.children) {
    if (branch.is(ast::Expr::Kind::error)) {
      poisoned = true;
      continue;
    }
    if (otherwise != nullptr) {
      report(Kind::after_else, branch.span, "a branch after `else` is never chosen")
          .label(otherwise->span, "`else` takes all that is left")
          .help("put `else` last");
      poisoned = true;
      break;
    }
    const std::size_t mark = env.captures.size();
    const std::size_t lost = env.lost.size();
    const bool has_condition = branch.is(ast::Expr::Kind::choice);
    if (!has_condition) otherwise = &branch;
    ExprId c = kNoExpr;
    if (has_condition && misnamed_else(branch.children[0], env)) {
      otherwise = &branch;
      poisoned = true;
    } else if (has_condition) {
      c = condition(branch.children[0], env);
      poisoned = poisoned || c == kNoExpr;
    }
    const Value v = value(branch.children.back(), env, want);
    if (!v.ok()) {
      poisoned = true;
    } else {
      const Type both = type == Type::none ? v.type : common_type(type, v.type);
      if (both == Type::none || both == Type::string_list) {
        report(Kind::type_mismatch, branch.children.back().span,
               "the branches of `choose` have different types: " + std::string(name_of(type)) + " and " +
                   std::string(name_of(v.type)))
            .help("give values of one type, a number as text in quotes for example");
        poisoned = true;
      } else {
        type = both;
      }
      if (has_condition) items.push_back(c);
      items.push_back(v.id);
      values.push_back(v.id);
    }
    env.captures.resize(mark);
    env.lost.resize(lost);
    top_slot = std::max(top_slot, env.next_slot);
  }
  env.next_slot = top_slot;
  if (poisoned) return {kNoExpr, Type::none, e.span};
  return {pool().add_list({.op = Op::choose, .type = type, .origin = origin_of(values)}, items), type, e.span};
}

bool Checker::need_present(const Value& value, const Env& env, std::string_view place) {
  int budget = kProofBudget;
  if (!value.ok() || prover_.is_present(value.id, env.facts, budget)) return value.ok();
  for (const Env* at = &env; at != nullptr; at = at->parent) {
    if (at->unproved) return false;
  }
  const Expr& e = pool()[value.id];
  const std::string text(sources_.text(value.span));
  const bool shown = value.span.end - value.span.begin <= 60;
  Diagnostic& d = report(Kind::may_be_absent, value.span, std::string(place) + " needs a value, this may be absent");
  if (!shown) {
    d.help("prove that it is there in a condition, or give a default with `\?\?`");
  } else if (e.op == Op::lookup) {
    const Symbol* const table = table_symbols_[e.a];
    const bool plain = text.starts_with(table->name + "[") && text.ends_with(']');
    const std::string key = plain ? text.substr(table->name.size() + 1, text.size() - table->name.size() - 2) : "…";
    d.help("write `when " + key + " in " + table->name + ";`, or give a default: `" + text + " \?\? \"…\"`");
  } else if (e.op == Op::choose) {
    d.help("give the `choose` an `else`");
  } else {
    d.help("write `when exists " + text + ";`, or give a default: `" + text + " \?\? \"…\"`");
  }
  return false;
}

}  // namespace sprx
