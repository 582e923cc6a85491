// Conditions: `or`, `and`, `not`, `exists` and comparisons.
#include <algorithm>
#include <optional>
#include <string>

#include "compiler/check_domains.h"
#include "compiler/check_joined.h"
#include "compiler/check_text_habits.h"
#include "compiler/checker.h"
#include "compiler/words.h"

namespace sprx {
namespace {

void lint_mixed(DiagnosticList& out, const ast::Expr& e) {
  for (const ast::Expr& child : e.children) {
    if (!child.is(ast::Expr::Kind::and_)) continue;
    out.add(Kind::mixed_and_or, child.span, "`and` binds tighter than `or`: this is one side of the `or`")
        .help("put it in parentheses");
    return;
  }
}

}  // namespace

ExprId Checker::condition(const ast::Expr& e, Env& env) {
  using K = ast::Expr::Kind;
  if (e.is(K::error) || !count_node(e, env)) return kNoExpr;
  if (e.is(K::paren)) return condition(e.children[0], env);
  if (e.is(K::or_) || e.is(K::and_) || e.is(K::not_)) {
    const ExprId joined = e.is(K::or_) ? any_of(e, env) : e.is(K::and_) ? all_of(e, env) : not_of(e, env);
    if (joined != kNoExpr) noted_.parts.push_back({joined, e.span});
    return joined;
  }
  const ExprId atom = [&] {
    if (e.is(K::comparison)) return comparison(e, env);
    if (!e.is(K::exists)) return bare_condition(e, env);
    lint_constant_exists(e);
    const Value v = value(e.children[0], env);
    return v.ok() ? node(Op::exists, static_cast<std::uint32_t>(v.id)) : kNoExpr;
  }();
  if (atom != kNoExpr) note_parts(atom, e.span);
  return atom;
}

std::size_t Checker::note_presence(const ast::Expr& e) {
  const std::size_t before = asked_.size();
  for (const ast::Expr& operand : e.children) {
    const ast::Expr* at = &ast::without_parens(operand);
    if (e.is(ast::Expr::Kind::or_) && !at->is(ast::Expr::Kind::not_)) continue;
    if (at->is(ast::Expr::Kind::not_)) at = &ast::without_parens(at->children[0]);
    if (at->is(ast::Expr::Kind::exists)) asked_.push_back(sources_.text(at->children[0].span));
  }
  return before;
}

ExprId Checker::all_of(const ast::Expr& e, Env& env) {
  if (const std::optional<JoinedValue> meant = is_cut(e) ? std::nullopt : joined_value(sources_, e)) {
    report(Kind::not_a_condition, meant->where, "a condition is true or false, this is a value")
        .help(meant->help)
        .fix(meant->place, meant->text, false);
    env.incomplete = env.incomplete || meant->binds;
    condition(e.children[0], env);
    return kNoExpr;
  }
  std::vector<ExprId> operands;
  bool poisoned = false;
  const std::size_t asked = note_presence(e);
  for (const ast::Expr& child : e.children) {
    const ExprId c = condition(child, env);
    if (c == kNoExpr) {
      poisoned = true;
    } else {
      operands.push_back(c);
    }
  }
  asked_.resize(asked);
  if (poisoned) return kNoExpr;
  return pool().add_list({.op = Op::all, .type = Type::boolean}, operands);
}

ExprId Checker::any_of(const ast::Expr& e, Env& env) {
  lint_mixed(out_, e);
  const std::optional<JoinedValue> meant = is_cut(e) ? std::nullopt : joined_value(sources_, e);
  if (meant) {
    report(Kind::not_a_condition, meant->where, "a condition is true or false, this is a value")
        .help(meant->help)
        .fix(meant->place, meant->text, false);
    env.incomplete = env.incomplete || meant->binds;
    if (meant->whole) {
      condition(e.children[0], env);
      return kNoExpr;
    }
  }
  const std::uint32_t base = env.next_slot;
  std::vector<ExprId> operands;
  std::vector<std::vector<Capture>> branches;
  std::vector<std::uint32_t> sizes;
  bool poisoned = false;
  const std::size_t asked = note_presence(e);
  bool said_text = meant.has_value();
  for (const ast::Expr& child : e.children) {
    const std::size_t mark = env.captures.size();
    env.next_slot = base;
    // `"/a" or "/b"`: of the first it is said that it is no condition.
    const bool text = child.is(ast::Expr::Kind::string);
    const bool told = meant && &child == &e.children[meant->operand];
    const ExprId c = told || (text && said_text) ? kNoExpr : condition(child, env);
    said_text = said_text || text;
    poisoned = poisoned || c == kNoExpr;
    operands.push_back(c);
    branches.emplace_back(std::make_move_iterator(env.captures.begin() + static_cast<std::ptrdiff_t>(mark)),
                          std::make_move_iterator(env.captures.end()));
    env.captures.resize(mark);
    sizes.push_back(env.next_slot - base);
  }
  asked_.resize(asked);
  env.next_slot = base + *std::max_element(sizes.begin(), sizes.end());
  join_branches(e, std::move(branches), operands, sizes, env);
  if (poisoned) return kNoExpr;
  excluding_.look_at(e, operands);
  return pool().add_list({.op = Op::any, .type = Type::boolean}, operands);
}

ExprId Checker::not_of(const ast::Expr& e, Env& env) {
  const std::size_t mark = env.captures.size();
  const ExprId c = condition(e.children[0], env);
  for (std::size_t i = mark; i < env.captures.size(); ++i) {
    env.lost.push_back({env.captures[i].name,
                        env.captures[i].where,
                        {e.span.file, e.span.begin, e.span.begin + 3},
                        "`not` binds nothing"});
  }
  env.captures.resize(std::min(mark, env.captures.size()));
  return c == kNoExpr ? kNoExpr : node(Op::negate, static_cast<std::uint32_t>(c));
}

ExprId Checker::bare_condition(const ast::Expr& e, Env& env) {
  const Value v = value(e, env);
  if (!v.ok()) return kNoExpr;
  if (v.type == Type::boolean) {
    const Expr& known = pool()[v.id];
    if (known.op == Op::boolean) return node(known.a != 0 ? Op::always : Op::never);
    if (known.op == Op::flag) return v.id;
    return node(Op::holds, static_cast<std::uint32_t>(v.id));
  }
  if (is_cut(e)) return kNoExpr;  // what did not parse may have compared it
  Diagnostic& d =
      report(Kind::not_a_condition, e.span, "a condition is true or false, this is " + with_article(v.type));
  if (e.is(ast::Expr::Kind::index) || e.is(ast::Expr::Kind::path)) {
    const std::string text(sources_.text(e.span));
    const bool number = v.type == Type::integer;
    const std::string compared = text + (number ? " == 443" : " == \"…\"");
    int budget = 100;
    d.help(prover_.is_present(v.id, env.facts, budget)
               ? "compare it: `" + compared + "`"
               : "ask whether it is there: `exists " + text + "`, or compare it: `" + compared + "`");
  } else if (e.is(ast::Expr::Kind::string)) {
    d.help("write both sides each time, `path == \"/a\" or path == \"/b\"`, or a list: `path in [\"/a\", \"/b\"]`");
  } else {
    d.help("compare it with something: `port == 443`");
  }
  return kNoExpr;
}

ExprId Checker::finish(const ast::Expr& e, ExprId positive) {
  if (positive == kNoExpr) return kNoExpr;
  const bool negative = e.negated || e.text == "!=";
  return negative ? node(Op::negate, static_cast<std::uint32_t>(positive)) : positive;
}

Symbol* Checker::list_on_right(const ast::Expr& e, const Env& env) const {
  const ast::Expr& right = ast::without_parens(e.children[1]);
  if (!right.is(ast::Expr::Kind::path) || find_capture(env, right.text) != nullptr) return nullptr;
  Symbol* const symbol = find_symbol(env, right.text);
  if (symbol == nullptr || symbol->kind == Symbol::Kind::let || symbol->kind == Symbol::Kind::flag) {
    return nullptr;
  }
  return symbol;
}

ExprId Checker::comparison(const ast::Expr& e, Env& env) {
  if (constants_compared(e, env)) return kNoExpr;
  if (e.text == "==" || e.text == "!=") return finish(e, equality(e, env));
  if (e.text == "<" || e.text == "<=" || e.text == ">" || e.text == ">=") return ordering(e, env);
  const std::size_t mark = env.captures.size();
  const Value left = value(e.children[0], env);
  ExprId out = kNoExpr;
  if (e.text == "in") {
    out = in_operation(e, left, env);
  } else if (e.text == "like") {
    out = like_operation(e, left, env);
  } else if (e.text == "matches") {
    out = matches_operation(e, left, env);
  } else if (e.text == "under") {
    out = under_operation(e, left, env);
  } else {
    out = text_operation(e, left, env);
  }
  if (e.negated) {
    for (std::size_t i = mark; i < env.captures.size(); ++i) {
      env.lost.push_back({env.captures[i].name, env.captures[i].where, e.word, "a negated comparison binds nothing"});
    }
    env.captures.resize(std::min(mark, env.captures.size()));
  }
  return finish(e, out);
}

ExprId Checker::equality(const ast::Expr& e, Env& env) {
  if (flag_compared(e, env)) return kNoExpr;
  const ast::Expr* left_side = &e.children[0];
  const ast::Expr* right_side = &e.children[1];
  if (Symbol* const symbol = list_on_right(e, env);
      symbol != nullptr || ast::without_parens(*right_side).is(ast::Expr::Kind::list)) {
    value(*left_side, env);
    if (symbol != nullptr) symbol->used = symbol->used_otherwise = true;
    if (symbol != nullptr && symbol->poisoned) return kNoExpr;
    const std::string instead = std::string(e.text == "==" ? "" : "not ") + (e.nocase ? "nocase in" : "in");
    report(Kind::list_after_equal, e.word, "`" + e.text + "` compares one value with one value, on its right is a list")
        .help("write `" + instead + "`")
        .fix(e.word, instead, true);
    return kNoExpr;
  }
  if (ast::without_parens(*right_side).is(ast::Expr::Kind::regex)) {
    value(*left_side, env);
    report(Kind::pattern_elsewhere, e.word, "`" + e.text + "` compares text with text, on its right is a pattern")
        .help(e.text == "==" ? "write `matches`, or text in quotes" : "write `not matches`, or text in quotes")
        .fix(e.word, e.text == "==" ? "matches" : "not matches", false);
    return kNoExpr;
  }
  // A literal on the left is read as what stands on the right wants.
  const bool swapped = ast::without_parens(*left_side).is(ast::Expr::Kind::string) &&
                       !ast::without_parens(*right_side).is(ast::Expr::Kind::string);
  if (swapped) std::swap(left_side, right_side);
  const Value left = value(*left_side, env);
  const Want want{left.type == Type::string_list ? Type::string : left.type, left.id, e.nocase};
  const Value right = value(*right_side, env, left.ok() ? want : Want{});
  if (!left.ok() || !right.ok()) return kNoExpr;
  const bool texts = is_texts(left.type) && is_text(right.type);
  if (!texts && left.type != right.type) {
    Diagnostic& d =
        report(Kind::type_mismatch, right_side->span,
               "`" + e.text + "` compares " + with_article(left.type) + " with " + with_article(right.type));
    d.label(left_side->span, with_article(left.type));
    if (right.type == Type::string_list) {
      d.help("put the list on the left: it holds if it holds for some element");
    } else if (is_text(left.type) && right.type == Type::integer) {
      const std::string text(sources_.text(left_side->span));
      d.help("write the number of a text as `int(" + text + ")`, or compare with text in quotes");
    } else if (left.type == Type::integer && is_text(right.type)) {
      const std::string text = right_side->is_plain_string() ? right_side->plain_text() : std::string{};
      const std::string range = status_class(text);
      d.help(range.empty() ? "a number is written without quotes"
                           : "a class of statuses is a range: `in " + range + "`");
      if (!text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string::npos)
        d.fix(right_side->span, text, true);
      if (text.size() > 2 && text.size() <= 12 && (text.starts_with("AS") || text.starts_with("as")) &&
          text.find_first_not_of("0123456789", 2) == std::string::npos)
        d.help("the number of this network is `" + text.substr(2) + "`").fix(right_side->span, text.substr(2), true);
    } else if (is_text(left.type) && right.type == Type::boolean) {
      d.help("the text itself stands in quotes: `\"" + std::string(sources_.text(right_side->span)) + "\"`");
    } else {
      d.help("compare values of one type");
    }
    return kNoExpr;
  }
  if (e.nocase && !texts) {
    report(Kind::operator_type, e.word, "`nocase` is for text, this compares " + with_article(left.type))
        .help("leave `nocase` out");
    return kNoExpr;
  }
  if (const Expr& number = pool()[right.id]; number.op == Op::integer && number.type == Type::integer) {
    const std::int64_t value = pool().integers[number.a];
    if (!number_can_equal(*right_side, left, value, value)) return kNoExpr;
  }
  lint_compared(e, *right_side, left, env);
  return node(Op::equal, static_cast<std::uint32_t>(left.id), static_cast<std::uint32_t>(right.id), 0, e.nocase);
}

ExprId Checker::ordering(const ast::Expr& e, Env& env) {
  const bool swapped = ast::without_parens(e.children[0]).is(ast::Expr::Kind::string);
  const Value first = value(e.children[swapped ? 1 : 0], env);
  const Value second = value(e.children[swapped ? 0 : 1], env, first.ok() ? Want{first.type} : Want{});
  const Value& left = swapped ? second : first;
  const Value& right = swapped ? first : second;
  if (!left.ok() || !right.ok()) return kNoExpr;
  if (asked_of_argument(e, ast::without_parens(e.children[swapped ? 1 : 0]),
                        ast::without_parens(e.children[swapped ? 0 : 1])))
    return kNoExpr;
  if (e.nocase) {
    report(Kind::operator_type, e.word, "`nocase` is for text, `" + e.text + "` compares numbers and times")
        .help("leave `nocase` out");
    return kNoExpr;
  }
  for (const Value* side : {&left, &right}) {
    if (side->type == Type::integer || side->type == Type::time) continue;
    Diagnostic& d = report(Kind::operator_type, side->span,
                           "`" + e.text + "` compares numbers and times, this is " + with_article(side->type));
    const ast::Expr& written = ast::without_parens(e.children[side == (swapped ? &second : &first) ? 0 : 1]);
    const std::string digits = written.is_plain_string() ? written.plain_text() : std::string{};
    if (!digits.empty() && digits.size() <= 18 && digits.find_first_not_of("0123456789") == std::string::npos) {
      d.help("a number is written without quotes: `" + digits + "`").fix(written.span, digits, true);
      return kNoExpr;
    }
    if (is_text(side->type)) d.help("the number that a text is: `int(" + std::string(sources_.text(side->span)) + ")`");
    return kNoExpr;
  }
  if (left.type != right.type) {
    report(Kind::type_mismatch, e.span,
           "`" + e.text + "` compares " + with_article(left.type) + " with " + with_article(right.type))
        .help("compare two numbers or two times");
    return kNoExpr;
  }
  if (!order_can_hold(e, left, right)) return kNoExpr;
  const Op op = e.text == "<"    ? Op::less
                : e.text == "<=" ? Op::less_equal
                : e.text == ">"  ? Op::greater
                                 : Op::greater_equal;
  return node(op, static_cast<std::uint32_t>(left.id), static_cast<std::uint32_t>(right.id));
}

bool Checker::wants_text(const ast::Expr& e, const Value& left) {
  if (is_texts(left.type)) return true;
  Diagnostic& d = report(Kind::operator_type, e.children[0].span,
                         "`" + e.text + "` wants text on its left, this is " + with_article(left.type));
  if (left.type == Type::ip) d.help("an address is compared with prefixes: `client.ip in \"203.0.113.0/24\"`");
  if (left.type == Type::integer) d.help("a number is compared with `==`, `<` and `in 200..299`");
  return false;
}

ExprId Checker::text_operation(const ast::Expr& e, const Value& left, Env& env) {
  const MatchMode mode = e.text == "contains"      ? MatchMode::contains
                         : e.text == "starts_with" ? MatchMode::starts_with
                                                   : MatchMode::ends_with;
  if (Symbol* const symbol = list_on_right(e, env)) {
    if (!left.ok() || !wants_text(e, left)) {
      symbol->used = symbol->used_otherwise = true;
      return kNoExpr;
    }
    return list_operation(e, left, *symbol, {KeyKind::string, mode, e.nocase});
  }
  const ast::Expr& right_side = ast::without_parens(e.children[1]);
  if (right_side.is(ast::Expr::Kind::list)) {
    if (!left.ok() || !wants_text(e, left)) return kNoExpr;
    bool good = true;
    for (const ast::Expr& item : right_side.children) {
      lint_boundary(view_, e, item, left, mode);
      lint_plain_text(view_, item, left, e.nocase ? "nocase " + e.text : e.text, e.negated);
      good = fragment_can_match(item, left, mode, e.nocase) && good;
    }
    if (!good) return kNoExpr;
    const std::optional<ListId> list = anonymous(right_side, {KeyKind::string, mode, e.nocase}, left);
    return list ? in_list(left, *list) : kNoExpr;
  }
  if (right_side.is(ast::Expr::Kind::regex)) {
    report(Kind::pattern_elsewhere, right_side.span, "`" + e.text + "` takes text, this is a pattern")
        .help("write `matches`")
        .fix(e.word, "matches", false);
    return kNoExpr;
  }
  const Value right = value(e.children[1], env, Want{Type::none, kNoExpr, e.nocase});
  if (!left.ok() || !right.ok() || !wants_text(e, left)) return kNoExpr;
  if (!is_text(right.type)) {
    report(Kind::operator_type, e.children[1].span,
           "`" + e.text + "` wants text on its right, this is " + with_article(right.type))
        .help("write text in quotes");
    return kNoExpr;
  }
  lint_boundary(view_, e, right_side, left, mode);
  if (!fragment_can_match(right_side, left, mode, e.nocase)) return kNoExpr;
  lint_plain_text(view_, right_side, left, e.nocase ? "nocase " + e.text : e.text, e.negated);
  if (!e.nocase) lint_wire_case(view_, e, right_side, left);
  if (!e.nocase) lint_agent_case(view_, right_side, left, e.text);
  const Op op = mode == MatchMode::contains      ? Op::contains
                : mode == MatchMode::starts_with ? Op::starts_with
                                                 : Op::ends_with;
  return node(op, static_cast<std::uint32_t>(left.id), static_cast<std::uint32_t>(right.id), 0, e.nocase);
}

ExprId Checker::under_operation(const ast::Expr& e, const Value& left, Env& env) {
  if (left.ok() && left.type != Type::path && left.type != Type::host) {
    Symbol* const unused = list_on_right(e, env);
    if (unused != nullptr) unused->used = unused->used_otherwise = true;
    Diagnostic& d = report(Kind::operator_type, e.children[0].span,
                           "`under` wants a path or a host on its left, this is " + with_article(left.type));
    if (const std::string plain = without_case(sources_, e); !plain.empty()) {
      d.help("write `" + plain + "`").fix(e.span, plain, false);
    } else if (left.type == Type::string || left.type == Type::string_list) {
      d.help("for other text write `starts_with` or `contains`");
    }
    if (left.type == Type::ip) d.help("an address is compared with prefixes: `client.ip in \"203.0.113.0/24\"`");
    return kNoExpr;
  }
  const KeyKind kind = left.type == Type::host ? KeyKind::host : KeyKind::path;
  if (Symbol* const symbol = list_on_right(e, env)) {
    symbol->used = true;
    symbol->used_otherwise = symbol->used_otherwise || !left.ok();
    return left.ok() ? list_operation(e, left, *symbol, {kind, MatchMode::under, e.nocase}) : kNoExpr;
  }
  const ast::Expr& right_side = ast::without_parens(e.children[1]);
  if (right_side.is(ast::Expr::Kind::list)) {
    if (!left.ok()) return kNoExpr;
    const std::optional<ListId> list = anonymous(right_side, {kind, MatchMode::under, e.nocase}, left);
    return list ? in_list(left, *list) : kNoExpr;
  }
  Value right = value(e.children[1], env, left.ok() ? Want{left.type, left.id, e.nocase} : Want{});
  if (!left.ok() || !right.ok()) return kNoExpr;
  if (!is_text(right.type)) {
    report(Kind::operator_type, e.children[1].span,
           "`under` wants text on its right, this is " + with_article(right.type))
        .help("write a path or a domain in quotes");
    return kNoExpr;
  }
  lint_plain_text(view_, right_side, left, "under", e.negated);
  if (const Expr& literal = pool()[right.id]; literal.op == Op::text && left.type == Type::path) {
    std::string text(pool().strings.view(StrId{literal.a}));
    if (text.size() > 1 && text.back() == '/') right.id = pool().text(text.substr(0, text.size() - 1));
  }
  return node(Op::under, static_cast<std::uint32_t>(left.id), static_cast<std::uint32_t>(right.id), 0, e.nocase);
}

}  // namespace sprx
