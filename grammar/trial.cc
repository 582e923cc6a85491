#include "grammar/trial.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "grammar/parted.h"
#include "grammar/scan.h"

namespace sprx {
namespace {

using scan::Offset;

struct Line {
  Offset begin = 0;
  Offset end = 0;
};

/// The lines of a text, found once.
class Lines {
 public:
  explicit Lines(std::string_view text) : size_(static_cast<Offset>(text.size())) {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
      ends_.push_back(static_cast<Offset>(at));
    }
  }
  [[nodiscard]] Line at(Offset place) const {
    const auto end = std::lower_bound(ends_.begin(), ends_.end(), place);
    return {end == ends_.begin() ? 0 : *(end - 1) + 1, end == ends_.end() ? size_ : *end};
  }

 private:
  Offset size_;
  std::vector<Offset> ends_;
};

/// The places of the quotes of a line, but for those behind a `\`.
std::vector<Offset> quotes_of(std::string_view text, Line line) {
  std::vector<Offset> out;
  for (Offset at = line.begin; at < line.end; ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      out.push_back(at);
    } else if (text[at] == '#' && out.size() % 2 == 0) {
      break;
    }
  }
  return out;
}

bool is_odd(std::string_view text, Line line) {
  const bool raw = text.substr(line.begin, line.end - line.begin).find("\"\"\"") != std::string_view::npos;
  return !raw && quotes_of(text, line).size() % 2 == 1;
}

struct QuotePlace {
  Offset at = 0;
  bool opening = false;
};

/// Where a quote may be missing: an opening one before a word, a closing one after it.
std::vector<QuotePlace> places_in(std::string_view text, Line line) {
  const std::vector<Offset> quotes = quotes_of(text, line);
  std::vector<QuotePlace> out;
  for (Offset at = line.begin + 1; at <= line.end; ++at) {
    const auto before = static_cast<std::size_t>(std::lower_bound(quotes.begin(), quotes.end(), at) - quotes.begin());
    const char left = text[at - 1];
    const char right = at < line.end ? text[at] : '\n';
    const bool opening = before % 2 == 0;
    const bool edge =
        opening ? (scan::is_blank(left) || left == '[' || left == '(' || left == ',') && !scan::is_blank(right) &&
                      std::string_view("[](){},;=\"").find(right) == std::string_view::npos
                : !scan::is_blank(left) && left != '"' && left != '\\' &&
                      (scan::is_blank(right) || std::string_view("]),};").find(right) != std::string_view::npos);
    if (edge) out.push_back({at, opening});
  }
  return out;
}

void shift(Span& span, Offset at) {
  if (span.begin > at) --span.begin;
  if (span.end > at) --span.end;
}

/// A mistake of the text with one byte more at `at`, in the places of the text without it.
void shift(SyntaxError& error, Offset at) {
  shift(error.primary, at);
  for (SyntaxError::Label& label : error.labels) shift(label.span, at);
  for (SyntaxError::Fix& fix : error.fixes) shift(fix.span, at);
}

/// Mistakes about braces: a quote in the wrong place hides one from its partner.
std::ptrdiff_t braces(const std::vector<SyntaxError>& errors) {
  return std::count_if(errors.begin(), errors.end(), [](const SyntaxError& e) {
    return e.kind == SyntaxErrorKind::unclosed_brace || e.kind == SyntaxErrorKind::stray_brace;
  });
}

bool on_line(const SyntaxError& error, Line line) {
  return error.primary.begin >= line.begin && error.primary.begin <= line.end;
}

SyntaxError missing_quote(FileId file, std::string_view text, QuotePlace place, bool only, const SyntaxError& first) {
  Offset word = place.at;
  while (!place.opening && word > 0 && text[word - 1] != '"') --word;
  Offset end = place.at;
  while (place.opening && end < text.size() && text[end] != '"') ++end;
  const Span span = place.opening ? Span{file, place.at, end + 1} : Span{file, word - 1, place.at};
  SyntaxError out{
      place.opening ? SyntaxErrorKind::bare_text : SyntaxErrorKind::unterminated_string, span, {}, {}, {}, {}};
  out.message = place.opening ? "a quote closes this text and none opens it" : "this string is not closed";
  const std::string source(text.substr(span.begin, span.end - span.begin));
  const std::string whole = place.opening ? "\"" + source : source + "\"";
  constexpr std::size_t kShown = 60;
  out.help = whole.size() <= kShown ? "write " + scan::ticked(whole) : "strings stand in double quotes: `\"text\"`";
  out.labels = first.labels;
  out.labels.erase(std::remove_if(out.labels.begin(), out.labels.end(),
                                  [](const SyntaxError::Label& label) { return !label.text.starts_with("in this"); }),
                   out.labels.end());
  out.fixes.push_back({{file, place.at, place.at}, "\"", only});
  return out;
}

/// A place where a quote makes the line right, and what is left of the mistakes then.
struct Fit {
  QuotePlace place;
  std::vector<SyntaxError> left;
  std::string_view quoted;  ///< the text that it makes a string of
  bool code = false;        ///< which reads like code
};

bool reads_like_code(std::string_view text) {
  if (text.find_first_of("={};") != std::string_view::npos) return true;
  for (Offset at = 0; at < text.size(); at = scan::skip_token(text, at)) {
    const std::string_view name = scan::name_at(text, at);
    if (!name.empty() && scan::is_reserved(name)) return true;
  }
  return false;
}

/// Whether nobody takes it for anything but the text of a string.
bool is_text(std::string_view quoted) {
  return !reads_like_code(quoted) && quoted.find_first_of("[]()<>!|&") == std::string_view::npos &&
         std::any_of(quoted.begin(), quoted.end(), scan::is_name_char);
}

/// `when raw_query";`, `deny";`: no string begins there.
bool begins_no_string(std::string_view text, QuotePlace place) {
  Offset end = place.at;
  while (!place.opening && end > 0 && text[end - 1] != '"') --end;
  if (!place.opening && end > 0) --end;
  end = scan::before_blanks(text, end);
  if (end == 0 || std::string_view("\n;{}").find(text[end - 1]) != std::string_view::npos) return true;
  Offset begin = end;
  while (begin > 0 && scan::is_name_char(text[begin - 1])) --begin;
  const std::string_view word = text.substr(begin, end - begin);
  return word == "when" || word == "and" || word == "or" || word == "not" || word == "set" || word == "add" ||
         word == "expect";
}

/// The fewest mistakes, then text that is no code, then as much of it as there is before the quote that closes it, or
/// as little as there is after the one that opens it.
bool better(const Fit& a, const Fit& b) {
  if (a.left.size() != b.left.size()) return a.left.size() < b.left.size();
  if (a.code != b.code) return b.code;
  return a.place.opening && !a.code ? a.quoted.size() > b.quoted.size() : a.quoted.size() < b.quoted.size();
}

std::string_view quoted_by(std::string_view text, QuotePlace place) {
  Offset begin = place.at;
  Offset end = place.at;
  while (!place.opening && begin > 0 && text[begin - 1] != '"') --begin;
  while (place.opening && end < text.size() && text[end] != '"') ++end;
  return text.substr(begin, end - begin);
}

/// Whether the mistake says already what it is about, and better.
bool says_so(const SyntaxError& error) {
  return error.kind == SyntaxErrorKind::unterminated_regex || error.kind == SyntaxErrorKind::bad_interpolation ||
         error.kind == SyntaxErrorKind::look_alike;
}

/// A text with its certain fixes in.
struct Trial {
  std::string text;
  std::vector<Offset> begins;   ///< where each fix begins in `text`
  std::vector<Offset> ends;     ///< and where it ends
  std::vector<Offset> origins;  ///< where each began before
  std::vector<bool> signs;      ///< whether it put in a sign: no text, no word
};

Trial with_certain_fixes(std::string_view text, const std::vector<SyntaxError>& errors) {
  std::vector<SyntaxError::Fix> all;
  for (const SyntaxError& error : errors) {
    std::copy_if(error.fixes.begin(), error.fixes.end(), std::back_inserter(all),
                 [](const SyntaxError::Fix& fix) { return fix.certain; });
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const SyntaxError::Fix& a, const SyntaxError::Fix& b) { return a.span.begin < b.span.begin; });
  Trial out;
  Offset at = 0;
  for (const SyntaxError::Fix& fix : all) {
    if (fix.span.begin < at || fix.span.end > text.size()) continue;
    out.text.append(text.substr(at, fix.span.begin - at));
    out.begins.push_back(static_cast<Offset>(out.text.size()));
    out.text.append(fix.replacement);
    out.ends.push_back(static_cast<Offset>(out.text.size()));
    out.origins.push_back(fix.span.begin);
    out.signs.push_back(is_sign(fix.replacement));
    at = fix.span.end;
  }
  out.text.append(text.substr(at));
  return out;
}

/// Whether a certain fix of a mistake in the text of a trial takes a sign away that was put in there.
bool takes_away(const SyntaxError::Fix& fix, const Trial& trial) {
  if (!fix.certain || fix.span.begin == fix.span.end) return false;
  const auto put_in = std::upper_bound(trial.ends.begin(), trial.ends.end(), fix.span.begin);
  return put_in != trial.ends.end() && *put_in <= fix.span.end &&
         trial.signs[static_cast<std::size_t>(put_in - trial.ends.begin())];
}

/// Whether it is about text that was put in, and what a fix was against: the fix leads to its like for ever.
bool is_again(const SyntaxError& error, const Trial& trial, const std::vector<SyntaxError>& before) {
  const auto put_in = std::upper_bound(trial.ends.begin(), trial.ends.end(), error.primary.begin);
  if (put_in == trial.ends.end()) return false;
  const auto at = static_cast<std::size_t>(put_in - trial.ends.begin());
  const bool about = trial.begins[at] + 1 < trial.ends[at] && trial.begins[at] < error.primary.end;
  return about && std::any_of(before.begin(), before.end(), [&](const SyntaxError& one) {
           return one.kind == error.kind && one.message == error.message;
         });
}

/// Whether it can be put right in turn, and that does not undo what was put in.
bool goes_on_from(const SyntaxError& error, const Trial& trial) {
  return std::any_of(error.fixes.begin(), error.fixes.end(), [](const auto& fix) { return fix.certain; }) &&
         std::none_of(error.fixes.begin(), error.fixes.end(), [&](const auto& fix) { return takes_away(fix, trial); });
}

/// What was said of each line: its beginning, and a message.
using SaidOfLines = std::set<std::pair<Offset, std::string_view>>;

SaidOfLines said_of_lines(const Lines& lines, const std::vector<SyntaxError>& errors) {
  SaidOfLines out;
  for (const SyntaxError& error : errors) out.emplace(lines.at(error.primary.begin).begin, error.message);
  return out;
}

/// Makes the fixes of a mistake uncertain, all or none, where one begins at one of `doubted`, which are sorted.
void doubt(SyntaxError& error, const std::vector<Offset>& doubted) {
  const bool any = std::any_of(error.fixes.begin(), error.fixes.end(), [&](const SyntaxError::Fix& fix) {
    return fix.certain && std::binary_search(doubted.begin(), doubted.end(), fix.span.begin);
  });
  if (!any) return;
  for (SyntaxError::Fix& fix : error.fixes) fix.certain = false;
}

}  // namespace

void find_missing_quotes(FileId file, std::string_view text, const ParseLimits& limits, ParseOnce parse_once,
                         ParseResult& result) {
  const Lines lines(text);
  std::size_t budget = limits.trial_bytes;
  std::string mended(text);      // with the quotes that were found, so that none hides what follows it
  std::vector<Offset> inserted;  // where in `mended`, ascending
  for (std::size_t i = 0; i < result.errors.size(); ++i) {
    const SyntaxError first = result.errors[i];
    const Line line = lines.at(first.primary.begin);
    if (i > 0 && on_line(result.errors[i - 1], line)) continue;
    if (line.end - line.begin > limits.trial_line || !is_odd(text, line)) continue;
    for (std::size_t other = i; other < result.errors.size() && on_line(result.errors[other], line); ++other) {
      for (SyntaxError::Fix& fix : result.errors[other].fixes) fix.certain = false;
    }
    if (says_so(first)) continue;
    std::vector<Fit> fitting;
    for (const QuotePlace place : places_in(text, line)) {
      if (budget < text.size() + 1) break;
      budget -= text.size() + 1;
      const Offset at = place.at + static_cast<Offset>(inserted.size());
      std::string tried(mended);
      tried.insert(at, 1, '"');
      std::vector<SyntaxError> left = parse_once(file, tried, limits).errors;
      for (SyntaxError& error : left) {
        shift(error, at);
        for (auto known = inserted.rbegin(); known != inserted.rend(); ++known) shift(error, *known);
      }
      const bool fits = std::none_of(left.begin(), left.end(), [&](const SyntaxError& e) { return on_line(e, line); });
      if (!fits || braces(left) > braces(result.errors)) continue;
      const std::string_view quoted = quoted_by(text, place);
      fitting.push_back({place, std::move(left), quoted, reads_like_code(quoted)});
    }
    if (fitting.empty()) continue;
    const auto best = std::min_element(fitting.begin(), fitting.end(), better);
    const std::vector<SyntaxError>& others = best->left;
    // What was found before this line stands, what follows it is as it is with the quote in place.
    std::vector<SyntaxError> all(result.errors.begin(), result.errors.begin() + static_cast<std::ptrdiff_t>(i));
    const bool only = fitting.size() == 1 && is_text(best->quoted) && !begins_no_string(text, best->place);
    all.push_back(missing_quote(file, text, best->place, only, first));
    std::copy_if(others.begin(), others.end(), std::back_inserter(all),
                 [&](const SyntaxError& e) { return e.primary.begin > line.end; });
    result.errors = std::move(all);
    const Offset at = best->place.at + static_cast<Offset>(inserted.size());
    mended.insert(at, 1, '"');
    inserted.push_back(at);
  }
}

void doubt_fixes(FileId file, std::string_view text, const ParseLimits& limits, ParseOnce parse_once,
                 ParseResult& result) {
  const Trial trial = with_certain_fixes(text, result.errors);
  if (trial.ends.empty()) return;
  const Lines before(text);
  const Lines after(trial.text);
  const SaidOfLines known = said_of_lines(before, result.errors);
  std::optional<PartEnds> parts;
  std::vector<Offset> doubted;  // beginnings of fixes in `text`
  std::set<Offset> seen;        // the first of each part
  for (const SyntaxError& error : parse_once(file, trial.text, limits).errors) {
    if (goes_on_from(error, trial) && !is_again(error, trial, result.errors)) continue;
    // Fixes in this mistake's part of its line; it may have been one of that line before.
    const Line now = after.at(error.primary.begin);
    auto place = std::lower_bound(trial.ends.begin(), trial.ends.end(), now.begin);
    if (place == trial.ends.end() || *place > now.end) continue;
    if (!parts) parts.emplace(trial.text);
    const Offset part = parts->part_begin(error.primary.begin);
    if (part > now.begin) place = std::upper_bound(place, trial.ends.end(), part);
    const Offset end = std::min(now.end, parts->part_end(error.primary.begin));
    if (place == trial.ends.end() || *place > end) continue;
    const auto origin = [&](auto at) { return trial.origins[static_cast<std::size_t>(at - trial.ends.begin())]; };
    if (known.contains({before.at(origin(place)).begin, error.message})) continue;
    if (!seen.insert(origin(place)).second) continue;  // another mistake of that part doubted them
    for (; place != trial.ends.end() && *place <= end; ++place) doubted.push_back(origin(place));
  }
  if (doubted.empty()) return;
  std::sort(doubted.begin(), doubted.end());
  for (SyntaxError& error : result.errors) doubt(error, doubted);
}

}  // namespace sprx
