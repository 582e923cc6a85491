// Comparisons that ask nothing of a request: two literals beside each other, such as a field that was put in quotes,
// and functions and keys that come to one value for all requests, or to another one for each.
#include <algorithm>

#include "compiler/checker.h"
#include "compiler/words.h"

namespace sprx {
namespace {

bool is_constant_literal(const ast::Expr& e) { return e.is_plain_string() || e.is(ast::Expr::Kind::integer); }

/// The field that a text names, here or in another language: `path`, `%{HTTP_HOST}`, `$host`; "" for none.
std::string field_in_text(const ast::Expr& literal) {
  if (!literal.is_plain_string()) return {};
  const std::string text = literal.plain_text();
  const auto named = [](std::string_view name) {
    return std::any_of(std::begin(kFields), std::end(kFields), [name](const FieldInfo& field) {
      return field.name == name && field.key == FieldInfo::Key::plain;
    });
  };
  if (named(text)) return text;
  std::string_view inner = text;
  if (inner.starts_with('%') || inner.starts_with('$')) inner.remove_prefix(1);
  if (inner.size() == text.size() && text.find('_') == std::string::npos) return {};
  if (inner.size() > 2 && inner.starts_with('{') && inner.ends_with('}')) inner = inner.substr(1, inner.size() - 2);
  return named(inner) ? std::string(inner) : foreign_path(inner).ours;
}

std::optional<bool> numbers_hold(std::string_view op, std::int64_t a, std::int64_t b) {
  if (op == "==") return a == b;
  if (op == "!=") return a != b;
  if (op == "<") return a < b;
  if (op == "<=") return a <= b;
  if (op == ">") return a > b;
  return op == ">=" ? std::optional(a >= b) : std::nullopt;
}

std::optional<bool> texts_hold(std::string_view op, std::string a, std::string b, bool nocase) {
  if (nocase) {
    std::transform(a.begin(), a.end(), a.begin(), fold);
    std::transform(b.begin(), b.end(), b.begin(), fold);
  }
  if (op == "==") return a == b;
  if (op == "!=") return a != b;
  if (op == "contains") return a.find(b) != std::string::npos;
  if (op == "starts_with") return a.starts_with(b);
  return op == "ends_with" ? std::optional(a.ends_with(b)) : std::nullopt;
}

/// Whether one literal is so to another; nothing where their types differ.
std::optional<bool> literals_hold(std::string_view op, const ast::Expr& a, const ast::Expr& b, bool nocase) {
  if (a.is_plain_string() != b.is_plain_string()) return std::nullopt;
  return a.is_plain_string() ? texts_hold(op, a.plain_text(), b.plain_text(), nocase)
                             : numbers_hold(op, a.number, b.number);
}

/// Whether a comparison of literals holds; nothing where that is another mistake.
std::optional<bool> constant_truth(const ast::Expr& e, const ast::Expr& left, const ast::Expr& right) {
  const std::string_view op = e.text == "in" ? "==" : std::string_view(e.text);
  std::optional<bool> holds;
  if (right.is(ast::Expr::Kind::list) && e.text != "==" && e.text != "!=") {
    for (const ast::Expr& item : right.children) {
      const std::optional<bool> one =
          is_constant_literal(item) ? literals_hold(op, left, item, e.nocase) : std::nullopt;
      if (!one) return std::nullopt;
      holds = holds.value_or(false) || *one;
    }
  } else if (right.is(ast::Expr::Kind::range) && left.is(ast::Expr::Kind::integer)) {
    holds = left.number >= right.children[0].number && left.number <= right.children[1].number;
  } else if (is_constant_literal(right) && e.text != "in") {
    holds = literals_hold(op, left, right, e.nocase);
  }
  if (holds && e.negated) holds = !*holds;
  return holds;
}

}  // namespace

/// `"path" == "/admin"`, `1 == 2`: an error was reported. What always holds is a lint.
bool Checker::constants_compared(const ast::Expr& e, const Env& env) {
  const ast::Expr& left = ast::without_parens(e.children[0]);
  const ast::Expr& right = ast::without_parens(e.children[1]);
  if (!is_constant_literal(left)) return false;
  Symbol* const symbol = list_on_right(e, env);
  const bool list = symbol != nullptr || right.is(ast::Expr::Kind::list) || right.is(ast::Expr::Kind::range);
  if (!list && !is_constant_literal(right) && !right.is(ast::Expr::Kind::regex)) return false;
  const std::optional<bool> holds = symbol == nullptr ? constant_truth(e, left, right) : std::nullopt;
  const bool second = field_in_text(left).empty() && (e.text == "==" || e.text == "!=");
  const ast::Expr& meant = second ? right : left;
  const std::string field = field_in_text(meant);
  if (!holds && field.empty()) return false;
  if (symbol != nullptr) symbol->used = symbol->used_otherwise = true;
  const std::string why = field.empty() ? "nothing of a request is compared here"
                                        : "`" + meant.plain_text() + "` in quotes is this text and not the field";
  const bool always = holds.value_or(false);
  const std::string end = !holds.has_value() ? "" : always ? ": this always holds" : ": this never holds";
  Diagnostic& d =
      always ? out_.add(Kind::always_holds, e.span, why + end) : report(Kind::never_equal, e.span, why + end);
  if (field.empty()) {
    d.help("compare a field: `path == \"/admin\"`, `header[\"X-Name\"] == \"a\"`");
  } else {
    d.help("the field stands without quotes: `" + field + "`").fix(meant.span, field, false);
  }
  return !always;
}

namespace {

/// `exists raw_query`, `exists path`: of a field that every message has.
void lint_field_exists(DiagnosticList& out, const ast::Expr& e, const ast::Expr& what) {
  const auto* const field = std::find_if(std::begin(kFields), std::end(kFields), [&](const FieldInfo& known) {
    return known.name == what.text && known.key == FieldInfo::Key::plain;
  });
  if (!what.is(ast::Expr::Kind::path) || field == std::end(kFields) || field->type == Type::string_list ||
      field->presence != FieldInfo::Presence::always)
    return;
  const std::string name(field->name);
  const bool empty = field->id == Field::raw_query || field->id == Field::path_file;
  out.add(Kind::always_holds, e.span,
          "this always holds: `" + name + "` is never absent" + (empty ? ", only empty" : ""))
      .help(empty ? "write `" + name + " != \"\"`" : "leave it out, or compare `" + name + "` with something");
}

}  // namespace

/// `exists "X-Name"`.
void Checker::lint_constant_exists(const ast::Expr& e) {
  const ast::Expr& what = ast::without_parens(e.children[0]);
  if (!is_constant_literal(what)) return lint_field_exists(out_, e, what);
  const std::string field = field_in_text(what);
  Diagnostic& d = out_.add(Kind::always_holds, e.span,
                           std::string("this always holds: a ") + (what.is_plain_string() ? "text" : "number") +
                               " that is written here is always there");
  if (!field.empty()) {
    d.help("the field stands without quotes: `" + field + "`").fix(what.span, field, false);
    return;
  }
  const std::string name = what.is_plain_string() ? what.plain_text() : std::string();
  const bool shown = is_token(name) && name.size() <= 40;
  d.help("a header is asked for by `exists header[\"" + (shown ? name : "X-Name") + "\"]`");
}

/// `bucket("uid", "beta", 100)`: key and salt are the same for all requests.
bool Checker::bucket_of_request(const ast::Expr& e) {
  const ast::Expr& key = ast::without_parens(e.children[0]);
  if (!is_constant_literal(key) || !is_constant_literal(ast::without_parens(e.children[1]))) return true;
  const std::string field = field_in_text(key);
  Diagnostic& d = report(Kind::bad_argument, key.span,
                         "the key of `bucket` is the same for every request: all of them are in one bucket");
  if (!field.empty()) {
    d.help("the field stands without quotes: `" + field + "`").fix(key.span, field, false);
    return false;
  }
  const std::string name = key.is_plain_string() ? key.plain_text() : std::string();
  const std::string cookie = "cookie[\"" + (is_token(name) && name.size() <= 40 ? name : "uid") + "\"]";
  d.help("write what tells users apart, such as `" + cookie + "` or `client.ip`");
  return false;
}

/// `key request_id;`
bool Checker::key_of_each_request(const ast::Expr& e, const Value& key) {
  const Expr& source = view_.source_of(key.id);
  if (source.op != Op::field || static_cast<Field>(source.a) != Field::request_id) return false;
  report(Kind::bad_limit_key, e.span, "this key is another one for every request, so the limit is never reached")
      .help("write what requests of one client have in common: `key client.ip;`");
  return true;
}

}  // namespace sprx
