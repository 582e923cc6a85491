// Headers that say what a page may do and tell: `Referrer-Policy`, `Permissions-Policy`, `Clear-Site-Data`.
#include <algorithm>

#include "compiler/header_values.h"
#include "compiler/table/canonical.h"

namespace sprx {
namespace {

std::string write_header(const std::string& right, std::string_view otherwise) {
  return right.size() <= kRepeatedValue ? "write `" + right + "`" : std::string(otherwise);
}

/// Text in double quotes as it stands in a string of a rule.
std::string in_quotes(std::string_view text) { return "\\\"" + std::string(text) + "\\\""; }

/// One part of the old `Feature-Policy`: a name, then sources by blanks.
bool is_old_feature(std::string_view part) {
  const std::vector<std::string_view> words = parts_of(part, ' ');
  return words.size() > 1 && part.find_first_of("=()\"") == std::string_view::npos &&
         std::all_of(words.begin() + 1, words.end(), [](std::string_view word) {
           return word == "*" || word.front() == '\'' || word.find("://") != std::string_view::npos;
         });
}

/// `'none'` is `()`, `'self'` is `self`, an origin stands in quotes.
std::string new_feature(std::string_view part) {
  const std::vector<std::string_view> words = parts_of(part, ' ');
  const std::string name(words.front());
  std::string sources;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "*") return name + "=*";
    if (equal_nocase(words[i], "'none'")) continue;
    const bool word = words[i].front() == '\'';
    std::string source(words[i]);
    std::erase(source, '\'');
    sources += (sources.empty() ? "" : " ") + (word ? source : in_quotes(source));
  }
  return name + "=(" + sources + ")";
}

/// A `'` that begins a word and stands in no double quotes.
std::size_t single_quote_in(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (!quoted && text[at] == '\'' && at > 0 && std::string_view(" =(").find(text[at - 1]) != std::string_view::npos)
      return at;
  }
  return std::string_view::npos;
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/// A feature that browsers do not take as it is written (RFC 8941, 3.2): of such a header they drop all.
std::optional<OddValue> odd_feature(std::string_view part) {
  const std::string_view name = part.substr(0, part.find('='));
  if (std::any_of(name.begin(), name.end(), is_capital))
    return OddValue{"names of features are lower case, and browsers drop all of this header",
                    "write `" + folded(name) + "`", name};
  const std::size_t close = part.find(')');
  const std::size_t next = close == std::string_view::npos ? close : part.find_first_not_of(" \t", close + 1);
  if (next != std::string_view::npos && part[next] != ';' && part.find('=', next) != std::string_view::npos)
    return OddValue{"without a `,` between two features browsers drop all of this header",
                    "write `,` before `" + std::string(part.substr(next, part.find('=', next) - next)) + "`",
                    part.substr(next)};
  bool quoted = false;
  for (std::size_t at = 0; at < part.size(); ++at) {
    if (part[at] == '"') quoted = !quoted;
    if (quoted || part.substr(at, 3) != "://") continue;
    const std::size_t begin = part.find_last_of(" (=", at) + 1;
    const std::string_view origin = part.substr(begin, part.find_first_of(" );", at) - begin);
    return OddValue{"an origin stands in double quotes in this header", "write `" + in_quotes(origin) + "`", origin};
  }
  return std::nullopt;
}

std::string bare_kind(std::string_view word) {
  std::string out(word);
  std::erase_if(out, [](char c) { return c == '"' || c == '\''; });
  return out;
}

}  // namespace

std::optional<OddValue> odd_referrer_policy(std::string_view text) {
  static const std::vector<std::string_view> kPolicies{"no-referrer",
                                                       "no-referrer-when-downgrade",
                                                       "same-origin",
                                                       "origin",
                                                       "strict-origin",
                                                       "origin-when-cross-origin",
                                                       "strict-origin-when-cross-origin",
                                                       "unsafe-url"};
  if (text.find(';') != std::string_view::npos) return other_separator(text, ';', ',');
  for (const std::string_view part : parts_of(text, ',')) {
    const auto same = [part](std::string_view one) { return equal_nocase(one, part); };
    if (std::any_of(kPolicies.begin(), kPolicies.end(), same)) continue;
    const std::string_view meant = misspelt_directive(part, kPolicies);
    return OddValue{"`" + std::string(part.substr(0, kRepeatedValue)) + "` is no referrer policy",
                    meant.empty() ? "most sites want `strict-origin-when-cross-origin`, some `same-origin` or "
                                    "`no-referrer`"
                                  : "write `" + std::string(meant) + "`",
                    part};
  }
  return std::nullopt;
}

std::optional<OddValue> odd_permissions(std::string_view text) {
  const char between = text.find(';') == std::string_view::npos ? ',' : ';';
  const std::vector<std::string_view> parts = parts_of(text, between);
  if (!parts.empty() && std::all_of(parts.begin(), parts.end(), is_old_feature)) {
    std::string right;
    for (const std::string_view part : parts) right += (right.empty() ? "" : ", ") + new_feature(part);
    return OddValue{"this is written as `Feature-Policy` was, of which browsers make nothing here",
                    write_header(right, "write `name=()` for `name 'none'` and `name=(self)` for `name 'self'`"),
                    {}};
  }
  if (const std::size_t quote = single_quote_in(text); quote != std::string_view::npos) {
    const std::size_t end = std::min(text.find('\'', quote + 1), text.size() - 1) + 1;
    return OddValue{"`'…'` is no part of this header, and browsers drop all of it",
                    std::string("nobody is `()`, the page itself `(self)`, another origin `") +
                        in_quotes("https://www.example.com") + "`",
                    text.substr(quote, end - quote)};
  }
  const bool more =
      between == ';' && std::any_of(parts.begin() + (parts.empty() ? 0 : 1), parts.end(),
                                    [](std::string_view part) { return part.find("=(") != std::string_view::npos; });
  if (more && text.find(',') == std::string_view::npos) return other_separator(text, ';', ',');
  for (const std::string_view part : parts_of(text, ',')) {
    if (std::optional<OddValue> odd = odd_feature(part)) return odd;
  }
  const std::size_t last = text.find_last_not_of(" \t");
  if (text[last] == ',')
    return OddValue{"behind a `,` at the end browsers drop all of this header", "leave it out", text.substr(last, 1)};
  return std::nullopt;
}

std::optional<OddValue> odd_cleared_data(std::string_view text) {
  static const std::vector<std::string_view> kKinds{
      "cache", "cookies", "storage", "executionContexts", "clientHints", "prefetchCache", "prerenderCache"};
  const std::vector<std::string_view> parts = parts_of(text, ',');
  for (const std::string_view part : parts) {
    // In this header the case counts.
    const std::string bare = bare_kind(part);
    if (std::find(kKinds.begin(), kKinds.end(), bare) != kKinds.end()) continue;
    const auto same = [&](std::string_view kind) { return equal_nocase(kind, bare); };
    const auto cased = std::find_if(kKinds.begin(), kKinds.end(), same);
    const std::string_view meant = cased != kKinds.end() ? *cased : misspelt_directive(bare, kKinds);
    if (!meant.empty())
      return OddValue{"`" + bare.substr(0, kRepeatedValue) + "` is nothing that can be cleared",
                      "write `" + in_quotes(meant) + "`", part};
  }
  const auto bare = [](std::string_view part) { return part.size() < 2 || part.front() != '"' || part.back() != '"'; };
  const auto wrong = std::find_if(parts.begin(), parts.end(), bare);
  if (wrong == parts.end()) return std::nullopt;
  std::string right;
  for (const std::string_view part : parts) right += (right.empty() ? "" : ", ") + in_quotes(bare_kind(part));
  return OddValue{"what is cleared stands in double quotes in this header, and is not known without",
                  write_header("\"" + right + "\"", "write `" + in_quotes("cache") + "` for `cache`"), *wrong};
}

}  // namespace sprx
