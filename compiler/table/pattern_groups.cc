#include <fmt/format.h>

#include "compiler/table/pattern_scanner.h"

namespace sprx::pattern {

void PatternScanner::push(std::string_view text, std::size_t begin) {
  frames_.push_back({begin, fold_, most_repeats_});
  most_repeats_ = 1;
  emit(text, begin);
  can_repeat_ = repeated_ = false;
}

void PatternScanner::open_group() {
  if (at(at_ + 1, 1) == "?") return special_group();
  ++groups_;
  push("(", at_);
  ++at_;
}

void PatternScanner::close_group() {
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

std::size_t PatternScanner::group_end() const {
  const std::size_t close = source_.find(')', at_);
  return close == std::string_view::npos ? source_.size() : close + 1;
}

/// What other dialects begin with `(?`: reads and refuses one; false if none is here.
bool PatternScanner::refused_group() {
  struct Refused {
    std::string_view opening;
    std::string_view what;
    std::string_view help;
    bool has_body;  ///< what follows is a pattern, so reading goes on inside
  };
  static constexpr std::string_view kAhead =
      "patterns take linear time on any input; ask in a second condition: `and not … matches r\"…\"`";
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
    error(begin, end, fmt::format("{} `{}` is not supported", refused.what, refused.opening),
          std::string(refused.help));
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

void PatternScanner::special_group() {
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

void PatternScanner::named_group(std::size_t name_begin) {
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
    error(name_begin, end, fmt::format("two groups are named `{}`", name),
          "a group without a name is `(…)` or `(?:…)`");
    push("(", begin);
  } else {
    out_.names.emplace_back(name);
    out_.groups.push_back(groups_);
    push(fmt::format("(?P<{}>", name), begin);
  }
  at_ = end + 1;
}

/// `(?i)`, `(?i-s:…)`: folding is done here, the others are left to RE2.
void PatternScanner::flags() {
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

}  // namespace sprx::pattern
