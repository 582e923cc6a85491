// Declarations and scopes.
#include "compiler/checker.h"
#include "compiler/words.h"

namespace sprx {

Checker::Checker(FileReader& files, SourceSet& sources, DiagnosticList& out, const CheckLimits& limits)
    : files_(files), sources_(sources), out_(out), limits_(limits) {}

Diagnostic& Checker::report(Kind kind, Span where, std::string message) {
  Diagnostic& d = out_.add(kind, where, std::move(message));
  const Span name = construct_.name;
  const bool itself = where.file == name.file && where.begin <= name.begin && name.end <= where.end;
  if (name.known() && name.file == where.file && !itself) d.label(name, std::string(construct_.label));
  // A row's own file does not say who reads it.
  if (reader_.known() && where.file != reader_.file) d.label(reader_, "read by this");
  return d;
}

bool Checker::reserved_root(const ast::Ident& name) {
  if (!is_field_root(name.text)) return false;
  taken_roots_.insert(name.text);
  report(Kind::field_root_taken, name.span,
         "`" + name.text + "` is a field, its name cannot be given to something else")
      .help("take another name, for example `my_" + name.text + "`");
  return true;
}

void Checker::declare(Scope& scope, Symbol symbol) {
  const ast::Ident name{symbol.name, symbol.where};
  // One whose name is missing may be any that is not known.
  if (!name.known() && incomplete_) broken_names_.insert(std::string());
  if (!name.known() || reserved_root(name)) return;
  for (const Scope* at = &scope; at != nullptr; at = at->parent) {
    const auto found = at->names.find(symbol.name);
    if (found == at->names.end()) continue;
    report(Kind::duplicate_name, symbol.where, "`" + symbol.name + "` is declared twice")
        .label(found->second->where, "declared here first")
        .help("one name space holds lists, tables, lets, flags and captures; give one of the two another name");
    return;
  }
  if (symbols_.size() >= limits_.names) {
    if (symbols_.size() == limits_.names) {
      report(Kind::limit_names, symbol.where,
             "more than " + std::to_string(limits_.names) + " names in one configuration");
      symbols_.push_back({});
    }
    broken_names_.insert(symbol.name);
    return;
  }
  symbol.scope = &scope;
  symbol.full_name = scope.prefix + symbol.name;
  const void* const declaration = symbol.list != nullptr ? static_cast<const void*>(symbol.list) : symbol.let;
  symbols_.push_back(std::move(symbol));
  scope.names.emplace(symbols_.back().name, &symbols_.back());
  if (declaration != nullptr) by_declaration_[declaration] = &symbols_.back();
}

void Checker::declare_items(const std::vector<ast::Item>& items, Scope& scope) {
  for (const ast::Item& item : items) {
    if (const auto* list = std::get_if<ast::List>(&item.is)) {
      Symbol symbol;
      symbol.kind = list->dynamic ? Symbol::Kind::dynamic : list->table ? Symbol::Kind::table : Symbol::Kind::list;
      symbol.name = list->name.text;
      symbol.where = list->name.span;
      symbol.list = list;
      declare(scope, std::move(symbol));
    } else if (const auto* let = std::get_if<ast::Let>(&item.is)) {
      Symbol symbol;
      symbol.kind = Symbol::Kind::let;
      symbol.name = let->name.text;
      symbol.where = let->name.span;
      symbol.let = let;
      declare(scope, std::move(symbol));
    } else if (const auto* flag = std::get_if<ast::Flag>(&item.is)) {
      if (flag->name.known()) this->flag(*flag, scope);
    } else if (const auto* limit = std::get_if<ast::Limit>(&item.is)) {
      declare_limit(*limit);
    } else if (const auto* broken = std::get_if<ast::Broken>(&item.is)) {
      for (const ast::Ident& name : broken->names) broken_names_.insert(name.text);
    }
  }
  for (const ast::Item& item : items) {
    const auto* group = std::get_if<ast::Group>(&item.is);
    if (group == nullptr) continue;
    scopes_.push_back({&scope, {}, scope.prefix + group->name.text + "."});
    group_scopes_[group] = &scopes_.back();
    declare_items(group->items, scopes_.back());
  }
}

bool Checker::excused(const Env& env, std::string_view name) const {
  if (broken_names_.contains(std::string(name))) return true;
  for (const Env* at = &env; at != nullptr; at = at->parent) {
    if (at->incomplete) return true;
  }
  return false;
}

void Checker::report_unused() {
  // With errors a use may be missing: nothing is said to be unused.
  if (incomplete_ || out_.has_errors()) return;
  for (const Symbol& symbol : symbols_) {
    if (symbol.used || symbol.poisoned || !symbol.where.known()) continue;
    const std::string_view what = symbol.kind == Symbol::Kind::list      ? "list"
                                  : symbol.kind == Symbol::Kind::table   ? "table"
                                  : symbol.kind == Symbol::Kind::let     ? "let"
                                  : symbol.kind == Symbol::Kind::flag    ? "flag"
                                  : symbol.kind == Symbol::Kind::dynamic ? "dynamic list"
                                                                         : "";
    if (what.empty()) continue;
    if (symbol.banned) {
      out_.add(Kind::unused_name, symbol.where, "no rule asks for what `" + symbol.name + "` holds")
          .help("a rule that stands before turns it away: `when " +
                std::string(symbol.type == Type::ip ? "client.ip" : "…") + " in " + symbol.name + ";`");
      continue;
    }
    out_.add(Kind::unused_name, symbol.where, std::string(what) + " `" + symbol.name + "` is not used")
        .help("use it or remove it");
  }
  for (const auto& [name, limit] : limit_symbols_) {
    if (limit.used || limit.poisoned) continue;
    out_.add(Kind::unused_name, limit.where, "limit `" + name + "` is not used").help("use it or remove it");
  }
}

}  // namespace sprx
