// Rows of named lists and tables that make no host, path or redirect target where they are used as one. Each is
// reported where the row stands, once.
#include <unordered_map>

#include "compiler/checker.h"
#include "compiler/target_walk.h"

namespace sprx {
namespace {

/// Where the values of a table stand, by the places of their keys.
std::unordered_map<std::uint32_t, Span> value_places(const SourceSet& sources, const Symbol& symbol) {
  std::unordered_map<std::uint32_t, Span> out;
  const ast::Source& source = symbol.list->source;
  if (source.kind != ast::Source::Kind::file) {
    for (std::size_t i = 0; i + 1 < source.items.size(); i += 2)
      out.emplace(source.items[i].span.begin, source.items[i + 1].span);
  } else if (!symbol.rows.empty()) {
    const std::optional<DataFormat> format = data_format(source.file.plain_text());
    const auto take = [&out](const DataRow& row) {
      if (row.cells.size() == 2) out.emplace(row.cells[0].span.begin, row.cells[1].span);
    };
    if (format) static_cast<void>(read_rows(sources, symbol.rows.front().file, *format, 2, take));
  }
  return out;
}

}  // namespace

bool Checker::report_bad_rows(const BadRows& bad, Kind kind, Span use, const RowFault& fault) {
  const Symbol* const symbol = bad.table ? table_symbols_[bad.id] : list_symbols_[bad.id];
  const Keys& keys = bad.table ? rules().tables[bad.id].keys : rules().lists[bad.id].keys;
  if (symbol == nullptr || symbol->rows.size() != keys.size()) return false;
  std::unordered_map<std::uint32_t, Span> values;
  if (bad.values) values = value_places(sources_, *symbol);
  for (const std::uint32_t row : bad.rows) {
    Span where = symbol->rows[row];
    if (const auto value = values.find(where.begin); value != values.end()) where = value->second;
    const std::string_view text = pool().strings.view(bad.values ? rules().tables[bad.id].texts[row] : keys.texts[row]);
    const auto said = fault(text);
    if (!said) continue;
    report(kind, where, said->first).label(use, "used here").help(said->second);
  }
  if (bad.count > bad.rows.size()) {
    const std::size_t more = bad.count - bad.rows.size();
    out_.last().note(std::to_string(more) + " more row" + (more == 1 ? "" : "s") + " of `" + symbol->name + "` " +
                     (more == 1 ? "is" : "are") + " no better");
  }
  return true;
}

bool Checker::rows_fit(ExprId value, const Env& env, Kind kind, Span use, const RowFault& fault) {
  std::unordered_set<std::uint32_t> seen;
  std::vector<ExprId> open{value};
  bool good = true;
  const auto ask = [&](const std::vector<StrId>& texts, BadRows bad) {
    for (std::uint32_t row = 0; row < texts.size(); ++row) {
      if (!fault(pool().strings.view(texts[row]))) continue;
      if (bad.rows.size() < kMaxDataErrors) bad.rows.push_back(row);
      ++bad.count;
    }
    if (bad.count != 0) good = !report_bad_rows(bad, kind, use, fault) && good;
  };
  while (!open.empty()) {
    const ExprId id = open.back();
    open.pop_back();
    if (!seen.insert(static_cast<std::uint32_t>(id)).second) continue;
    const Expr& e = pool()[id];
    if (const std::vector<Proof>* const proofs = env.facts.proof(id)) {
      for (const Proof& proof : *proofs) {
        if (proof.kind == Proof::Kind::table) ask(rules().tables[proof.id].keys.texts, {true, false, proof.id, {}, 0});
        if (proof.kind == Proof::Kind::list) ask(rules().lists[proof.id].keys.texts, {false, false, proof.id, {}, 0});
      }
    } else if (e.op == Op::text) {
      const auto said = fault(pool().strings.view(StrId{e.a}));
      if (said) report(kind, use, said->first).help(said->second);
      good = good && !said;
    } else if (e.op == Op::lookup && rules().tables[e.a].value_type == Type::string) {
      ask(rules().tables[e.a].texts, {true, true, e.a, {}, 0});
    } else if (e.op == Op::let) {
      open.push_back(rules().lets[e.a].value);
    } else if (e.op == Op::fallback || e.op == Op::choose) {
      const std::span<const ExprId> items = pool().list(e);
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (e.op == Op::fallback || i % 2 == 1 || i + 1 == items.size()) open.push_back(items[i]);
      }
    }
  }
  return good;
}

}  // namespace sprx
