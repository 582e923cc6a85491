// FoundRows: one kind of mistake in the rows of a file, told at the first of them and with a count: what is meant is
// the same in all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include "compiler/data_file.h"
#include "compiler/diagnostics.h"

namespace sprx {

struct FoundRows {
  Span first;
  std::size_t count = 0;

  /// The bytes from `begin` to `end` of the cell's text.
  void note(const DataCell& cell, std::size_t begin, std::size_t end) {
    if (count++ > 0) return;
    const auto place = [&](std::size_t offset) {
      return std::min(cell.span.end, cell.span.begin + static_cast<std::uint32_t>(offset));
    };
    first = {cell.span.file, place(begin), place(end)};
    // Written with quotes or escapes, so that nothing is where it would be.
    if (cell.span.end - cell.span.begin != cell.text.size()) first = cell.span;
  }

  void say_count(Diagnostic& d) const {
    if (count > 1)
      d.note(std::to_string(count - 1) + (count == 2 ? " more row is" : " more rows are") + " written like this one");
  }
};

}  // namespace sprx
