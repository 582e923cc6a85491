// `Content-Security-Policy`: directives by `;`, sources by blanks, keywords in `'…'`.
#include <algorithm>
#include <array>

#include "compiler/header_values.h"
#include "compiler/table/canonical.h"

namespace sprx {
namespace {

const std::vector<std::string_view>& policy_directives() {
  static const std::vector<std::string_view> kKnown{"default-src",
                                                    "script-src",
                                                    "script-src-elem",
                                                    "script-src-attr",
                                                    "style-src",
                                                    "style-src-elem",
                                                    "style-src-attr",
                                                    "img-src",
                                                    "connect-src",
                                                    "font-src",
                                                    "object-src",
                                                    "media-src",
                                                    "frame-src",
                                                    "child-src",
                                                    "worker-src",
                                                    "manifest-src",
                                                    "prefetch-src",
                                                    "fenced-frame-src",
                                                    "base-uri",
                                                    "form-action",
                                                    "frame-ancestors",
                                                    "navigate-to",
                                                    "sandbox",
                                                    "report-uri",
                                                    "report-to",
                                                    "upgrade-insecure-requests",
                                                    "block-all-mixed-content",
                                                    "require-trusted-types-for",
                                                    "trusted-types",
                                                    "plugin-types",
                                                    "require-sri-for",
                                                    "referrer",
                                                    "reflected-xss",
                                                    "webrtc"};
  return kKnown;
}

bool is_policy_directive(std::string_view name) {
  const std::vector<std::string_view>& known = policy_directives();
  return std::any_of(known.begin(), known.end(), [&](std::string_view one) { return equal_nocase(one, name); });
}

bool has_sources(std::string_view directive) {
  return directive.ends_with("-src") || directive.ends_with("-src-elem") || directive.ends_with("-src-attr") ||
         directive == "base-uri" || directive == "form-action" || directive == "frame-ancestors";
}

/// `self`, `"self"`, `nonce-…`: in `'…'` they mean something.
bool wants_quotes(std::string_view source) {
  constexpr auto kWords =
      std::to_array<std::string_view>({"self", "none", "unsafe-inline", "unsafe-eval", "strict-dynamic",
                                       "unsafe-hashes", "report-sample", "wasm-unsafe-eval"});
  constexpr auto kBegins = std::to_array<std::string_view>({"nonce-", "sha256-", "sha384-", "sha512-"});
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return equal_nocase(word, source); }) ||
         std::any_of(kBegins.begin(), kBegins.end(),
                     [&](std::string_view begin) { return equal_nocase(begin, source.substr(0, begin.size())); });
}

/// `'self`, `self'`.
std::optional<OddValue> odd_quotes(std::string_view source) {
  const bool begins = source.front() == '\'';
  const bool ends = source.back() == '\'';
  if (begins == ends && source.size() > 1) return std::nullopt;
  if (!begins && !ends) return std::nullopt;
  std::string word(source);
  std::erase(word, '\'');
  return OddValue{"of the two `'` round a word one is missing",
                  word.empty() ? "a word stands between two: `'self'`" : "write `'" + word + "'`", source};
}

/// A directive without the `;` before it. `words`: of the directive before, its name first.
std::optional<OddValue> odd_swallowed(const std::vector<std::string_view>& words) {
  if (equal_nocase(words.front(), "report-to") || equal_nocase(words.front(), "trusted-types")) return std::nullopt;
  for (std::size_t i = 1; i < words.size(); ++i) {
    // `sandbox` may be a host.
    if (words[i].find('-') == std::string_view::npos || !is_policy_directive(words[i])) continue;
    return OddValue{"`" + std::string(words[i]) + "` is a directive, and without a `;` before it a part of `" +
                        std::string(words.front()) + "`",
                    "write `; " + std::string(words[i]) + "`", words[i]};
  }
  return std::nullopt;
}

/// `'none'` beside sources.
std::optional<OddValue> odd_none(const std::vector<std::string_view>& words) {
  const std::string_view* none = nullptr;
  bool others = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const bool is_none = equal_nocase(words[i], "'none'");
    if (is_none) none = &words[i];
    others = others || (!is_none && !equal_nocase(words[i], "'report-sample'"));
  }
  if (none == nullptr || !others) return std::nullopt;
  return OddValue{"beside other sources browsers pay no heed to `'none'`",
                  "write it alone, or leave it out where the others are meant", *none};
}

std::optional<OddValue> odd_source(std::string_view source) {
  std::string_view word = source;
  if (word.size() > 2 && word.front() == '"' && word.back() == '"') word = word.substr(1, word.size() - 2);
  if (!wants_quotes(word)) return std::nullopt;
  return OddValue{"without `'…'` round it `" + std::string(word) + "` is the name of a host",
                  "write `'" + std::string(word) + "'`", source};
}

std::optional<OddValue> odd_policy_directive(std::string_view directive) {
  const std::vector<std::string_view> words = parts_of(directive, ' ');
  const std::string_view name = words.front();
  if (const std::string_view bare = name.substr(0, name.find(':')); bare != name && is_policy_directive(bare))
    return OddValue{"a `:` is no part of the name of a directive",
                    "a blank follows it: `" + std::string(bare) + " 'self'`", name};
  if (const std::string_view meant = misspelt_directive(name, policy_directives()); !meant.empty())
    return OddValue{"`" + std::string(name) + "` is no directive of a policy", "write `" + std::string(meant) + "`",
                    name};
  if (name.find("://") != std::string_view::npos || name.front() == '\'' || name.front() == '*')
    return OddValue{"a source that stands behind a `;` is of no directive",
                    "sources of one directive stand apart by blanks", name};
  if (!is_policy_directive(name)) return std::nullopt;
  if (std::optional<OddValue> odd = odd_swallowed(words)) return odd;
  if (!has_sources(folded(name))) return std::nullopt;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (std::optional<OddValue> odd = odd_quotes(words[i])) return odd;
    if (std::optional<OddValue> odd = odd_source(words[i])) return odd;
  }
  return odd_none(words);
}

}  // namespace

std::optional<OddValue> odd_policy(std::string_view text) {
  if (const std::size_t comma = text.find(','); comma != std::string_view::npos)
    return OddValue{"a `,` ends this policy and begins another one, and both hold",
                    "directives stand apart by `;`, sources by blanks", text.substr(comma, 1)};
  for (const std::string_view directive : parts_of(text, ';')) {
    if (std::optional<OddValue> odd = odd_policy_directive(directive)) return odd;
  }
  return std::nullopt;
}

}  // namespace sprx
