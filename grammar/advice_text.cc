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
  return bare(text, begin, end, word_before(text, begin) == "like" ? "a template" : "a path", true);
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
  return end == at ? std::nullopt : std::optional(bare(text, at, end, "a file name", true));
}

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
  for (const Unit& known : kUnits) {
    if (known.theirs == unit) {
      const std::string ours = digits + std::string(known.ours);
      Foreign out = say(SyntaxErrorKind::bad_number, at, last, scan::ticked(number) + " is not a number",
                        "write " + scan::ticked(ours) + ": units are `ms s m h d` and `KiB MiB GiB`, rates `10/s`");
      return fixed(out, ours, false);
    }
  }
  if (digits.size() == 1 && unit == "xx") {
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
