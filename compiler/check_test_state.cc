// Tests: how flags stand, what dynamic lists hold and which limits are used up when the request comes.
#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/test_reader.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// Whether text is a key of a dynamic list of this kind; how it is written for the proxy's own messages too.
bool is_key(KeyKind kind, const std::string& text) {
  std::string canonical;
  switch (kind) {
    case KeyKind::ip:
      return parse_ip(text).has_value();
    case KeyKind::cidr:
      return parse_cidr(text).error == CidrError::none;
    case KeyKind::host:
      return canonical_host_literal(text).has_value();
    case KeyKind::path:
      return text.starts_with('/') && canonical_path(text, canonical) == PathError::none;
    default:
      return !text.empty();
  }
}

}  // namespace

void Checker::TestReader::state_part(const ast::Action& a, const TestWordInfo& word, TestRequest& out) {
  for (const ast::Expr& argument : a.arguments) {
    if (argument.is(ast::Expr::Kind::error)) poisoned = true;
  }
  if (a.incomplete) return;
  if (word.id == TestWord::request_flag) return flag(a, word, out);
  if (word.id == TestWord::request_has) return has(a, word, out);
  exhausted(a, word, out);
}

/// The flag or dynamic list of that full name, or a report. Naming it in a test is no use of it.
Symbol* Checker::TestReader::changing(const ast::Expr& e, Symbol::Kind kind) {
  std::vector<std::string_view> names;
  for (Symbol& symbol : c.symbols_) {
    if (symbol.kind != kind) continue;
    if (symbol.full_name == e.text) return &symbol;
    names.push_back(symbol.full_name);
  }
  poisoned = true;
  if (c.broken_names_.contains(e.text)) return nullptr;
  const bool is_flag = kind == Symbol::Kind::flag;
  const std::string what = is_flag ? "flag" : "dynamic list";
  const std::string near(similar(e.text, names, c.similar_work_));
  if (near.empty() && c.broken_names_.contains(std::string())) return nullptr;
  const Kind unknown = is_flag ? Kind::unknown_name : Kind::unknown_dynamic;
  const Kind said = near.empty() ? unknown : Kind::unknown_name;
  if (c.said_names_.joins(said, e.text, near, e.span)) return nullptr;
  Diagnostic& d = report(unknown, e.span, "unknown " + what + " `" + e.text + "`");
  c.said_names_.remember(said, e.text, near);
  if (near.empty()) {
    d.help(is_flag ? "declare it: `flag " + e.text + " = off;`"
                   : "declare it: `dynamic list " + e.text + ": ip { ttl 1h; max 10_000; }`");
  } else {
    d.help("a " + what + " with a similar name exists: `" + near + "`").fix(e.span, near, false);
  }
  return nullptr;
}

void Checker::TestReader::flag(const ast::Action& a, const TestWordInfo& word, TestRequest& out) {
  const bool named = a.arguments.size() == 1 && a.arguments[0].is(ast::Expr::Kind::path);
  const bool said =
      a.assigned && a.assigned->is(ast::Expr::Kind::path) && (a.assigned->text == "on" || a.assigned->text == "off");
  if (!named || !said || a.block) {
    report(Kind::bad_action, a.word.span, "`flag` in a test takes a flag, and `on` or `off` after `=`")
        .help("write `" + std::string(word.usage) + "`");
    poisoned = true;
    return;
  }
  const Symbol* const symbol = changing(a.arguments[0], Symbol::Kind::flag);
  if (symbol == nullptr || !once("flag " + symbol->full_name, a.arguments[0].span)) return;
  out.flags.push_back({symbol->full_name, a.assigned->text == "on"});
}

void Checker::TestReader::has(const ast::Action& a, const TestWordInfo& word, TestRequest& out) {
  if (a.arguments.size() != 2 || !a.arguments[0].is(ast::Expr::Kind::path) || a.assigned || a.block) {
    report(Kind::bad_action, a.word.span, "`has` takes a dynamic list and a key in quotes")
        .help("write `" + std::string(word.usage) + "`");
    poisoned = true;
    return;
  }
  Symbol* const symbol = changing(a.arguments[0], Symbol::Kind::dynamic);
  const std::optional<std::string> key = text(a.arguments[1], "a key of a dynamic list");
  if (symbol == nullptr || !key) return;
  c.check_list(*symbol);
  if (symbol->poisoned) {
    poisoned = true;
    return;
  }
  if (!is_key(c.rules().dynamic_lists[symbol->id].kind, *key)) {
    report(Kind::bad_test_value, a.arguments[1].span,
           "`" + *key + "` is no key of a list of type `" + std::string(name_of(symbol->type)) + "`")
        .label(symbol->where, "declared here")
        .help("write a key as a message would give it, such as `" + std::string(word.usage) + "`");
    poisoned = true;
    return;
  }
  out.keys.push_back({symbol->full_name, *key});
}

void Checker::TestReader::exhausted(const ast::Action& a, const TestWordInfo& word, TestRequest& out) {
  if (!c.shape(a, 1, 1, false, false, word.usage) || !a.arguments[0].is(ast::Expr::Kind::path)) {
    if (a.arguments.size() == 1 && !a.arguments[0].is(ast::Expr::Kind::path)) {
      report(Kind::bad_action, a.arguments[0].span, "`exhausted` takes the name of a limit")
          .help("write `" + std::string(word.usage) + "`");
    }
    poisoned = true;
    return;
  }
  const ast::Expr& e = a.arguments[0];
  if (c.limit_symbols_.contains(e.text)) {
    out.exhausted.push_back(e.text);
    return;
  }
  poisoned = true;
  if (c.broken_names_.contains(e.text)) return;
  std::vector<std::string_view> names;
  for (const auto& [name, symbol] : c.limit_symbols_) names.push_back(name);
  const std::string near(similar(e.text, names, c.similar_work_));
  const std::string like(near);
  if (near.empty() && c.broken_names_.contains(std::string())) return;
  if (c.said_names_.joins(Kind::unknown_limit, e.text, like, e.span)) return;
  Diagnostic& d = report(Kind::unknown_limit, e.span, "unknown limit `" + e.text + "`");
  c.said_names_.remember(Kind::unknown_limit, e.text, like);
  if (near.empty()) {
    d.help("declare it: `limit " + e.text + " { key client.ip; rate 10/s; }`");
  } else {
    d.help("a limit with a similar name exists: `" + near + "`").fix(e.span, near, false);
  }
}

}  // namespace sprx
