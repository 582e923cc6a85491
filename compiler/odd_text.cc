#include "compiler/odd_text.h"

#include <fmt/format.h>

#include "compiler/table/utf8.h"
#include "compiler/unseen.h"

namespace sprx {

void OddText::look_at(const DataCell& cell, bool path) {
  if (is_ascii(cell.text)) return;
  if (std::optional<Unseen> found = unseen_in(cell.text)) {
    if (unseen_.count == 0) name_ = found->name;
    unseen_.note(cell, found->begin, found->end);
  }
  const std::size_t byte = path ? find_invalid_utf8(cell.text) : std::string_view::npos;
  if (byte == std::string_view::npos) return;
  if (bytes_.count == 0) byte_ = static_cast<unsigned char>(cell.text[byte]);
  bytes_.note(cell, byte, byte + 1);
}

void OddText::tell(DiagnosticList& out) const {
  if (unseen_.count > 0) {
    Diagnostic& d = out.add(Kind::unseen_character, unseen_.first, name_ + ", which is not seen, is part of this text");
    unseen_.say_count(d);
    d.help("remove it: only blanks and tabs round a text are no part of it");
  }
  if (bytes_.count == 0) return;
  Diagnostic& d =
      out.add(Kind::not_utf8_row, bytes_.first,
              fmt::format("this byte is not UTF-8: the path has it as `%{:02X}`, which browsers do not send", byte_));
  bytes_.say_count(d);
  d.help(fmt::format("save the file as UTF-8; where clients do send that byte write `%{:02X}`", byte_));
}

}  // namespace sprx
