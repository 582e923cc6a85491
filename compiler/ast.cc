#include "compiler/ast.h"

namespace sprx::ast {
namespace {

/// Template text writes a backslash as `\\`: template readers know it, so a literal one goes through doubled.
void append_piece(const Expr& piece, bool for_template, std::string& out) {
  if (for_template && !piece.escaped && piece.text == "\\") {
    out += "\\\\";
    return;
  }
  out += piece.text;
}

}  // namespace

bool Expr::is_plain_string() const {
  if (kind != Kind::string) return false;
  for (const Expr& part : children) {
    if (part.kind != Kind::piece) return false;
  }
  return true;
}

std::string Expr::plain_text(bool for_template) const {
  if (children.empty()) return text;
  std::string out;
  for (const Expr& part : children) append_piece(part, for_template, out);
  return out;
}

Span Expr::place_in_text(std::size_t begin, std::size_t end, bool for_template) const {
  if (kind == Kind::regex) {
    const std::uint32_t base = span.begin + (raw ? 2 : 1);
    return {span.file, base + static_cast<std::uint32_t>(begin), base + static_cast<std::uint32_t>(end)};
  }
  const std::uint32_t quote = raw ? 3 : 1;
  if (children.empty()) {
    const std::uint32_t base = span.begin + quote;
    return {span.file, base + static_cast<std::uint32_t>(begin), base + static_cast<std::uint32_t>(end)};
  }
  Span out{span.file, span.end - quote, span.end - quote};
  std::size_t at = 0;
  bool begun = false;
  for (const Expr& part : children) {
    std::string piece;
    append_piece(part, for_template, piece);
    const bool exact = part.span.end - part.span.begin == piece.size();
    if (!begun && begin < at + piece.size()) {
      out.begin = part.span.begin + (exact ? static_cast<std::uint32_t>(begin - at) : 0);
      begun = true;
    }
    if (end <= at + piece.size()) {
      out.end = exact ? part.span.begin + static_cast<std::uint32_t>(end - at) : part.span.end;
      break;
    }
    at += piece.size();
  }
  if (out.end < out.begin) out.end = out.begin;
  return out;
}

}  // namespace sprx::ast
