// Tables whose values are parts of redirect targets: what of them goes out as it stands and was hardly meant so.
#include <algorithm>
#include <unordered_set>

#include "compiler/checker.h"
#include "compiler/odd_targets.h"

namespace sprx {

void Checker::note_target(std::span<const ExprId> parts, Span use) {
  std::unordered_set<std::uint32_t> seen;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::vector<ExprId> open{parts[i]};
    while (!open.empty()) {
      const ExprId id = open.back();
      open.pop_back();
      const Expr& e = pool()[id];
      const bool looks_up = e.op == Op::lookup || e.op == Op::let || e.op == Op::fallback || e.op == Op::choose;
      if (!looks_up || !seen.insert(static_cast<std::uint32_t>(id)).second) continue;
      if (e.op == Op::lookup) {
        TargetTable& table = target_tables_.try_emplace(e.a, TargetTable{use, false}).first->second;
        table.starts = table.starts || i == 0;
      } else if (e.op == Op::let) {
        open.push_back(rules().lets[e.a].value);
      } else if (e.op == Op::fallback || e.op == Op::choose) {
        const std::span<const ExprId> items = pool().list(e);
        for (std::size_t k = 0; k < items.size(); ++k) {
          if (e.op == Op::fallback || k % 2 == 1 || k + 1 == items.size()) open.push_back(items[k]);
        }
      }
    }
  }
}

void Checker::look_at_targets(const Symbol& symbol, OddTargets& odd) {
  const ast::Source& source = symbol.list->source;
  if (source.kind != ast::Source::Kind::file) {
    for (std::size_t i = 1; i < source.items.size(); i += 2) {
      const ast::Expr& item = source.items[i];
      if (item.is_plain_string()) odd.look_at({item.plain_text(), item.span});
    }
    return;
  }
  const std::optional<DataFormat> format = data_format(source.file.plain_text());
  if (!format || symbol.rows.empty()) return;
  static_cast<void>(read_rows(sources_, symbol.rows.front().file, *format, 2,
                              [&odd](const DataRow& row) { odd.look_at(row.cells[1]); }));
}

void Checker::check_target_rows() {
  for (const auto& [id, found] : target_tables_) {
    const Table& table = rules().tables[id];
    const Symbol* const symbol = table_symbols_[id];
    OddTargets odd(found.starts);
    const bool any = std::any_of(table.texts.begin(), table.texts.end(),
                                 [&](StrId text) { return odd.is_odd(pool().strings.view(text)); });
    if (!any || symbol == nullptr) continue;
    look_at_targets(*symbol, odd);
    out_.belongs_to(symbol->list->span);
    const bool file = symbol->list->source.kind == ast::Source::Kind::file;
    odd.tell(out_, file ? data_format(symbol->list->source.file.plain_text()) : std::nullopt, found.use);
    out_.belongs_to({});
  }
}

}  // namespace sprx
