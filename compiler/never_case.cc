// Patterns that want a letter of one case of a text that has only the other.
#include <algorithm>
#include <cctype>
#include <re2/re2.h>

#include "compiler/never_parts.h"
#include "compiler/table/canonical.h"

namespace sprx {
namespace {

/// Reads a pattern once and says whether each text that it matches holds a letter of one case. What it does not know
/// well, such as `\Q…\E`, `\p{…}` and flags, is taken for no.
class WantedCase {
 public:
  WantedCase(std::string_view source, bool capitals) : source_(source), capitals_(capitals) {}
  bool read() {
    const bool wanted = alternation();
    return wanted && known_ && at_ == source_.size();
  }

 private:
  [[nodiscard]] bool more() const { return at_ < source_.size(); }
  [[nodiscard]] bool is_wanted(char c) const { return capitals_ ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z'; }

  bool alternation() {
    bool all = sequence();
    while (more() && source_[at_] == '|') {
      ++at_;
      all = sequence() && all;
    }
    return all;
  }

  bool sequence() {
    bool any = false;
    while (more() && source_[at_] != '|' && source_[at_] != ')') {
      const bool wanted = atom();
      any = (!optional() && wanted) || any;
    }
    return any;
  }

  bool atom() {
    const char c = source_[at_++];
    if (c == '(') return group();
    if (c == '[') return char_class();
    if (c != '\\' || !more()) return is_wanted(c);
    const char escaped = source_[at_++];
    known_ = known_ && std::string_view("QEpPxC0123456789").find(escaped) == std::string_view::npos;
    return false;
  }

  bool group() {
    if (source_.substr(at_).starts_with("?:")) {
      at_ += 2;
    } else if (source_.substr(at_).starts_with("?P<")) {
      at_ = std::min(source_.find('>', at_), source_.size() - 1) + 1;
    } else if (source_.substr(at_).starts_with("?")) {
      known_ = false;
    }
    const bool wanted = alternation();
    at_ += more() ? 1 : 0;  // `)`
    return wanted;
  }

  /// Only of members that all are wanted.
  bool char_class() {
    const std::size_t begin = at_;
    if (more() && source_[at_] == '^') ++at_;
    if (more() && source_[at_] == ']') ++at_;
    while (more() && source_[at_] != ']') {
      if (source_.substr(at_).starts_with("[:")) known_ = false;
      at_ += source_[at_] == '\\' ? 2 : 1;
    }
    at_ = std::min(at_, source_.size());
    const std::string_view members = source_.substr(begin, at_ - begin);
    at_ += more() ? 1 : 0;
    return !members.empty() && members[0] != '-' && members.back() != '-' &&
           std::all_of(members.begin(), members.end(), [&](char c) { return is_wanted(c) || c == '-'; });
  }

  /// Steps over what says how often; true where that may be never.
  bool optional() {
    if (!more()) return false;
    const char c = source_[at_];
    bool never = c == '?' || c == '*';
    if (c == '{' && at_ + 1 < source_.size() && std::isdigit(static_cast<unsigned char>(source_[at_ + 1])) != 0) {
      never = source_[at_ + 1] == '0';
      at_ = std::min(source_.find('}', at_), source_.size() - 1) + 1;
    } else if (never || c == '+') {
      ++at_;
    } else {
      return false;
    }
    if (more() && source_[at_] == '?') ++at_;
    return never;
  }

  std::string_view source_;
  bool capitals_;
  std::size_t at_ = 0;
  bool known_ = true;
};

}  // namespace

bool is_lower_case(Field field) {
  return field == Field::host || field == Field::scheme || field == Field::path_extension ||
         field == Field::response_media_type || field == Field::response_source;
}

std::optional<Never> case_never(const std::string& what, bool lower, const Pattern& pattern) {
  if (pattern.nocase) return std::nullopt;
  if (!WantedCase(pattern.source, lower).read()) return std::nullopt;
  Never out =
      unlike(what + (lower ? " lower" : " upper") + " case, and this wants a " + (lower ? "capital" : "small letter"));
  out.help = "write `nocase matches`";
  constexpr std::size_t kShownPattern = 60;
  const std::string form = lower ? folded(pattern.source) : raised(pattern.source);
  if (pattern.source.size() <= kShownPattern && pattern.source.find_first_of("\\(\"") == std::string::npos)
    out.help += ", or `r\"" + form + "\"`";
  return out;
}

}  // namespace sprx
