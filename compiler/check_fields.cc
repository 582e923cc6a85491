// What a name gives: fields with their keys, captures, lets, look-ups in tables.
#include <algorithm>

#include "compiler/check_queries.h"
#include "compiler/check_row_uses.h"
#include "compiler/check_side.h"
#include "compiler/checker.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// A field that keys of this type are often compared with, for help.
std::string example_for(Type type) {
  switch (type) {
    case Type::ip:
    case Type::cidr:
      return "client.ip";
    case Type::host:
    case Type::domain:
      return "host";
    case Type::integer:
      return "port";
    case Type::path:
      return "path";
    default:
      return "header[\"…\"]";
  }
}

/// `origins["geo.country"]`.
void lint_field_in_quotes(DiagnosticList& out, const ast::Expr& key, const std::string& table) {
  const std::string text = key.is_plain_string() ? key.plain_text() : std::string();
  const auto named = [&](const FieldInfo& field) { return field.name == text && field.key != FieldInfo::Key::keyed; };
  if (text.empty() || std::none_of(kFields.begin(), kFields.end(), named)) return;
  out.add(Kind::foreign_interpolation, key.span, "`" + text + "` in quotes is this text and not the field")
      .help("the field is looked up by `" + table + "[" + text + "]`")
      .fix(key.span, text, false);
}

}  // namespace

Value Checker::path_value(const ast::Expr& e, Env& env) {
  if (taken_roots_.contains(e.text)) return {kNoExpr, Type::none, e.span};
  if (e.text == "true" || e.text == "false") return {pool().boolean(e.text == "true"), Type::boolean, e.span};
  for (const FieldInfo& field : kFields) {
    if (field.name == e.text) return field_value(e, field, nullptr, env);
  }
  if (const Capture* capture = find_capture(env, e.text)) {
    uses_.used.insert(e.text);
    if (capture->value == kNoExpr) return {kNoExpr, Type::none, e.span};  // refused where it is bound
    return {capture->value, pool()[capture->value].type, e.span};
  }
  if (Symbol* symbol = find_symbol(env, e.text)) return symbol_value(e, *symbol, env);
  unknown_path(e, env);
  return {kNoExpr, Type::none, e.span};
}

Value Checker::symbol_value(const ast::Expr& e, Symbol& symbol, Env& env) {
  symbol.used = true;
  const Value poisoned{kNoExpr, Type::none, e.span};
  switch (symbol.kind) {
    case Symbol::Kind::let: {
      resolve_let(symbol, &e);
      if (symbol.poisoned || symbol.state != Symbol::State::done) return poisoned;
      env.let_depth = std::max(env.let_depth, symbol.depth);
      if (symbol.phase == Phase::response) {
        if (!env.response) {
          if (said_response_.joins(construct_.name, e.span)) return poisoned;
          report(Kind::field_phase, e.span,
                 "`" + symbol.name + "` reads the response, which is not there in a request rule")
              .label(symbol.where, "declared here")
              .help("use it in a `response rule`");
          said_response_.remember(construct_.name);
          return poisoned;
        }
        env.reads_response = true;
      }
      const Origin origin = pool()[rules().lets[symbol.id].value].origin;
      return {pool().add({.op = Op::let, .type = symbol.type, .origin = origin, .a = symbol.id}), symbol.type, e.span};
    }
    case Symbol::Kind::flag:
      if (symbol.poisoned) return poisoned;
      return {node(Op::flag, symbol.id), Type::boolean, e.span};
    case Symbol::Kind::list:
    case Symbol::Kind::dynamic:
      check_list(symbol);
      if (!symbol.poisoned) {
        report(Kind::not_a_value, e.span, "`" + symbol.name + "` is a list, not a value")
            .label(symbol.where, "declared here")
            .help("ask whether a value is in it: `" + example_for(symbol.type) + " in " + symbol.name + "`");
      }
      return poisoned;
    case Symbol::Kind::table:
      if (!symbol.poisoned) {
        report(Kind::not_a_value, e.span, "`" + symbol.name + "` is a table, not a value")
            .label(symbol.where, "declared here")
            .help("look a key up: `" + symbol.name + "[" + example_for(symbol.type) + "]`");
      }
      return poisoned;
    default:
      return poisoned;
  }
}

bool Checker::field_key(const FieldInfo& field, const ast::Expr& e, StrId* key) {
  if (!e.is_plain_string()) {
    if (!e.is(ast::Expr::Kind::error)) {
      report(Kind::missing_key, e.span, "the key of `" + std::string(field.name) + "` is a string literal")
          .help("write the name in quotes: `" + std::string(field.name) + "[\"Name\"]`");
    }
    return false;
  }
  if (!check_escapes(e)) return false;
  std::string text = e.plain_text();
  const bool header = field.id == Field::header || field.id == Field::header_all ||
                      field.id == Field::response_header || field.id == Field::response_header_all;
  if (text.size() > limits_.string_bytes) {
    report(Kind::limit_string, e.span, "this string is longer than " + std::to_string(limits_.string_bytes) + " bytes");
    return false;
  }
  if (header && !is_token(text)) {
    report(Kind::bad_header_name, e.span, "`" + text + "` is no header name")
        .help("a header name is letters, digits and `-`, for example `\"User-Agent\"`");
    return false;
  }
  const bool response = field.phase == Phase::response;
  if (header && response && equal_nocase(text, "set-cookie")) {
    report(Kind::forbidden_header, e.span, "Set-Cookie is read as `response.cookie[\"name\"]` only")
        .help("a cookie is asked for by its name: `response.cookie[\"name\"]`; no condition asks for any of them");
    return false;
  }
  if (header) lint_read_header(view_, e, text, response);
  if (!header) lint_read_name(view_, e, field, text);
  if (header) std::transform(text.begin(), text.end(), text.begin(), fold);
  *key = pool().strings.intern(text);
  return true;
}

Value Checker::field_value(const ast::Expr& e, const FieldInfo& field, const ast::Expr* key, Env& env) {
  const Value poisoned{kNoExpr, field.type, e.span};
  const std::string name(field.name);
  if (field.phase == Phase::response) {
    if (!env.response) {
      if (said_response_.joins(construct_.name, e.span)) return poisoned;
      report(Kind::field_phase, e.span, "`" + name + "` is not there in a request rule: there is no response yet")
          .help("write `response rule` instead of `rule`");
      said_response_.remember(construct_.name);
      return poisoned;
    }
    env.reads_response = true;
  }
  StrId id = kNoStr;
  if (field.key == FieldInfo::Key::keyed) {
    if (key == nullptr && is_cut(e)) return poisoned;  // what did not parse may be its key
    if (key == nullptr) {
      Diagnostic& d = report(Kind::missing_key, e.span, "`" + name + "` wants the name of one: `" + name + "[\"…\"]`");
      d.help(field.id == Field::query    ? "the whole query string is `raw_query`"
             : field.id == Field::cookie ? "the names of all cookies are `cookie.names`"
                                         : "write the name in quotes: `" + name + "[\"X-Name\"]`");
      return poisoned;
    }
    if (!field_key(field, *key, &id)) return poisoned;
  } else if (key != nullptr) {
    report(Kind::unwanted_key, key->span, "`" + name + "` takes no key")
        .help(field.id == Field::path ? "parts of a path are named by a template: `path like \"/{first}/{rest...}\"`"
                                      : "write `" + name + "` alone");
    return poisoned;
  }
  return {pool().add({.op = Op::field,
                      .type = field.type,
                      .origin = field.origin,
                      .a = static_cast<std::uint32_t>(field.id),
                      .b = static_cast<std::uint32_t>(id)}),
          field.type, e.span};
}

Value Checker::index_value(const ast::Expr& e, Env& env) {
  const ast::Expr& base = e.children[0];
  const Value poisoned{kNoExpr, Type::none, e.span};
  if (base.is(ast::Expr::Kind::error)) return poisoned;
  if (!base.is(ast::Expr::Kind::path)) {
    Diagnostic& d = report(Kind::unwanted_key, e.children[1].span, "only fields and tables take a key");
    if (base.is(ast::Expr::Kind::call) && base.text == "split" && base.children.size() == 2 &&
        e.children[1].is(ast::Expr::Kind::integer)) {
      const auto part = [this](const ast::Expr& of) { return std::string(sources_.text(of.span)); };
      const std::string whole =
          "split(" + part(base.children[0]) + ", " + part(base.children[1]) + ", " + part(e.children[1]) + ")";
      d.help("which part it is says the third argument: `" + whole + "`").fix(e.span, whole, false);
      return poisoned;
    }
    d.help("look keys up in a table: `name[key]`");
    return poisoned;
  }
  if (taken_roots_.contains(base.text)) return poisoned;
  if (e.children.size() > 2) {
    report(Kind::unwanted_key, e.children[2].span, "a value has one key")
        .help("several names stand only after `unset` and `keep`");
    return poisoned;
  }
  for (const FieldInfo& field : kFields) {
    if (field.name == base.text) return field_value(e, field, &e.children[1], env);
  }
  Symbol* const symbol = find_capture(env, base.text) == nullptr ? find_symbol(env, base.text) : nullptr;
  if (symbol == nullptr) {
    if (find_capture(env, base.text) != nullptr) {
      report(Kind::unwanted_key, e.children[1].span, "`" + base.text + "` is a capture and takes no key");
    } else {
      unknown_path(base, env);
    }
    return poisoned;
  }
  if (symbol->kind == Symbol::Kind::table) return lookup_value(e, *symbol, env);
  symbol->used = true;
  if (symbol->poisoned) return poisoned;
  report(Kind::unwanted_key, e.children[1].span, "`" + symbol->name + "` is no table and takes no key")
      .label(symbol->where, "declared here");
  return poisoned;
}

Value Checker::lookup_value(const ast::Expr& e, Symbol& symbol, Env& env) {
  symbol.used = true;
  check_list(symbol);
  Want want;
  if (symbol.state == Symbol::State::done) {
    want.type = symbol.type == Type::cidr ? Type::ip : symbol.type;
    if (want.type == Type::domain) want.type = Type::host;
    if (want.type == Type::pattern) want.type = Type::string;
  }
  const Value key = value(e.children[1], env, want);
  lint_field_in_quotes(out_, e.children[1], symbol.name);
  symbol.used_otherwise = symbol.used_otherwise || !key.ok();
  if (!key.ok() || symbol.poisoned || symbol.state != Symbol::State::done) return {kNoExpr, Type::none, e.span};
  const Table& table = rules().tables[symbol.id];
  if (!comparable(e.children[1], key, symbol, table.keys.kind)) return {kNoExpr, Type::none, e.span};
  if (key.type == Type::string_list) {
    report(Kind::type_mismatch, key.span, "a look-up wants one key, this is a list")
        .help("ask for one value, for example `header[\"X\"]`");
    return {kNoExpr, Type::none, e.span};
  }
  if (table.keys.kind == KeyKind::path) lint_query_in_key(view_, e.children[1], symbol.name);
  note_use(view_, symbol, {key.id, MatchMode::exact, table.keys.nocase, e.children[1].span});
  return {pool().add({.op = Op::lookup,
                      .type = table.value_type,
                      .origin = Origin::own,
                      .a = symbol.id,
                      .b = static_cast<std::uint32_t>(key.id)}),
          table.value_type, e.span};
}

}  // namespace sprx
