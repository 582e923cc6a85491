// Tables whose values are parts of redirect targets: what of them goes out as it stands and was hardly meant so.
#include "compiler/check_target_rows.h"

#include <algorithm>
#include <unordered_set>

namespace sprx {

void TargetRows::note(std::span<const ExprId> parts, Span use) {
  std::unordered_set<std::uint32_t> seen;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::vector<ExprId> open{parts[i]};
    while (!open.empty()) {
      const ExprId id = open.back();
      open.pop_back();
      const Expr& e = view_.pool()[id];
      const bool looks_up = e.op == Op::lookup || e.op == Op::let || e.op == Op::fallback || e.op == Op::choose;
      if (!looks_up || !seen.insert(static_cast<std::uint32_t>(id)).second) continue;
      if (e.op == Op::lookup) {
        Use& table = uses_.try_emplace(e.a, Use{use, false}).first->second;
        table.starts = table.starts || i == 0;
      } else if (e.op == Op::let) {
        open.push_back(view_.rules.lets[e.a].value);
      } else if (e.op == Op::fallback || e.op == Op::choose) {
        const std::span<const ExprId> items = view_.pool().list(e);
        for (std::size_t k = 0; k < items.size(); ++k) {
          if (e.op == Op::fallback || k % 2 == 1 || k + 1 == items.size()) open.push_back(items[k]);
        }
      }
    }
  }
}

void TargetRows::look_at(const Symbol& symbol, OddTargets& odd) const {
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
  static_cast<void>(read_rows(view_.sources, symbol.rows.front().file, *format, 2,
                              [&odd](const DataRow& row) { odd.look_at(row.cells[1]); }));
}

void TargetRows::tell(const std::vector<const Symbol*>& tables) {
  for (const auto& [id, found] : uses_) {
    const Table& table = view_.rules.tables[id];
    const Symbol* const symbol = tables[id];
    OddTargets odd(found.starts);
    const bool any =
        std::any_of(table.texts.begin(), table.texts.end(), [&](StrId text) { return odd.is_odd(view_.text(text)); });
    if (!any || symbol == nullptr) continue;
    look_at(*symbol, odd);
    const auto owned = view_.out.belongs_to(symbol->list->span);
    const bool file = symbol->list->source.kind == ast::Source::Kind::file;
    odd.tell(view_.out, file ? data_format(symbol->list->source.file.plain_text()) : std::nullopt, found.where);
  }
}

}  // namespace sprx
