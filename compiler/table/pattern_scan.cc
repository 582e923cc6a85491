#include "compiler/table/pattern_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/table/utf8.h"

namespace sprx {
namespace {

/// Of one pattern at most so many mistakes are told.
constexpr std::size_t kMaxErrors = 16;
constexpr char kLinear[] = "patterns take linear time on any input, so they never look around or back";

bool is_letter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_letter(static_cast<unsigned char>(c)) || is_digit(c) || c == '_'; }
char32_t other_case(char32_t c) { return c ^ 0x20U; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

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

constexpr std::string_view kPosixClasses[] = {"alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph",
                                              "lower", "print", "punct", "space", "upper", "word",  "xdigit"};

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

/// An open group.
struct Frame {
  std::size_t begin = 0;   ///< its `(`
  bool fold = false;       ///< folding outside it
  unsigned repeats = 1;    ///< greatest nested repetition in what surrounds it, so far
};

class Scanner {
 public:
  Scanner(std::string_view source, bool nocase) : source_(source), fold_(nocase) { out_.utf8 = wants_utf8(source); }
  ScannedPattern scan();

 private:
  [[nodiscard]] std::string_view at(std::size_t from, std::size_t count) const {
    return from < source_.size() ? source_.substr(from, count) : std::string_view{};
  }
  [[nodiscard]] bool starts(std::string_view text) const { return at(at_, text.size()) == text; }
  void error(std::size_t begin, std::size_t end, std::string message, std::string help = {}) {
    if (out_.errors.size() >= kMaxErrors) return;
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
  std::vector<Frame> frames_;
  ScannedPattern out_;
};

ScannedPattern Scanner::scan() {
  if (source_.size() > kMaxPatternBytes) {
    error(0, source_.size(), fmt::format("a pattern longer than {} bytes", kMaxPatternBytes));
    return std::move(out_);
  }
  if (source_.empty()) error(0, 0, "an empty pattern", "it would match everything");
  while (at_ < source_.size()) step();
  for (const Frame& frame : frames_) {
    error(frame.begin, frame.begin + 1, "unclosed `(` in a pattern", "a literal `(` is written `\\(`");
  }
  return std::move(out_);
}

void Scanner::step() {
  switch (source_[at_]) {
    case '\\': escape(); break;
    case '[': char_class(); break;
    case '(': open_group(); break;
    case ')': close_group(); break;
    case '|':
      emit("|", at_++);
      can_repeat_ = repeated_ = false;
      break;
    case '*': quantifier(1, 0, std::nullopt); break;
    case '+': quantifier(1, 1, std::nullopt); break;
    case '?': quantifier(1, 0, 1); break;
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
    default: plain_character(); break;
  }
}

void Scanner::plain_character() {
  const std::size_t begin = at_;
  char32_t code = static_cast<unsigned char>(source_[at_]);
  at_ += out_.utf8 ? std::max<std::size_t>(utf8_character(source_, at_, &code), 1) : 1;
  emit_character(code, begin, false);
  atom();
}

/// Writes one character that stands for itself; in a class the caller adds its other case.
void Scanner::emit_character(char32_t code, std::size_t origin, bool in_class) {
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

/// After `\x`: two digits, or any number in braces.
std::optional<char32_t> Scanner::hex_escape() {
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
    error(begin, at_, value > 0x10FFFF ? "a code point past U+10FFFF in a pattern" : "`\\x` without its digits in a pattern",
          "write `\\x41` or `\\x{263A}`");
    return std::nullopt;
  }
  if (braces) ++at_;
  return value;
}

/// At the first of up to three octal digits.
char32_t Scanner::octal_escape() {
  char32_t value = 0;
  for (int i = 0; i < 3 && at_ < source_.size() && source_[at_] >= '0' && source_[at_] <= '7'; ++i) {
    value = value * 8 + static_cast<char32_t>(source_[at_++] - '0');
  }
  return value & 0xFFU;
}

void Scanner::unknown_escape(std::size_t begin) {
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
bool Scanner::back_reference() {
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
void Scanner::quoted() {
  at_ += 2;
  while (at_ < source_.size() && !starts("\\E")) plain_character();
  at_ = std::min(at_ + 2, source_.size());
}

void Scanner::escape() {
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

// ---- groups

void Scanner::push(std::string_view text, std::size_t begin) {
  frames_.push_back({begin, fold_, most_repeats_});
  most_repeats_ = 1;
  emit(text, begin);
  can_repeat_ = repeated_ = false;
}

void Scanner::open_group() {
  if (at(at_ + 1, 1) == "?") return special_group();
  ++groups_;
  push("(", at_);
  ++at_;
}

void Scanner::close_group() {
  if (frames_.empty()) {
    error(at_, at_ + 1, "`)` that closes nothing in a pattern", "a literal `)` is written `\\)`");
    ++at_;
    return;
  }
  const unsigned inside = most_repeats_;
  fold_ = frames_.back().fold;
  most_repeats_ = std::max(frames_.back().repeats, inside);
  frames_.pop_back();
  emit(")", at_++);
  atom();
  atom_repeats_ = inside;
}

std::size_t Scanner::group_end() const {
  const std::size_t close = source_.find(')', at_);
  return close == std::string_view::npos ? source_.size() : close + 1;
}

/// What other dialects begin with `(?`: reads and refuses one; false if none is here.
bool Scanner::refused_group() {
  struct Refused {
    std::string_view opening;
    std::string_view what;
    std::string_view help;
    bool has_body;  ///< what follows is a pattern, so reading goes on inside
  };
  static constexpr std::string_view kAhead = "patterns take linear time on any input; ask in a second condition: `and not … matches r\"…\"`";
  static constexpr Refused kRefused[] = {
      {"(?=", "look-ahead", kAhead, true},
      {"(?!", "negative look-ahead", kAhead, true},
      {"(?<=", "look-behind", kAhead, true},
      {"(?<!", "negative look-behind", kAhead, true},
      {"(?>", "atomic group", "matching never backtracks, so `(?:…)` is enough", true},
      {"(?|", "branch reset", "give each alternative a group of its own", true},
      {"(?(", "conditional group", "write the cases as alternatives: `a|b`", false},
      {"(?#", "comment", "write comments outside, after `#`", false},
      {"(?P=", "back-reference", kLinear, false},
      {"(?P>", "recursion", kLinear, false},
      {"(?&", "recursion", kLinear, false},
      {"(?R", "recursion", kLinear, false},
  };
  for (const Refused& refused : kRefused) {
    if (!starts(refused.opening)) continue;
    const std::size_t begin = at_;
    const std::size_t end = refused.has_body ? at_ + refused.opening.size() : group_end();
    error(begin, end, fmt::format("{} `{}` is not supported", refused.what, refused.opening), std::string(refused.help));
    at_ = end;
    if (refused.has_body) {
      push("(?:", begin);
    } else {
      atom();
    }
    return true;
  }
  return false;
}

void Scanner::special_group() {
  if (refused_group()) return;
  const std::size_t begin = at_;
  if (starts("(?:")) {
    push("(?:", begin);
    at_ += 3;
  } else if (starts("(?<")) {
    named_group(begin + 3);
  } else if (starts("(?P<")) {
    named_group(begin + 4);
  } else if (starts("(?'")) {
    error(begin, begin + 3, "`(?'` is not supported", "a named group is written `(?<name>…)`");
    const std::size_t close = source_.find('\'', at_ + 3);
    at_ = close == std::string_view::npos ? source_.size() : close + 1;
    push("(?:", begin);
  } else if (at_ + 2 < source_.size() && (is_digit(source_[at_ + 2]) || source_[at_ + 2] == '+')) {
    at_ = group_end();
    error(begin, at_, fmt::format("recursion `{}` is not supported", at(begin, at_ - begin)), kLinear);
    atom();
  } else {
    flags();
  }
}

void Scanner::named_group(std::size_t name_begin) {
  const std::size_t begin = at_;
  std::size_t end = name_begin;
  while (end < source_.size() && is_word(source_[end])) ++end;
  const std::string_view name = at(name_begin, end - name_begin);
  ++groups_;
  if (name.empty() || is_digit(name[0]) || at(end, 1) != ">") {
    const std::size_t close = std::min(source_.find_first_of(">)", end), source_.size());
    error(name_begin, std::max(close, name_begin + 1), "malformed name of a group",
          "a name has letters, digits and `_`, and does not begin with a digit");
    at_ = at(close, 1) == ">" ? close + 1 : close;
    push("(", begin);
    return;
  }
  if (std::find(out_.names.begin(), out_.names.end(), name) != out_.names.end()) {
    error(name_begin, end, fmt::format("two groups are named `{}`", name), "a group without a name is `(…)` or `(?:…)`");
    push("(", begin);
  } else {
    out_.names.emplace_back(name);
    out_.groups.push_back(groups_);
    push(fmt::format("(?P<{}>", name), begin);
  }
  at_ = end + 1;
}

/// `(?i)`, `(?i-s:…)`: folding is done here, the others are left to RE2.
void Scanner::flags() {
  const std::size_t begin = at_;
  bool minus = false;
  bool fold = fold_;
  std::string kept[2];
  for (at_ += 2; at_ < source_.size(); ++at_) {
    const char c = source_[at_];
    if (c == '-' && !minus) {
      minus = true;
    } else if (c == 'i') {
      fold = !minus;
    } else if (c == 'm' || c == 's' || c == 'U') {
      kept[minus ? 1 : 0] += c;
    } else {
      break;
    }
  }
  const char stop = at_ < source_.size() ? source_[at_] : '\0';
  if ((stop != ')' && stop != ':') || at_ == begin + 2) {
    const std::size_t end = std::min(at_ + 1, source_.size());
    error(begin, end, fmt::format("unknown group `{}` in a pattern", at(begin, end - begin)),
          stop == 'x' ? "there is no extended syntax: write the pattern without blanks and comments"
                      : "a group is `(…)`, `(?:…)`, `(?<name>…)` or `(?i:…)`; a literal `(` is written `\\(`");
    at_ = end;
    push("(?:", begin);
    return;
  }
  std::string text = kept[0] + (kept[1].empty() ? "" : "-" + kept[1]);
  ++at_;
  if (stop == ':') {
    push("(?" + text + ":", begin);
  } else {
    // No atom: what stood before it may still be repeated, as RE2 has it.
    if (!text.empty()) emit("(?" + text + ")", begin);
  }
  fold_ = fold;
}

// ---- repetition

/// `{n}`, `{n,}`, `{n,m}`; false if the brace is an ordinary character, as RE2 has it.
bool Scanner::counted() {
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

void Scanner::quantifier(std::size_t length, unsigned least, std::optional<unsigned> most) {
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
          fmt::format("a literal `{0}` is written `\\{0}`", text[0]));
  } else if (repeated_) {
    error(begin, begin + length, fmt::format("`{}` directly after another repetition", text), "write a group: `(?:a*)*`");
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

// ---- classes

void Scanner::char_class() {
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
bool Scanner::class_posix() {
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
          "the classes are `[:alpha:]`, `[:digit:]`, `[:alnum:]`, `[:upper:]`, `[:lower:]`, `[:space:]`, `[:punct:]` and a few more");
    return true;
  }
  if (fold_ && (name == "lower" || name == "upper")) name = "alpha";
  emit(fmt::format("[:{}{}:]", negated ? "^" : "", name), begin);
  return true;
}

/// `\d`, `\pL` and the like at this place: sets that cannot be the end of a range.
bool Scanner::class_set_escape() {
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
std::optional<char32_t> Scanner::class_unit() {
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
void Scanner::class_fold(char32_t low, char32_t high, std::size_t origin) {
  if (!fold_) return;
  for (const char first : {'a', 'A'}) {
    const char32_t from = std::max<char32_t>(low, static_cast<unsigned char>(first));
    const char32_t to = std::min<char32_t>(high, static_cast<char32_t>(static_cast<unsigned char>(first) + 25U));
    if (from > to) continue;
    const char range[] = {static_cast<char>(other_case(from)), '-', static_cast<char>(other_case(to))};
    emit({range, from == to ? 1U : 3U}, origin);
  }
}

bool Scanner::class_item() {
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
    error(begin, at_, fmt::format("the range `{}` runs backwards", at(begin, at_ - begin)));
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

}  // namespace

ScannedPattern scan_pattern(std::string_view source, bool nocase) { return Scanner(source, nocase).scan(); }

}  // namespace sprx
