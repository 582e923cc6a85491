// Methods that are none, codes of countries, and hosts as people read them.
#include <algorithm>
#include <array>
#include <vector>

#include "compiler/never_parts.h"
#include "compiler/table/canonical.h"
#include "compiler/words.h"

namespace sprx {
namespace {

bool is_known_method(std::string_view text) {
  return std::find(kKnownMethods.begin(), kKnownMethods.end(), text) != kKnownMethods.end();
}

/// `GET POST`, `GET,POST`, `GET|POST`: what is no method, and the list that may be meant.
Never several_methods(const std::string& text) {
  Never out = unlike("`method` is one word, never this");
  std::string list;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of("|,/ ", at), text.size());
    const std::string word = raised(std::string_view(text).substr(at, end - at));
    at = end + 1;
    if (word.empty()) continue;
    if (!is_known_method(word)) return out;
    list += (list.empty() ? "\"" : ", \"") + word + "\"";
  }
  if (list.find(',') != std::string::npos) out.help = "several are a list: `method in [" + list + "]`";
  return out;
}

/// `GTE`, `OPTION`: any word may be a method, but hardly one that is so like a known one.
std::optional<Never> method_like(const std::string& text, const std::string& upper) {
  constexpr std::array kOthers{"PROPPATCH", "MKCOL",  "COPY",  "MOVE",    "LOCK", "UNLOCK", "REPORT", "SEARCH",
                               "PURGE",     "BAN",    "QUERY", "REFRESH", "LINK", "UNLINK", "BIND",   "UNBIND",
                               "REBIND",    "UPDATE", "MERGE", "LABEL",   "ACL",  "BDELETE"};
  if (is_known_method(upper) || std::find(kOthers.begin(), kOthers.end(), upper) != kOthers.end()) return std::nullopt;
  const std::vector<std::string_view> common{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"};
  const std::string near(similar(upper, common));
  if (near.empty()) return std::nullopt;
  Never out;
  out.kind = Kind::unknown_method;
  out.why = "no method is called `" + text + "`, and `" + near + "` is one";
  out.form = near;
  out.help = "write `\"" + near + "\"`";
  return out;
}

}  // namespace

std::string raised(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

std::optional<Never> method_never(const std::string& text, bool nocase) {
  const std::string upper = raised(text);
  if (!is_token(text) || text.find('|') != std::string::npos) return several_methods(text);
  if (std::optional<Never> slip = method_like(text, upper)) return slip;
  if (nocase || text == upper || !is_known_method(upper)) return std::nullopt;
  return unlike("methods are compared exactly, and `" + upper + "` is in capitals", upper);
}

std::optional<Never> country_never(const std::string& text, const std::string& upper, bool nocase) {
  if (is_country(upper)) {
    if (nocase || upper == text) return std::nullopt;
    return unlike("`geo.country` is upper case and never equals this", upper);
  }
  Never out = unlike("`" + text + "` is no ISO 3166 country code, `geo.country` never equals it");
  if (upper == "UK") {
    out.form = "GB";
  } else if (text.empty()) {
    out.why = "`geo.country` is absent where it is not known, and never empty";
    out.help = "write `not exists geo.country`";
  } else {
    const bool name = text.size() > 3 && text.find_first_of("0123456789\"\\") == std::string::npos;
    out.help = "the codes are those of two letters, such as `DE` for Germany (ISO 3166-1 alpha-2)" +
               (name ? "; a name is compared with `geo.country_name`" : std::string());
  }
  return out;
}

std::optional<Never> beyond_ascii(const std::string& text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return std::nullopt;
  const std::size_t begin = std::min(text.find_first_not_of('.'), text.size());
  const std::size_t end = text.find_last_not_of('.') + 1;
  const std::optional<std::string> inner = canonical_host_literal(text.substr(begin, std::max(begin, end) - begin));
  Never out = unlike("`host` has such names in A-labels (`xn--…`) and never holds this");
  if (inner) {
    out.form = text.substr(0, begin) + *inner + text.substr(std::max(begin, end));
    out.help = "the form it can hold is `\"" + out.form + "\"`";
  } else {
    out.help = "compare whole names: `host under \"münchen.example\"`";
  }
  return out;
}

}  // namespace sprx
