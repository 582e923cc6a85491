#include "compiler/unseen.h"

#include <fmt/format.h>

#include "compiler/table/utf8.h"

namespace sprx {
namespace {

constexpr char32_t kByteOrderMark = 0xFEFF;

/// Its name; empty for a character that is seen.
std::string_view unseen_name(char32_t c) {
  switch (c) {
    case 0x00A0:
      return "a no-break space";
    case 0x200B:
      return "a zero-width space";
    case 0x200E:
    case 0x200F:
      return "a direction mark";
    case 0x202F:
      return "a narrow no-break space";
    case 0x2060:
      return "a word joiner";
    case 0x3000:
      return "an ideographic space";
    case kByteOrderMark:
      return "a byte order mark";
    default:
      break;
  }
  const bool space = c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x205F;
  return space ? "a space of another width" : "";
}

bool has_no_width(char32_t c) { return c == 0x200B || c == 0x2060 || c == kByteOrderMark; }

/// `ends`: only of those that are hardly meant where they stand.
std::optional<Unseen> first_unseen(std::string_view text, bool ends) {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0xC2) {
      ++at;
      continue;
    }
    char32_t code = 0;
    const std::size_t size = utf8_character(text, at, &code);
    const std::string_view name = size == 0 ? std::string_view{} : unseen_name(code);
    const bool last = at + size == text.size();
    // A byte order mark begins what was put together of files; behind a name it was copied with it, and is asked for.
    const bool told = !ends || (code == kByteOrderMark ? !last : at == 0 || last || has_no_width(code));
    if (!name.empty() && told)
      return Unseen{at, at + size, fmt::format("{} (U+{:04X})", name, static_cast<std::uint32_t>(code))};
    at += size == 0 ? 1 : size;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Unseen> unseen_in(std::string_view text) { return first_unseen(text, true); }

std::optional<Unseen> unseen_anywhere(std::string_view text) { return first_unseen(text, false); }

std::string help_for_unseen(std::string_view text) {
  if (const std::optional<Unseen> found = unseen_anywhere(text))
    return found->name +
           (found->begin == 0           ? " begins it, which is not seen"
            : found->end == text.size() ? " ends it, which is not seen"
                                        : " stands in it, which is not seen") +
           ": remove it";
  return is_utf8(text) ? std::string() : "its bytes are not UTF-8: save the file as UTF-8";
}

}  // namespace sprx
