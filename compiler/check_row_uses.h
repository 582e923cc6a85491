// Rows of named lists and tables that the field they are compared with never equals, or hardly.
#pragma once

#include <deque>

#include "compiler/check_view.h"
#include "compiler/scopes.h"

namespace sprx {

/// Notes a comparison that a list or table stands in.
void note_use(const CheckView& view, Symbol& symbol, const RowUse& use);
/// Reports each row that cannot be in any of its uses, once all are known.
void tell_row_uses(const CheckView& view, const std::deque<Symbol>& symbols);

}  // namespace sprx
