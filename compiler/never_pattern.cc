// Why a field never holds anything that a pattern matches.
#include <algorithm>
#include <re2/re2.h>
#include <vector>

#include "compiler/never_parts.h"
#include "compiler/table/canonical.h"
#include "compiler/table/error_words.h"
#include "compiler/table/header_list.h"
#include "compiler/table/pattern_literals.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// All values of a field that has few.
std::vector<std::string> few_values(Field field) {
  std::vector<std::string> out;
  if (field == Field::scheme) return {"http", "https"};
  if (field == Field::http_version) return {"HTTP/1.0", "HTTP/1.1"};
  if (field == Field::response_source) return {"upstream", "rule", "proxy"};
  if (field == Field::response_error) {
    for (const ErrorWord& one : kErrorWords) {
      if (one.seen != ErrorSeen::never) out.emplace_back(one.word);
    }
  }
  if (field == Field::geo_country) {
    constexpr std::string_view kChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    for (const char first : kChars) {
      for (const char second : kChars) {
        const std::string code{first, second};
        if (is_country(code)) out.push_back(code);
      }
    }
  }
  return out;
}

/// Whether all that a pattern matches begins where the text does: `^` stands first, for all of it.
bool is_anchored(std::string_view source) {
  if (!source.starts_with('^') || source.find("\\Q") != std::string_view::npos) return false;
  int depth = 0;
  bool in_class = false;
  for (std::size_t at = 1; at < source.size(); ++at) {
    const char c = source[at];
    if (c == '\\') {
      ++at;
    } else if (in_class) {
      in_class = c != ']' || source[at - 1] == '[' || (source[at - 1] == '^' && source[at - 2] == '[');
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(' || c == ')') {
      depth += c == '(' ? 1 : -1;
    } else if (c == '|' && depth == 0) {
      return false;
    }
  }
  // Flags could give `^` another meaning.
  return source.find("(?m") == std::string_view::npos && source.find("(?s") == std::string_view::npos &&
         source.find("(?i") == std::string_view::npos;
}

/// Whether a text that is looked for without regard to case can stand in a field at all.
bool can_stand(Field field, const std::string& literal) {
  const auto holds = [&](std::string_view bytes) { return literal.find_first_of(bytes) != std::string::npos; };
  switch (field) {
    case Field::host:
      return literal.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._:[]") == std::string::npos &&
             !other_part(field, literal, MatchMode::contains);
    case Field::raw_path:
      return !holds("? ");
    case Field::path_extension:
      return !holds("./");
    case Field::path_file:
      return !holds("/");
    case Field::response_media_type:
      return !holds("; ,");
    case Field::method:
      return is_token(literal);
    case Field::uri:
    case Field::raw_query:
      return !holds(" ");
    case Field::path:
      return !rare_in_path(literal, true) && !holds("?");
    default:
      return true;
  }
}

/// Whether it matches a whole method in small letters.
bool means_methods(const Pattern& pattern) {
  return pattern.source.find('[') == std::string::npos &&  // `[a-z]` asks for methods that are spelt wrongly
         std::any_of(kKnownMethods.begin(), kKnownMethods.end(), [&](std::string_view method) {
           return pattern.regex->Match(folded(method), 0, method.size(), re2::RE2::ANCHOR_BOTH, nullptr, 0);
         });
}

std::string why_not_there(Field field) {
  switch (field) {
    case Field::host:
      return "the scheme, the port and the path are compared apart: `scheme`, `port`, `path`";
    case Field::raw_path:
      return "what follows the `?` is `raw_query`; path and query together are `uri`";
    case Field::path_extension:
      return "it is what follows the last dot of the last segment; the whole segment is `path.file`";
    case Field::path_file:
      return "it is the last segment; the whole is `path`";
    case Field::response_media_type:
      return "the whole of the header is `response.header[\"Content-Type\"]`";
    case Field::uri:
    case Field::raw_query:
      return "it is as it was sent, with `%20` or `+` for a blank";
    default:
      return "compare with a text that it can hold";
  }
}

}  // namespace

std::optional<Never> pattern_never(Field field, const Pattern& pattern) {
  const std::string name = "`" + std::string(info(field).name) + "`";
  if (const std::vector<std::string> values = few_values(field); !values.empty()) {
    const bool possible = std::any_of(values.begin(), values.end(), [&](const std::string& value) {
      return pattern.regex->Match(value, 0, value.size(), re2::RE2::UNANCHORED, nullptr, 0);
    });
    if (possible) return std::nullopt;
    Never out = unlike("this matches no value that " + name + " can have");
    out.help = "it is an upper-case ISO 3166 code such as `DE`";
    if (field == Field::geo_country) return out;
    out.help.clear();
    for (const std::string& value : values) out.help += (out.help.empty() ? "it is one of `" : " ") + value;
    out.help += "`";
    return out;
  }
  if (is_lower_case(field)) {
    if (std::optional<Never> other = case_never(name + " is", true, pattern)) return other;
  }
  if (field == Field::method && means_methods(pattern)) {
    if (std::optional<Never> other = case_never(name + " is", false, pattern)) return other;
  }
  // `^https?://` has to begin with what no target begins with.
  std::string least;
  std::string most;
  const bool from_root = field == Field::uri || field == Field::raw_path || field == Field::path;
  if (from_root && is_anchored(pattern.source) && pattern.regex->PossibleMatchRange(&least, &most, 8) &&
      (least >= "0" || most < "*" || (least > "*" && most < "/"))) {
    Never out = unlike(name + " begins with `/`, so nothing begins with what this wants");
    out.help = least.starts_with("http") || least.starts_with("HTTP")
                   ? "the scheme and the host are compared apart: `scheme == \"https\"`, `host == \"…\"`"
                   : "write `/` after the `^`";
    return out;
  }
  const std::vector<std::string> literals = required_literals(pattern);
  if (literals.empty()) return std::nullopt;
  if (std::any_of(literals.begin(), literals.end(), [&](const std::string& one) { return can_stand(field, one); }))
    return std::nullopt;
  if (field == Field::path) {
    const std::optional<Never> rare = rare_in_path(literals.front(), true);
    return rare ? rare : fragment_never(field, "?", MatchMode::contains, true);
  }
  constexpr std::size_t kShownTexts = 3;
  std::string shown;
  for (std::size_t i = 0; i < std::min(literals.size(), kShownTexts); ++i)
    shown += (i == 0 ? "`" : ", `") + literals[i] + "`";
  if (literals.size() > kShownTexts) shown += " …";
  Never out = unlike("this looks for " + shown + ", " + name + " never holds " + (literals.size() > 1 ? "them" : "it"));
  out.help = why_not_there(field);
  return out;
}

std::optional<Never> pattern_never(Function function, const Pattern& pattern) {
  if (function != Function::lower && function != Function::upper) return std::nullopt;
  return case_never("`" + std::string(info(function).name) + "` gives", function == Function::lower, pattern);
}

}  // namespace sprx
