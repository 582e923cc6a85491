#include "compiler/table/pattern_scan.h"

#include <fmt/format.h>

#include "compiler/table/pattern_scanner.h"
#include "compiler/table/utf8.h"

namespace sprx::pattern {
namespace {

/// Patterns run on bytes unless their own text speaks of characters past one byte.
bool wants_utf8(std::string_view source) {
  if (!is_ascii(source)) return is_utf8(source);
  for (std::size_t at = 0; at + 1 < source.size(); ++at) {
    if (source[at] != '\\') continue;
    ++at;
    if (source[at] == 'p' || source[at] == 'P') return true;
    if (source[at] != 'x' || source.substr(at + 1, 1) != "{") continue;
    unsigned value = 0;
    for (std::size_t i = at + 2; i < source.size() && hex_digit(source[i]) >= 0; ++i) {
      value = std::min(value * 16 + static_cast<unsigned>(hex_digit(source[i])), 0x110000U);
    }
    if (value > 0xFF) return true;
  }
  return false;
}

}  // namespace

PatternScanner::PatternScanner(std::string_view source, bool nocase) : source_(source), fold_(nocase) {
  out_.utf8 = wants_utf8(source);
}

ScannedPattern PatternScanner::scan() {
  if (source_.size() > kMaxPatternBytes) {
    error(0, source_.size(), fmt::format("a pattern longer than {} bytes", kMaxPatternBytes));
    return std::move(out_);
  }
  if (source_.empty()) error(0, 0, "an empty pattern", "it would match everything");
  while (at_ < source_.size()) step();
  for (const PatternFrame& frame : frames_) {
    error(frame.begin, frame.begin + 1, "unclosed `(` in a pattern", "a literal `(` is written `\\(`");
  }
  return std::move(out_);
}

void PatternScanner::step() {
  switch (source_[at_]) {
    case '\\':
      escape();
      break;
    case '[':
      char_class();
      break;
    case '(':
      open_group();
      break;
    case ')':
      close_group();
      break;
    case '|':
      emit("|", at_++);
      can_repeat_ = repeated_ = false;
      break;
    case '*':
      quantifier(1, 0, std::nullopt);
      break;
    case '+':
      quantifier(1, 1, std::nullopt);
      break;
    case '?':
      quantifier(1, 0, 1);
      break;
    case '{':
      if (counted()) break;
      emit("\\{", at_++);
      atom();
      break;
    case '^':
    case '$':
    case '.':
      emit(at(at_, 1), at_);
      ++at_;
      atom();
      break;
    default:
      plain_character();
      break;
  }
}

void PatternScanner::plain_character() {
  const std::size_t begin = at_;
  char32_t code = static_cast<unsigned char>(source_[at_]);
  at_ += out_.utf8 ? std::max<std::size_t>(utf8_character(source_, at_, &code), 1) : 1;
  emit_character(code, begin, false);
  atom();
}

/// Writes one character that stands for itself; in a class the caller adds its other case.
void PatternScanner::emit_character(char32_t code, std::size_t origin, bool in_class) {
  if (!in_class && fold_ && is_letter(code)) {
    const char both[] = {'[', static_cast<char>(code), static_cast<char>(other_case(code)), ']'};
    emit({both, 4}, origin);
  } else if (code < 0x80 && (is_word(static_cast<char>(code)) || code == ' ')) {
    const char c = static_cast<char>(code);
    emit({&c, 1}, origin);
  } else {
    emit(fmt::format("\\x{{{:X}}}", static_cast<unsigned>(code)), origin);
  }
}

/// `{n}`, `{n,}`, `{n,m}`; false if the brace is an ordinary character, as RE2 has it.
bool PatternScanner::counted() {
  std::size_t i = at_ + 1;
  const auto number = [&]() -> std::optional<unsigned> {
    if (i >= source_.size() || !is_digit(source_[i])) return std::nullopt;
    unsigned value = 0;
    while (i < source_.size() && is_digit(source_[i])) {
      value = std::min(value * 10 + static_cast<unsigned>(source_[i++] - '0'), 1'000'000U);
    }
    return value;
  };
  const std::optional<unsigned> least = number();
  if (!least) return false;
  std::optional<unsigned> most = least;
  if (i < source_.size() && source_[i] == ',') {
    ++i;
    most = number();
  }
  if (i >= source_.size() || source_[i] != '}') return false;
  quantifier(i + 1 - at_, *least, most);
  return true;
}

void PatternScanner::quantifier(std::size_t length, unsigned least, std::optional<unsigned> most) {
  const std::size_t begin = at_;
  const std::string_view text = at(begin, length);
  const bool braces = text[0] == '{';
  at_ += length;
  const bool lazy = starts("?");
  const bool possessive = starts("+");
  if (lazy || possessive) ++at_;
  const unsigned times = braces ? std::max(least, most.value_or(0)) : 1;
  if (!can_repeat_) {
    error(begin, begin + length, fmt::format("nothing for `{}` to repeat", text),
          text == "*" && begin == 0
              ? "any run is `.*`, and none is needed at the beginning; a literal `*` is written `\\*`"
              : fmt::format("a literal `{0}` is written `\\{0}`", text[0]));
  } else if (repeated_) {
    error(begin, begin + length, fmt::format("`{}` directly after another repetition", text),
          "write a group: `(?:a*)*`");
  } else if (possessive) {
    error(begin, at_, fmt::format("possessive repetition `{}+` is not supported", text),
          "matching never backtracks, so it is not needed: leave the `+` out");
  } else if (most && least > *most) {
    error(begin, begin + length, fmt::format("`{}` ends before it begins", text));
  } else if (times > kMaxRepetition) {
    error(begin, begin + length, fmt::format("`{}` repeats more than {} times", text, kMaxRepetition),
          "`+` and `*` have no bound");
  } else if (atom_repeats_ * std::max(times, 1U) > kMaxRepetition) {
    error(begin, begin + length, fmt::format("nested repetitions multiply to more than {}", kMaxRepetition),
          fmt::format("inside it something is already repeated {} times", atom_repeats_));
  } else {
    atom_repeats_ *= std::max(times, 1U);
    most_repeats_ = std::max(most_repeats_, atom_repeats_);
    emit(text, begin);
    if (lazy) emit("?", at_ - 1);
  }
  repeated_ = true;
}

}  // namespace sprx::pattern

namespace sprx {

ScannedPattern scan_pattern(std::string_view source, bool nocase) {
  return pattern::PatternScanner(source, nocase).scan();
}

}  // namespace sprx
