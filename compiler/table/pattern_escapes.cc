#include <fmt/format.h>

#include "compiler/table/pattern_scanner.h"
#include "compiler/table/utf8.h"

namespace sprx::pattern {
namespace {

/// What other dialects have after `\`, and what to write instead.
struct ForeignEscape {
  char letter;
  std::string_view help;
};
constexpr ForeignEscape kForeignEscapes[] = {
    {'Z', "`$` and `\\z` are the end of the text"},
    {'G', "`\\A` and `^` are the start of the text"},
    {'K', "put what you want to keep into a group: `(?<name>…)`"},
    {'R', "write `(?:\\r\\n|\\r|\\n)`"},
    {'X', "write `.`"},
    {'h', "write `[ \\t]`"},
    {'H', "write `[^ \\t]`"},
    {'N', "write `[^\\n]`"},
    {'e', "write `\\x1B`"},
    {'c', "write the control character as `\\x0D`"},
    {'u', "write `\\x{263A}`"},
    {'U', "write `(?i:…)` or both cases"},
    {'L', "write `(?i:…)` or both cases"},
    {'l', "write `(?i:…)` or both cases"},
    {'E', "`\\E` ends only what `\\Q` began"},
};

}  // namespace

/// After `\x`: two digits, or any number in braces.
std::optional<char32_t> PatternScanner::hex_escape() {
  const std::size_t begin = at_ - 2;
  const bool braces = starts("{");
  if (braces) ++at_;
  const std::size_t digits = at_;
  char32_t value = 0;
  while (at_ < source_.size() && hex_digit(source_[at_]) >= 0 && (braces || at_ - digits < 2)) {
    value = std::min<char32_t>(value * 16 + static_cast<char32_t>(hex_digit(source_[at_++])), 0x110000);
  }
  const bool complete = braces ? at_ > digits && starts("}") : at_ - digits == 2;
  if (!complete || value > 0x10FFFF) {
    error(begin, at_,
          value > 0x10FFFF ? "a code point past U+10FFFF in a pattern" : "`\\x` without its digits in a pattern",
          "write `\\x41` or `\\x{263A}`");
    return std::nullopt;
  }
  if (braces) ++at_;
  return value;
}

/// At the first of up to three octal digits.
char32_t PatternScanner::octal_escape() {
  char32_t value = 0;
  for (int i = 0; i < 3 && at_ < source_.size() && source_[at_] >= '0' && source_[at_] <= '7'; ++i) {
    value = value * 8 + static_cast<char32_t>(source_[at_++] - '0');
  }
  return value & 0xFFU;
}

void PatternScanner::unknown_escape(std::size_t begin) {
  const char letter = source_[begin + 1];
  const std::size_t end = begin + 1 + std::max<std::size_t>(utf8_character(source_, begin + 1), 1);
  for (const ForeignEscape& foreign : kForeignEscapes) {
    if (foreign.letter != letter) continue;
    error(begin, end, fmt::format("`\\{}` is not supported in a pattern", letter), std::string(foreign.help));
    return;
  }
  error(begin, end, fmt::format("unknown escape `{}` in a pattern", at(begin, end - begin)),
        fmt::format("a literal `{0}` is written `{0}`", at(begin + 1, end - begin - 1)));
}

/// `\1` to `\9`, `\k<name>`, `\g{1}`: reads and refuses one; false if none is here.
bool PatternScanner::back_reference() {
  const std::size_t begin = at_;
  const std::string_view two = at(at_, 3);
  const char c = two[1];
  const bool octal_after = two.size() > 2 && two[2] >= '0' && two[2] <= '7';
  const bool number = c >= '1' && c <= '9' && !(c <= '7' && octal_after);
  if (!number && c != 'k' && c != 'g') return false;
  at_ += 2;
  if (!number && at_ < source_.size() && std::string_view("<{'").find(source_[at_]) < 3) {
    const char close = source_[at_] == '<' ? '>' : source_[at_] == '{' ? '}' : '\'';
    const std::size_t end = source_.find(close, at_ + 1);
    at_ = end == std::string_view::npos ? source_.size() : end + 1;
  }
  error(begin, at_, fmt::format("back-reference `{}` is not supported", at(begin, at_ - begin)), kLinear);
  atom();
  return true;
}

/// `\Q…\E`: every character for itself.
void PatternScanner::quoted() {
  at_ += 2;
  while (at_ < source_.size() && !starts("\\E")) plain_character();
  at_ = std::min(at_ + 2, source_.size());
}

void PatternScanner::escape() {
  const std::size_t begin = at_;
  if (at_ + 1 >= source_.size()) {
    error(begin, begin + 1, "`\\` at the end of a pattern", "a literal `\\` is written `\\\\`");
    ++at_;
    return;
  }
  const char c = source_[at_ + 1];
  if (c == 'Q') return quoted();
  if (back_reference()) return;
  at_ += 2;
  atom();
  if (c == 'x') {
    if (const auto code = hex_escape()) emit_character(*code, begin, false);
  } else if (c >= '0' && c <= '7') {
    --at_;
    emit_character(octal_escape(), begin, false);
  } else if (c == 'p' || c == 'P') {
    const std::size_t close = starts("{") ? source_.find('}', at_) : at_;
    at_ = close == std::string_view::npos ? source_.size() : std::min(close + 1, source_.size());
    emit(at(begin, at_ - begin), begin);
  } else if (std::string_view("bBAzdDsSwWCafnrtv").find(c) != std::string_view::npos) {
    emit(at(begin, 2), begin);
  } else if (static_cast<unsigned char>(c) < 0x80 && (!is_word(c) || c == '_')) {
    emit_character(static_cast<unsigned char>(c), begin, false);
  } else {
    unknown_escape(begin);
    at_ = begin + 1 + std::max<std::size_t>(utf8_character(source_, begin + 1), 1);
  }
}

}  // namespace sprx::pattern
