#include "compiler/never.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <re2/re2.h>
#include <vector>

#include "compiler/never_parts.h"
#include "compiler/odd_rows.h"
#include "compiler/table/canonical.h"
#include "compiler/table/error_words.h"
#include "compiler/table/header_list.h"
#include "compiler/table/pattern_literals.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// What to compare instead of a text of `host` that holds a scheme or a port.
std::string scheme_or_port(const std::string& text) {
  const std::size_t scheme = text.find("://");
  if (scheme != std::string::npos && scheme > 0)
    return "the scheme is compared apart: `scheme == \"" + text.substr(0, scheme) + "\"`";
  const std::string port = port_of(text);
  return port.empty() ? "the port is a number and compared apart: `port`"
                      : "the port is compared apart: `port == " + port + "`";
}

/// A text that is one value in another case.
std::optional<Never> in_case(bool same, std::string why, const std::string& form) {
  if (same) return std::nullopt;
  return Never{std::move(why), form, {}, {}};
}

std::optional<Never> path_never(const std::string& text, bool nocase) {
  if (is_canonical_path(text)) return std::nullopt;
  std::string canonical;
  switch (canonical_path_literal(text, canonical)) {
    case PathError::none:
      return in_case(canonical == text || (nocase && equal_nocase(canonical, text)),
                     "`path` is canonical and never equals this", canonical);
    case PathError::not_absolute:
      if (const std::string_view inside = text_in_quotes(text); !inside.empty())
        return unlike("`path` begins with `/` and never equals this", std::string(inside));
      if (text.find("://") == std::string::npos)
        return unlike("`path` begins with `/` and never equals this", "/" + text);
      return Never{"`path` begins with `/` and never equals this",
                   {},
                   "only the path stands here; the host is compared apart: `host == \"…\"`",
                   {}};
    case PathError::bad_percent:
      return Never{"in a path a `%` begins an escape, `path` never equals this",
                   {},
                   "the character `%` itself is written `%25`",
                   {}};
    case PathError::nul:
      break;
  }
  return unlike("`path` holds no NUL byte and never equals this");
}

std::optional<Never> host_never(const std::string& text, bool nocase) {
  const std::optional<std::string> canonical = canonical_host_literal(text);
  if (canonical)
    return in_case(*canonical == text || (nocase && equal_nocase(*canonical, text)),
                   "`host` is lower case, without a trailing dot, and never equals this", *canonical);
  const std::size_t colon = text.find(':');
  if (text.find("://") == std::string::npos && colon != std::string::npos && colon > 0 &&
      text.find(':', colon + 1) == std::string::npos && canonical_host_literal(text.substr(0, colon))) {
    Never out = unlike("`host` has no port and never equals this", *canonical_host_literal(text.substr(0, colon)));
    out.help = "write `" + out.form + "`; the port is compared apart: `port == " + text.substr(colon + 1) + "`";
    return out;
  }
  if (text.starts_with("*.") || text.starts_with('.'))
    return Never{"`host` is one name and never equals this",
                 {},
                 "names below a domain are rows of a list of type `domain`: `*" + text.substr(text.find('.')) + "`",
                 {}};
  return Never{"`host` is a name or an address, without scheme and path, and never equals this",
               {},
               text.find("://") != std::string::npos ? "only the host stands here, without scheme and path"
                                                     : "labels of letters, digits and `-` with dots between them",
               {}};
}

/// A request line has blanks between its parts only (RFC 9112, 3).
std::optional<Never> blank_as_sent(Field field, const std::string& text) {
  const bool query = field == Field::raw_query;
  if ((field != Field::uri && field != Field::raw_path && !query) || text.find(' ') == std::string::npos)
    return std::nullopt;
  const std::string decoded = query                      ? "`query.values` are decoded"
                              : field == Field::raw_path ? "`path` is decoded"
                                                         : "`path` and `query.values` are decoded";
  return Never{"`" + std::string(info(field).name) + "` is as sent and never holds a blank",
               {},
               decoded + "; what is sent is `%20`, or `+` in a query",
               {}};
}

Never raw_path_question() {
  return {"`raw_path` ends before the `?` and never holds one", {}, "what follows the `?` is `raw_query`", {}};
}

std::optional<Never> media_type_never(const std::string& text, const std::string& lower, bool nocase) {
  if (text.find(';') != std::string::npos)
    return unlike("`response.media_type` has no parameters and never equals this", lower.substr(0, lower.find(';')));
  const std::size_t slash = std::min(text.find('/'), text.size());
  if (text.ends_with("/*") && is_token(text.substr(0, slash)))
    return Never{"`response.media_type` is a whole type, this `*` stands for itself",
                 {},
                 "write `response.media_type starts_with \"" + lower.substr(0, slash + 1) + "\"`",
                 {}};
  if (slash == text.size() || !is_token(text.substr(0, slash)) || !is_token(text.substr(slash + 1)))
    return unlike("`response.media_type` is like `text/html`, never this");
  return in_case(nocase || lower == text, "`response.media_type` is lower case and never equals this", lower);
}

std::optional<Never> error_never(const std::string& text, const std::string& lower, bool nocase) {
  if (error_word(lower) != nullptr)
    return in_case(nocase || lower == text, "`response.error` is lower case and never equals this", lower);
  std::vector<std::string_view> words;
  Never out = unlike("`response.error` is never this");
  for (const ErrorWord& one : kErrorWords) {
    if (one.seen == ErrorSeen::never) continue;
    words.push_back(one.word);
    out.help += (out.help.empty() ? "it is absent or one of `" : " ") + std::string(one.word);
  }
  out.help += "`";
  out.similar = similar(lower, words);
  return out;
}

std::optional<Never> extension_never(const std::string& text, const std::string& lower, bool nocase) {
  if (text.empty())
    return Never{
        "`path.extension` is absent where there is none, and never empty", {}, "write `not exists path.extension`", {}};
  if (const std::size_t last = lower.find_last_of("./"); last != std::string::npos) {
    const std::string why = "`path.extension` is what follows the last dot and never equals this";
    const bool two = lower.find_first_of("./") != last || (last > 0 && lower[last] == '.');
    if (two && lower.find('/') == std::string::npos)
      return Never{why,
                   {},
                   "the end of a file's name is `path.file ends_with \"" + std::string(lower[0] == '.' ? "" : ".") +
                       lower + "\"`",
                   {}};
    return unlike(why, lower.substr(last + 1));
  }
  return in_case(nocase || lower == text, "`path.extension` is lower case and never equals this", lower);
}

}  // namespace

std::optional<Never> field_never(Field field, const std::string& text, bool nocase) {
  if (field == Field::path) return path_never(text, nocase);
  if (field == Field::host) return host_never(text, nocase);
  if (std::optional<Never> blank = blank_as_sent(field, text)) return blank;
  const std::string lower = folded(text);
  const std::string upper = raised(text);
  switch (field) {
    case Field::method:
      return method_never(text, nocase);
    case Field::scheme:
      if (lower != "http" && lower != "https") return unlike("`scheme` is `http` or `https`, never this");
      return in_case(nocase || lower == text, "`scheme` is lower case and never equals this", lower);
    case Field::uri:
    case Field::raw_path:
      if (field == Field::raw_path && text.find('?') != std::string::npos) return raw_path_question();
      if (text.starts_with('/') || text == "*") return std::nullopt;
      return unlike("`" + std::string(info(field).name) + "` begins with `/` and never equals this",
                    text.find("://") == std::string::npos ? "/" + text : std::string());
    case Field::raw_query:
      if (!text.starts_with('?')) return std::nullopt;
      return Never{"`raw_query` is what follows the `?`, this is a second one",
                   text.substr(1),
                   "write `\"" + text.substr(1) + "\"`",
                   {},
                   Kind::question_in_source};
    case Field::header_names:
      if (is_token(text)) return std::nullopt;
      return unlike("`" + text + "` is no name of a header, `header.names` never holds it");
    case Field::geo_country:
      return country_never(text, upper, nocase);
    case Field::geo_country_name:
      if (text.size() != 2 || text != upper || !is_country(text)) return std::nullopt;
      return Never{"`geo.country_name` is a name such as `Australia`, this is a code",
                   {},
                   "the code is `geo.country == \"" + text + "\"`",
                   {},
                   Kind::code_as_name};
    case Field::response_source:
      if (lower != "upstream" && lower != "rule" && lower != "proxy")
        return unlike("`response.source` is `upstream`, `rule` or `proxy`, never this");
      return in_case(nocase || lower == text, "`response.source` is lower case and never equals this", lower);
    case Field::response_error:
      return error_never(text, lower, nocase);
    case Field::response_media_type:
      return media_type_never(text, lower, nocase);
    case Field::path_extension:
      return extension_never(text, lower, nocase);
    case Field::path_file:
      if (text.find('/') == std::string::npos) return std::nullopt;
      return unlike("`path.file` is the last segment and never holds a `/`", text.substr(text.rfind('/') + 1));
    case Field::http_version:
      if (upper != "HTTP/1.1" && upper != "HTTP/1.0")
        return unlike("`http_version` is `HTTP/1.1` or `HTTP/1.0`, never this");
      return in_case(nocase || upper == text, "`http_version` is in capitals and never equals this", upper);
    default:
      return std::nullopt;
  }
}

std::optional<Never> call_never(const ExprPool& pool, const Expr& call, const std::string& text, bool nocase) {
  const auto function = static_cast<Function>(call.a);
  const std::string name = "`" + std::string(info(function).name) + "`";
  switch (function) {
    case Function::lower:
      return in_case(nocase || folded(text) == text, name + " gives lower case, never this", folded(text));
    case Function::upper:
      return in_case(nocase || raised(text) == text, name + " gives upper case, never this", raised(text));
    case Function::trim: {
      const std::string_view trimmed = without_blanks(text);
      return in_case(trimmed == text, name + " leaves no blanks at the ends", std::string(trimmed));
    }
    case Function::substring: {
      const std::span<const ExprId> given = pool.list(call);
      const Expr* const most = given.size() > 2 ? &pool[given[2]] : nullptr;
      std::int64_t bytes = most != nullptr && most->op == Op::integer ? pool.integers[most->a] : -1;
      const Expr& from = pool[given[1]];
      if (most == nullptr && from.op == Op::integer && pool.integers[from.a] < 0) bytes = -pool.integers[from.a];
      if (bytes < 0 || text.size() <= static_cast<std::size_t>(bytes)) return std::nullopt;
      return unlike(name + " gives at most " + std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes") +
                    ", this is " + std::to_string(text.size()));
    }
    case Function::sha256:
    case Function::hmac_sha256: {
      const std::string lower = folded(text);
      if (lower.size() != 64 || lower.find_first_not_of("0123456789abcdef") != std::string::npos)
        return unlike(name + " gives 64 hexadecimal digits, never this");
      return in_case(nocase || lower == text, name + " gives lower case, never this", lower);
    }
    case Function::accepts_type:
    case Function::accepts_language:
    case Function::accepts_encoding: {
      const std::span<const ExprId> offers = pool.list(call);
      const bool offered = std::any_of(offers.begin(), offers.end(), [&](ExprId offer) {
        const std::string_view known = pool.strings.view(StrId{pool[offer].a});
        return nocase ? equal_nocase(known, text) : known == text;
      });
      if (offered) return std::nullopt;
      if (text.empty()) {
        std::string given;
        for (const ExprId offer : offers)
          given += (given.empty() ? "\"" : ", \"") + std::string(pool.strings.view(StrId{pool[offer].a})) + "\"";
        constexpr std::size_t kOffersShown = 60;
        const std::string plain = name.substr(1, name.size() - 2);
        Never out = unlike(name + " is absent where nothing fits, and never empty");
        out.help = "write `not exists " + plain + "(" + (given.size() <= kOffersShown ? given : "…") + ")`";
        return out;
      }
      return unlike(name + " gives one of its offers, never this");
    }
    default:
      return result_never(pool, call, text, nocase, true);
  }
}

namespace {

/// Of a text that a target of a request never begins with.
std::optional<Never> begin_never(Field field, const std::string& text) {
  const std::string name(info(field).name);
  // After `path` other signs are told of as what they are: `^`, `*`, `?`.
  const bool of_path = field == Field::path &&
                       (std::isalnum(static_cast<unsigned char>(text[0])) != 0 || text[0] == '_' || text[0] == '.');
  const bool of_target = field == Field::uri || field == Field::raw_path || of_path;
  if (!of_target || text.front() == '/' || text == "*") return std::nullopt;
  Never out;
  out.why = "`" + name + "` begins with `/` and never with this";
  if (text.find("://") != std::string::npos) {
    out.help = "the scheme and the host are compared apart: `scheme == \"https\"`, `host == \"…\"`";
  } else if (const std::string_view host = host_before_path(text); !host.empty()) {
    const std::string rest = text.substr(host.size());
    out.why = "`" + name + "` begins with `/` and never with a host";
    out.help = "the host is compared apart: `host == \"" + std::string(host) + "\"`" +
               (rest.empty() ? "" : " and `" + name + " starts_with \"" + rest + "\"`");
  } else {
    out.help = "write `" + name + " starts_with \"/" + text + "\"`";
  }
  return out;
}

}  // namespace

std::optional<Never> other_part(Field field, const std::string& text, MatchMode mode) {
  if (std::optional<Never> blank = blank_as_sent(field, text)) return blank;
  if (mode == MatchMode::starts_with && !text.empty()) {
    if (std::optional<Never> begin = begin_never(field, text)) return begin;
  }
  if (field == Field::raw_path && text.find('?') != std::string::npos) return raw_path_question();
  if (field == Field::host) {
    if (std::optional<Never> letters = beyond_ascii(text)) return letters;
  }
  // An address in brackets holds digits and colons.
  const bool of_address = text.find_first_not_of("0123456789abcdefABCDEF:.[]") == std::string::npos;
  if (field == Field::host && text.find(':') != std::string::npos &&
      (mode == MatchMode::ends_with ? text.back() != ']' : !of_address))
    return Never{"`host` has neither scheme nor port and never holds this", {}, scheme_or_port(text), {}};
  if (field == Field::path_extension && text.find_first_of("./") != std::string::npos) {
    const std::string last = folded(text.substr(text.find_last_of("./") + 1));
    return Never{"`path.extension` is what follows the last dot and never holds this",
                 {},
                 last.empty() ? "compare `path.file`, which is the whole last segment"
                              : "write `path.extension == \"" + last + "\"`",
                 {}};
  }
  if (field == Field::path_file && text.find('/') != std::string::npos)
    return Never{"`path.file` is the last segment and never holds a `/`", {}, "compare `path`", {}};
  return std::nullopt;
}

std::optional<Never> rare_in_path(const std::string& text, bool nocase) {
  Never out;
  out.kind = Kind::never_in_path;
  out.why = "no canonical path holds this text";
  std::string canonical;
  std::size_t at = 0;
  if (text.find("//") != std::string::npos || text.find("/../") != std::string::npos ||
      text.find("/./") != std::string::npos) {
    out.help = "`path` has `//`, `.` and `..` resolved; `raw_path` is as sent";
    return out;
  }
  if (text.find('%') != std::string::npos && canonical_path_fragment(text, canonical, at) == PathError::none &&
      canonical != text && !(nocase && equal_nocase(canonical, text))) {
    out.help = "`path` is decoded: write `\"" + canonical + "\"`; `raw_path` is as sent";
    return out;
  }
  return std::nullopt;
}

namespace {

/// Small letters that stand in a method if they are capitals.
bool is_method_part(Field field, const std::string& text) {
  const std::string upper = raised(text);
  return field == Field::method &&
         std::any_of(kKnownMethods.begin(), kKnownMethods.end(),
                     [&](std::string_view method) { return method.find(upper) != std::string_view::npos; });
}

}  // namespace

std::optional<Never> fragment_never(Field field, const std::string& text, MatchMode mode, bool nocase) {
  if (std::optional<Never> other = other_part(field, text, mode)) return other;
  if (!nocase && (is_lower_case(field) || field == Field::geo_country || is_method_part(field, text))) {
    const bool country = field == Field::geo_country || field == Field::method;
    const std::string form = country ? raised(text) : folded(text);
    if (form != text) {
      Never out = unlike(
          "`" + std::string(info(field).name) + "` is " + (country ? "upper" : "lower") + " case and never holds this",
          form);
      out.help = "the form it can hold is `\"" + form + "\"`";
      return out;
    }
  }
  if (field == Field::path) {
    if (std::optional<Never> rare = rare_in_path(text, nocase)) return rare;
  }
  const bool question = (field == Field::path && text.find('?') != std::string::npos) ||
                        (field == Field::raw_query && mode == MatchMode::starts_with && text.starts_with('?'));
  if (!question) return field == Field::path && text.starts_with('/') ? not_of_path(text) : std::nullopt;
  Never out;
  out.kind = Kind::question_in_source;
  if (field == Field::path) {
    out.why = "this `?` is a character of the path, written `%3F` in a URL";
    out.help = "the query is not part of `path`; compare `query[\"name\"]`, or `uri`, which is path and query";
  } else {
    out.why = "`raw_query` is what follows the `?`, this is a second one";
    out.help = text.size() == 1 ? "a request has a query where `raw_query != \"\"`"
                                : "write `raw_query starts_with \"" + text.substr(1) + "\"`";
  }
  return out;
}

std::optional<Never> not_of_path(std::string_view text) {
  const std::size_t at = text.find_first_of("?#");
  if (at == std::string_view::npos) return std::nullopt;
  Never out;
  out.kind = Kind::question_in_source;
  if (text[at] == '?') {
    out.why = "this `?` is a character of the path, written `%3F` in a URL";
    out.help = "the query is not part of `path`; rows with one are compared with `uri`, which is path and query";
  } else {
    out.why = "this `#` is a character of the path, written `%23` in a URL";
    out.help = std::string(kFragmentStays);
  }
  return out;
}

bool is_wildcard_in_text(Field field, std::string_view name, std::string_view text) {
  const bool target = field == Field::uri || field == Field::raw_path;
  const bool read = target || field == Field::header || field == Field::cookie || field == Field::query ||
                    field == Field::response_header || field == Field::header_names || field == Field::cookie_names ||
                    field == Field::query_names || field == Field::path_file;
  const std::size_t begin = text.find_first_not_of('*');
  if (!read || begin == std::string_view::npos || (begin == 0 && !text.ends_with('*'))) return false;
  const std::string_view inner = text.substr(begin, text.find_last_not_of('*') - begin + 1);
  // `text/*` and `*/*` are media types; in lists of what is accepted, and in If-Match, a `*` means itself.
  const std::size_t slash = inner.find('/');
  const bool media = !target && slash != std::string_view::npos &&
                     inner.find('/', slash + 1) == std::string_view::npos && (slash == 0 || slash + 1 == inner.size());
  const bool list = name.starts_with("accept") || name.starts_with("access-control") || name.starts_with("if-");
  return !media && !list && inner.size() > 1 && inner.find_first_of("*,;\"()") == std::string_view::npos;
}

std::optional<Never> value_never(const ExprPool& pool, const Expr& value, const std::string& text, bool nocase) {
  if (value.op == Op::field) return field_never(static_cast<Field>(value.a), text, nocase);
  return value.op == Op::call ? call_never(pool, value, text, nocase) : std::nullopt;
}

}  // namespace sprx
