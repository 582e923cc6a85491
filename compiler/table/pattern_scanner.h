// PatternScanner: reads pattern text byte by byte and writes what RE2 is to see; shared by the files that know its
// topics.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/digits.h"
#include "compiler/table/pattern_scan.h"

namespace sprx::pattern {

/// Of one pattern at most so many mistakes are told.
inline constexpr std::size_t kMaxPatternErrors = 16;
inline constexpr char kLinear[] = "patterns take linear time on any input, so they never look around or back";

inline bool is_letter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_word(char c) { return is_letter(static_cast<unsigned char>(c)) || is_digit(c) || c == '_'; }
inline char32_t other_case(char32_t c) { return c ^ 0x20U; }

inline int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// An open group.
struct PatternFrame {
  std::size_t begin = 0;  ///< its `(`
  bool fold = false;      ///< folding outside it
  unsigned repeats = 1;   ///< greatest nested repetition in what surrounds it, so far
};

/// The state of reading one pattern. Its topics: pattern_scan.cc (the walk, repetition), pattern_escapes.cc,
/// pattern_groups.cc, pattern_classes.cc.
class PatternScanner {
 public:
  PatternScanner(std::string_view source, bool nocase);
  ScannedPattern scan();

 private:
  [[nodiscard]] std::string_view at(std::size_t from, std::size_t count) const {
    return from < source_.size() ? source_.substr(from, count) : std::string_view{};
  }
  [[nodiscard]] bool starts(std::string_view text) const { return at(at_, text.size()) == text; }
  void error(std::size_t begin, std::size_t end, std::string message, std::string help = {}) {
    if (out_.errors.size() >= kMaxPatternErrors) return;
    out_.errors.push_back({begin, std::min(end, source_.size()), std::move(message), std::move(help)});
  }
  void emit(std::string_view text, std::size_t origin) {
    out_.text += text;
    out_.origins.resize(out_.text.size(), origin);
  }
  void atom() {
    can_repeat_ = true;
    repeated_ = false;
    atom_repeats_ = 1;
  }

  void step();
  void plain_character();
  void emit_character(char32_t code, std::size_t origin, bool in_class);
  std::optional<char32_t> hex_escape();
  char32_t octal_escape();

  void escape();
  void quoted();
  bool back_reference();
  void unknown_escape(std::size_t begin);

  void open_group();
  void special_group();
  bool refused_group();
  void named_group(std::size_t name_begin);
  void flags();
  void push(std::string_view text, std::size_t begin);
  void close_group();
  std::size_t group_end() const;

  void quantifier(std::size_t length, unsigned least, std::optional<unsigned> most);
  bool counted();

  void char_class();
  bool class_item();
  bool class_posix();
  bool class_set_escape();
  std::optional<char32_t> class_unit();
  void class_fold(char32_t low, char32_t high, std::size_t origin);

  std::string_view source_;
  std::size_t at_ = 0;
  bool fold_;
  bool can_repeat_ = false;
  bool repeated_ = false;
  unsigned atom_repeats_ = 1;  ///< nested repetition of the last atom
  unsigned most_repeats_ = 1;  ///< greatest in this group so far
  int groups_ = 0;
  std::vector<PatternFrame> frames_;
  ScannedPattern out_;
};

}  // namespace sprx::pattern
