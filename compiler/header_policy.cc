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
  if (!has_sources(folded(name))) return std::nullopt;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (std::optional<OddValue> odd = odd_source(words[i])) return odd;
  }
  return std::nullopt;
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
