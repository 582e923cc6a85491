// Text that should stand in quotes, and what is no number.
#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"

namespace sprx::advice {

Foreign say(SyntaxErrorKind kind, Offset begin, Offset end, std::string message, std::string help) {
  Foreign out{begin, end, std::move(message), std::move(help), {}};
  out.kind = kind;
  return out;
}

Foreign& fixed(Foreign& out, std::string replacement, bool certain) {
  out.replacement = std::move(replacement);
  out.certain = certain;
  return out;
}

/// Text that should stand in quotes: [begin, end).
Foreign bare(std::string_view text, Offset begin, Offset end, std::string_view what, bool certain) {
  constexpr std::size_t kShown = 60;
  const std::string string = "\"" + std::string(text.substr(begin, end - begin)) + "\"";
  const bool shown = string.size() <= kShown;
  Foreign out = say(SyntaxErrorKind::bare_text, begin, end, std::string(what) + " stands in quotes",
                    shown ? "write " + scan::ticked(string) : "strings stand in double quotes: `\"text\"`");
  return fixed(out, string, certain);
}

Offset bare_end(std::string_view text, Offset at, std::string_view stops) {
  while (at < text.size() && !scan::is_blank(text[at]) && stops.find(text[at]) == std::string_view::npos) {
    ++at;
  }
  return at;
}

bool plain_url(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return scan::is_name_char(c) || std::string_view("/.:-~@=&?").find(c) != std::string_view::npos;
  });
}

/// The name that ends at `end`.
std::string_view name_before(std::string_view text, Offset end, bool dots) {
  Offset begin = end;
  while (begin > 0 && end - begin < scan::kLookBack &&
         (scan::is_name_char(text[begin - 1]) || (dots && text[begin - 1] == '.'))) {
    --begin;
  }
  return text.substr(begin, end - begin);
}

std::string_view word_before(std::string_view text, Offset at) {
  while (at > 0 && scan::is_blank(text[at - 1])) {
    --at;
  }
  return name_before(text, at, false);
}

namespace {

/// `10 / s`, `10 req/s`: a rate whose `/`, at `slash`, was read as the beginning of a pattern.
std::optional<Foreign> spaced_rate(std::string_view text, Offset slash) {
  struct Unit {
    std::string_view theirs;
    std::string_view ours;
  };
  constexpr std::array kUnits = {Unit{"s", "s"},   Unit{"sec", "s"},    Unit{"second", "s"}, Unit{"m", "m"},
                                 Unit{"min", "m"}, Unit{"minute", "m"}, Unit{"h", "h"},      Unit{"hour", "h"}};
  constexpr std::array<std::string_view, 8> kCounted = {"req", "reqs", "request", "requests",
                                                        "r",   "rq",   "hits",    "times"};
  const auto before_blanks = [&](Offset at) {
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t')) {
      --at;
    }
    return at;
  };
  Offset end = before_blanks(slash);
  const std::string_view counted = name_before(text, end, false);
  if (std::find(kCounted.begin(), kCounted.end(), counted) != kCounted.end()) {
    end = before_blanks(end - static_cast<Offset>(counted.size()));
  }
  const std::string_view number = name_before(text, end, false);
  const Offset unit_at = scan::skip_spaces(text, slash + 1);
  const std::string_view unit = scan::name_at(text, unit_at);
  const auto* const known =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& one) { return one.theirs == unit; });
  if (number.empty() || number.find_first_not_of("0123456789_") != std::string_view::npos || known == kUnits.end()) {
    return std::nullopt;
  }
  const Offset begin = end - static_cast<Offset>(number.size());
  if (word_before(text, begin) == "redirect") {
    return std::nullopt;  // `redirect 301 /h`
  }
  const Offset last = unit_at + static_cast<Offset>(unit.size());
  const std::string rate = std::string(number) + "/" + std::string(known->ours);
  Foreign out = say(SyntaxErrorKind::bad_number, begin, last, "a rate is written without blanks and without words",
                    "write " + scan::ticked(rate));
  return fixed(out, rate, true);
}

/// `text/html`, of which `/html` was read as the beginning of a pattern: all of it.
std::optional<Foreign> text_with_slash(std::string_view text, Offset slash) {
  constexpr std::array<std::string_view, 8> kMedia = {"text",  "application", "image", "audio",
                                                      "video", "font",        "model", "multipart"};
  Offset begin = slash;
  while (begin > 0 && (scan::is_name_char(text[begin - 1]) || text[begin - 1] == '-' || text[begin - 1] == '.')) {
    --begin;
  }
  if (begin == slash || scan::is_digit(text[begin])) {
    return std::nullopt;
  }
  const std::string_view first = text.substr(begin, slash - begin);
  const bool media = std::find(kMedia.begin(), kMedia.end(), first) != kMedia.end();
  Offset end = bare_end(text, begin, ";,)]{}");
  const Offset next = end < text.size() && text[end] == ';' ? scan::skip_spaces(text, end + 1) : end;
  if (media && scan::name_at(text, next) == "charset") {
    end = bare_end(text, next, ";,)]{}");
  }
  return bare(text, begin, end, media ? "a media type" : "text", media);
}

}  // namespace

/// `/old` that was read as the beginning of a pattern.
std::optional<Foreign> bare_path(std::string_view text, Offset opened) {
  const std::string_view before = word_before(text, opened);
  if (text[opened] != '/' || before == "matches") {
    return std::nullopt;
  }
  if (auto rate = spaced_rate(text, opened)) {
    return rate;
  }
  if (auto whole = text_with_slash(text, opened)) {
    return whole;
  }
  const Offset end = bare_end(text, opened, ";,)]");
  const std::string_view path = text.substr(opened, end - opened);
  if (path.find_first_of("^$\\|+?([") != std::string_view::npos) {
    return std::nullopt;
  }
  return bare(text, opened, end, "a path", path.size() > 1 && plain_url(path));
}

/// `/a/*`, of which `/a/` was read as a pattern.
std::optional<Foreign> path_as_pattern(std::string_view text, const Failure& failure) {
  if (failure.at != failure.previous || failure.at == 0 || text[failure.at - 1] != '/') {
    return std::nullopt;
  }
  Offset begin = failure.at;
  while (begin > 0 && !scan::is_blank(text[begin - 1]) && text[begin - 1] != '"') {
    --begin;
  }
  if (text[begin] != '/' || word_before(text, begin) == "matches") {
    return std::nullopt;
  }
  const Offset end = bare_end(text, begin, ";,)]");
  std::string path(text.substr(begin, end - begin));
  if (path.find_first_of("\"\\^$|+") != std::string::npos) {
    return std::nullopt;
  }
  std::erase_if(path, [](char c) { return std::string_view("*{}").find(c) != std::string_view::npos; });
  return bare(text, begin, end, word_before(text, begin) == "like" ? "a template" : "a path", plain_url(path));
}

std::optional<Foreign> bare_file(std::string_view text, Offset at) {
  const std::string_view name = scan::name_at(text, at);
  const Offset next = scan::skip_spaces(text, at + static_cast<Offset>(name.size()));
  const bool named = next < text.size() && text[next] == '"';
  if (named && (name == "file" || name == "from")) {
    Foreign out = name == "file" ? say(SyntaxErrorKind::unexpected, at, at + 4,
                                       "the file's name follows `from` directly", "write `from \"file.txt\"`")
                                 : say(SyntaxErrorKind::unexpected, at, at + 4, "`from` stands here twice",
                                       "write it once: `from \"file.txt\"`");
    out.fix_end = next;
    out.certain = true;
    return out;
  }
  if (auto brackets = file_in_brackets(text, at)) {
    return brackets;
  }
  if (auto nocase = nocase_before_file(text, at)) {
    return nocase;
  }
  const Offset end = bare_end(text, at, ";{\"");
  if (end > at + 2 && text[at] == '<' && text[end - 1] == '>') {  // `include <file.sprx>;`
    Foreign out = bare(text, at + 1, end - 1, "a file name", true);
    out.begin = at;
    out.end = out.fix_end = end;
    return out;
  }
  const bool name_like = std::any_of(text.begin() + at, text.begin() + end, scan::is_name_char);  // not a stray sign
  return end == at ? std::nullopt : std::optional(bare(text, at, end, "a file name", name_like));
}

namespace {

/// The milliseconds of `1h30m`, `1.5s`, `1w`; nothing where it is no duration.
std::optional<std::uint64_t> milliseconds(std::string_view number) {
  struct Length {
    std::string_view unit;
    std::uint64_t each;
  };
  constexpr std::array kLengths = {
      Length{"ms", 1},          Length{"s", 1000},           Length{"sec", 1000},         Length{"m", 60'000},
      Length{"min", 60'000},    Length{"h", 3'600'000},      Length{"hr", 3'600'000},     Length{"d", 86'400'000},
      Length{"w", 604'800'000}, Length{"week", 604'800'000}, Length{"weeks", 604'800'000}};
  constexpr std::size_t kMostDigits = 6;
  std::uint64_t total = 0;
  while (!number.empty()) {
    const std::size_t whole = std::min(number.find_first_not_of("0123456789"), number.size());
    const bool point = whole < number.size() && number[whole] == '.';
    const std::size_t part = point ? std::min(number.find_first_not_of("0123456789", whole + 1), number.size()) : whole;
    const std::size_t end = std::min(number.find_first_of("0123456789.", part), number.size());
    const std::string_view unit = number.substr(part, end - part);
    const auto* const known =
        std::find_if(kLengths.begin(), kLengths.end(), [&](const Length& one) { return one.unit == unit; });
    if (whole == 0 || part > kMostDigits || known == kLengths.end()) return std::nullopt;
    std::uint64_t digits = 0;
    std::uint64_t scale = 1;
    for (std::size_t i = 0; i < part; ++i) {
      if (number[i] == '.') continue;
      digits = digits * 10 + static_cast<std::uint64_t>(number[i] - '0');
      scale *= i > whole ? 10 : 1;
    }
    if (digits * known->each % scale != 0) return std::nullopt;
    total += digits * known->each / scale;
    number.remove_prefix(end);
  }
  return total;
}

/// `1h30m`, `1w`, `1.5s` as one whole number with one unit.
std::optional<Foreign> duration_of_parts(Offset at, Offset end, std::string_view number) {
  const std::optional<std::uint64_t> all = milliseconds(number);
  if (!all || *all == 0) return std::nullopt;
  const auto [each, unit] = *all % 86'400'000 == 0  ? std::pair(86'400'000ULL, "d")
                            : *all % 3'600'000 == 0 ? std::pair(3'600'000ULL, "h")
                            : *all % 60'000 == 0    ? std::pair(60'000ULL, "m")
                            : *all % 1000 == 0      ? std::pair(1000ULL, "s")
                                                    : std::pair(1ULL, "ms");
  const std::string ours = std::to_string(*all / each) + unit;
  Foreign out = say(SyntaxErrorKind::bad_number, at, end, scan::ticked(number) + " is not a duration",
                    "a duration is a whole number with one unit of `ms s m h d`: write " + scan::ticked(ours));
  return fixed(out, ours, true);
}

/// Whether a duration stands behind the word.
bool wants_duration(std::string_view word) {
  constexpr std::array<std::string_view, 4> kWords = {"ttl", "for", "max_age", "linger"};
  return word.ends_with("timeout") || word.ends_with("_time") ||
         std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

/// `expect response 2xx;`, `deny 4xx;`: one status, not a class of them.
std::optional<Foreign> class_of_status(std::string_view text, Offset at, Offset end) {
  constexpr std::array<std::string_view, 6> kWords = {"response", "respond", "deny", "refused", "redirect", "upstream"};
  const std::string_view word = word_before(text, at);
  if (std::find(kWords.begin(), kWords.end(), word) == kWords.end()) return std::nullopt;
  const Offset begin = scan::before_blanks(text, at) - static_cast<Offset>(word.size());
  const bool expected = word_before(text, begin) == "expect";
  const std::string digit(1, text[at]);
  const std::string status = word == "redirect" ? "301" : digit == "4" ? "404" : digit == "5" ? "503" : digit + "00";
  const std::string shown = (expected ? "expect " : "") + std::string(word) + " " + status;
  return say(SyntaxErrorKind::bad_number, at, end, scan::ticked(text.substr(at, end - at)) + " is not a number",
             "one status stands here: " + scan::ticked(shown + (word == "redirect" ? " \"/new\";" : ";")));
}

}  // namespace

/// `10.0.0.0/8`, `10MB`, `4xx`: what stands where a number would.
std::optional<Foreign> not_a_number(std::string_view text, Offset at) {
  const Offset end = bare_end(text, at, ";,)]}\"");
  const std::string_view token = text.substr(at, end - at);
  if (std::count(token.begin(), token.end(), '.') == 3 &&
      token.find_first_not_of("0123456789./") == std::string_view::npos) {
    return bare(text, at, end, "an address", true);
  }
  if (token.find_first_not_of("0123456789abcdefABCDEF:./") == std::string_view::npos &&
      std::count(token.begin(), token.end(), ':') >= 2) {
    return bare(text, at, end, "an address", true);
  }
  if (token.size() >= 10 && token[4] == '-' && token[7] == '-') {
    Foreign time = bare(text, at, end, "a time", token.size() > 10);
    if (token.size() == 10) {
      time.help = "write " + scan::ticked("\"" + std::string(token) + "T00:00:00Z\"");
      fixed(time, "\"" + std::string(token) + "T00:00:00Z\"", false);
    }
    return time;
  }
  Offset last = at;
  while (last < text.size() && (scan::is_name_char(text[last]) || text[last] == '/' || text[last] == '.')) {
    ++last;
  }
  const std::string_view number = text.substr(at, last - at);
  const std::size_t unit_at = std::min(number.find_first_not_of("0123456789_"), number.size());
  const std::string digits(number.substr(0, unit_at));
  const std::string_view unit = number.substr(unit_at);
  const auto answer = [&](std::string help, std::string replacement) {
    Foreign out =
        say(SyntaxErrorKind::bad_number, at, last, scan::ticked(number) + " is not a number", std::move(help));
    return fixed(out, std::move(replacement), !out.replacement.empty());
  };
  struct Unit {
    std::string_view theirs;
    std::string_view ours;
  };
  constexpr std::array kUnits = {
      Unit{"sec", "s"},      Unit{"secs", "s"},   Unit{"second", "s"},  Unit{"seconds", "s"},  Unit{"min", "m"},
      Unit{"mins", "m"},     Unit{"minute", "m"}, Unit{"minutes", "m"}, Unit{"hour", "h"},     Unit{"hours", "h"},
      Unit{"day", "d"},      Unit{"days", "d"},   Unit{"/sec", "/s"},   Unit{"/second", "/s"}, Unit{"/min", "/m"},
      Unit{"/minute", "/m"}, Unit{"/hour", "/h"}, Unit{"rps", "/s"},    Unit{"r/s", "/s"},     Unit{"r/m", "/m"},
      Unit{"K", "KiB"},      Unit{"k", "KiB"},    Unit{"KB", "KiB"},    Unit{"kb", "KiB"},     Unit{"M", "MiB"},
      Unit{"MB", "MiB"},     Unit{"mb", "MiB"},   Unit{"G", "GiB"},     Unit{"GB", "GiB"}};
  if (unit == "/d" || unit == "/day" || unit == "/days") {
    const std::string ours = digits + "/24h";
    Foreign out = say(SyntaxErrorKind::bad_number, at, last, scan::ticked(number) + " is not a rate",
                      "a rate counts in seconds, minutes or hours: write " + scan::ticked(ours));
    return fixed(out, ours, true);
  }
  // What is counted is no size in bytes.
  constexpr std::array<std::string_view, 6> kCounts = {"max",          "max_idle",    "max_requests",
                                                       "header_count", "connections", "connections_per_peer"};
  const bool counted = std::find(kCounts.begin(), kCounts.end(), word_before(text, at)) != kCounts.end();
  if ((unit == "k" || unit == "K") && counted) {
    const std::string ours = digits + "_000";
    Foreign out = say(SyntaxErrorKind::bad_number, at, last, scan::ticked(number) + " is not a number",
                      "write " + scan::ticked(ours));
    return fixed(out, ours, true);
  }
  if (unit == "M" && wants_duration(word_before(text, at))) {
    Foreign out = say(SyntaxErrorKind::bad_number, at, last, scan::ticked(number) + " is not a duration",
                      "minutes are " + scan::ticked(digits + "m") + ": units are `ms s m h d`");
    return fixed(out, digits + "m", false);
  }
  if (number.find('/') == std::string_view::npos && number.find('_') == std::string_view::npos) {
    const bool known_unit =
        std::any_of(kUnits.begin(), kUnits.end(), [&](const Unit& known) { return known.theirs == unit; });
    if (auto parts = known_unit ? std::nullopt : duration_of_parts(at, last, number)) {
      return parts;
    }
  }
  for (const Unit& known : kUnits) {
    if (known.theirs == unit) {
      const std::string ours = digits + std::string(known.ours);
      Foreign out = say(SyntaxErrorKind::bad_number, at, last, scan::ticked(number) + " is not a number",
                        "write " + scan::ticked(ours) + ": units are `ms s m h d` and `KiB MiB GiB`, rates `10/s`");
      return fixed(out, ours, false);
    }
  }
  if (digits.size() == 1 && unit == "xx") {
    if (auto status = class_of_status(text, at, last)) {
      return status;
    }
    const std::string range = digits + "00.." + digits + "99";
    return say(SyntaxErrorKind::bad_number, at, last, scan::ticked(number) + " is not a number",
               "a class of statuses is a range: `response.status in " + range + "`");
  }
  if (unit.starts_with('x') && digits == "0") {
    return answer("numbers are decimal", {});
  }
  return std::nullopt;
}

}  // namespace sprx::advice
