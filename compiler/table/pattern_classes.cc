#include <fmt/format.h>

#include "compiler/table/pattern_scanner.h"
#include "compiler/table/utf8.h"

namespace sprx::pattern {
namespace {

constexpr std::string_view kPosixClasses[] = {"alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph",
                                              "lower", "print", "punct", "space", "upper", "word",  "xdigit"};

}  // namespace

void PatternScanner::char_class() {
  const std::size_t begin = at_++;
  emit("[", begin);
  if (starts("^")) emit("^", at_++);
  bool first = true;
  while (at_ < source_.size() && (first || source_[at_] != ']')) {
    first = false;
    if (!class_item()) break;
  }
  if (at_ >= source_.size()) {
    error(begin, begin + 1, "unclosed `[` in a pattern", "a literal `[` is written `\\[`");
  } else {
    emit("]", at_++);
  }
  atom();
}

/// `[:alpha:]` at this place.
bool PatternScanner::class_posix() {
  if (!starts("[:")) return false;
  const std::size_t close = source_.find(":]", at_ + 2);
  if (close == std::string_view::npos) return false;
  std::string_view name = at(at_ + 2, close - at_ - 2);
  const bool negated = name.substr(0, 1) == "^";
  if (negated) name.remove_prefix(1);
  if (!std::all_of(name.begin(), name.end(), is_word)) return false;
  const std::size_t begin = at_;
  at_ = close + 2;
  if (std::find(std::begin(kPosixClasses), std::end(kPosixClasses), name) == std::end(kPosixClasses)) {
    error(begin, at_, fmt::format("unknown class `{}` in a pattern", at(begin, at_ - begin)),
          "the classes are `[:alpha:]`, `[:digit:]`, `[:alnum:]`, `[:upper:]`, `[:lower:]`, `[:space:]`, `[:punct:]` "
          "and a few more");
    return true;
  }
  if (fold_ && (name == "lower" || name == "upper")) name = "alpha";
  emit(fmt::format("[:{}{}:]", negated ? "^" : "", name), begin);
  return true;
}

/// `\d`, `\pL` and the like at this place: sets that cannot be the end of a range.
bool PatternScanner::class_set_escape() {
  if (!starts("\\") || at_ + 1 >= source_.size()) return false;
  const char c = source_[at_ + 1];
  const std::size_t begin = at_;
  if (c == 'p' || c == 'P') {
    at_ += 2;
    const std::size_t close = starts("{") ? source_.find('}', at_) : at_;
    at_ = close == std::string_view::npos ? source_.size() : std::min(close + 1, source_.size());
  } else if (std::string_view("dDsSwW").find(c) < 6) {
    at_ += 2;
  } else {
    return false;
  }
  emit(at(begin, at_ - begin), begin);
  return true;
}

/// One character of a class; absent when it was an error.
std::optional<char32_t> PatternScanner::class_unit() {
  const std::size_t begin = at_;
  char32_t code = static_cast<unsigned char>(source_[at_]);
  if (source_[at_] != '\\') {
    at_ += out_.utf8 ? std::max<std::size_t>(utf8_character(source_, at_, &code), 1) : 1;
    return code;
  }
  if (at_ + 1 >= source_.size()) {
    at_ = source_.size();
    return std::nullopt;  // the class is unclosed, which is said
  }
  const char c = source_[at_ + 1];
  at_ += 2;
  if (c == 'x') return hex_escape();
  if (c >= '0' && c <= '7') {
    --at_;
    return octal_escape();
  }
  const std::size_t control = std::string_view("afnrtv").find(c);
  if (control != std::string_view::npos) return static_cast<char32_t>("\a\f\n\r\t\v"[control]);
  if (static_cast<unsigned char>(c) < 0x80 && (!is_word(c) || c == '_')) return static_cast<unsigned char>(c);
  if (c == 'b') {
    error(begin, at_, "`\\b` in a class", "backspace is written `\\x08`");
  } else {
    unknown_escape(begin);
    at_ = begin + 1 + std::max<std::size_t>(utf8_character(source_, begin + 1), 1);
  }
  return std::nullopt;
}

/// Adds the other case of the ASCII letters between `low` and `high`.
void PatternScanner::class_fold(char32_t low, char32_t high, std::size_t origin) {
  if (!fold_) return;
  for (const char first : {'a', 'A'}) {
    const char32_t from = std::max<char32_t>(low, static_cast<unsigned char>(first));
    const char32_t to = std::min<char32_t>(high, static_cast<char32_t>(static_cast<unsigned char>(first) + 25U));
    if (from > to) continue;
    const char range[] = {static_cast<char>(other_case(from)), '-', static_cast<char>(other_case(to))};
    emit({range, from == to ? 1U : 3U}, origin);
  }
}

bool PatternScanner::class_item() {
  const std::size_t begin = at_;
  if (class_posix() || class_set_escape()) return true;
  const std::optional<char32_t> low = class_unit();
  std::optional<char32_t> high = low;
  const bool range = starts("-") && at(at_ + 1, 1) != "]" && at_ + 1 < source_.size();
  if (range && low) {
    const std::size_t dash = at_++;
    if (class_set_escape()) {
      // `[a-\d]`: the `-` is itself, as RE2 has it. The set is written already; the two characters follow it.
      emit("\\x{2D}", dash);
    } else {
      high = class_unit();
    }
  }
  if (!low || !high) return at_ < source_.size();
  if (*low > *high) {
    error(begin, at_, fmt::format("the range `{}` runs backwards", at(begin, at_ - begin)),
          "write the smaller character first; a `-` itself stands first or last");
    return true;
  }
  emit_character(*low, begin, true);
  if (*low != *high) {
    emit("-", begin);
    emit_character(*high, begin, true);
  }
  class_fold(*low, *high, begin);
  return true;
}

}  // namespace sprx::pattern
