// Texts in the quotation marks of other languages.
#include <utility>

#include "grammar/advice_parts.h"
#include "grammar/foreign.h"

namespace sprx {
namespace {

/// The end of the text that begins with the quotation mark of `width` bytes at `at` and ends with `close` on its line.
Offset quoted_end(std::string_view text, Offset at, Offset width, std::string_view close) {
  const std::size_t end = text.substr(0, scan::line_end(text, at)).find(close, at + width);
  return end == std::string_view::npos ? at : static_cast<Offset>(end + close.size());
}

/// Text in marks that begin no string here, with the string it should be.
Foreign other_quotes(std::string_view text, Offset at, Offset width, std::string_view close, std::string message) {
  Foreign out{at, at + width, std::move(message), "strings stand in double quotes: `\"text\"`", {}};
  const Offset end = quoted_end(text, at, width, close);
  if (end == at) {
    return out;
  }
  const std::string_view inner = text.substr(at + width, end - at - width - close.size());
  if (inner.find_first_of("\"\\$") == std::string_view::npos) {
    out.replacement = "\"" + std::string(inner) + "\"";
    out.certain = true;
    constexpr std::size_t kShown = 40;
    if (inner.size() <= kShown) {
      out.help = "strings stand in double quotes: " + scan::ticked(out.replacement);
    }
  }
  out.end = end;
  return out;
}

}  // namespace

std::optional<Foreign> foreign_quotes(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with('\'')) {
    return other_quotes(text, at, 1, "'", "`'` does not begin a string");
  }
  if (rest.starts_with('`')) {
    return other_quotes(text, at, 1, "`", "a backtick does not begin a string");
  }
  constexpr std::string_view kTypographic = "a typographic quotation mark does not begin a string";
  for (const auto& [open, close] :
       {std::pair{"\xE2\x80\x9C", "\xE2\x80\x9D"}, std::pair{"\xE2\x80\x98", "\xE2\x80\x99"},
        std::pair{"\xE2\x80\x9E", "\xE2\x80\x9C"}, std::pair{"\xE2\x80\x9D", "\xE2\x80\x9D"},
        std::pair{"\xE2\x80\x99", "\xE2\x80\x99"}, std::pair{"\xC2\xAB", "\xC2\xBB"}}) {
    const std::string_view mark(open);
    if (rest.starts_with(mark)) {
      return other_quotes(text, at, static_cast<Offset>(mark.size()), close, std::string(kTypographic));
    }
  }
  return std::nullopt;
}

}  // namespace sprx
