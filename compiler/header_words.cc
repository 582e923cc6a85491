// Headers of one word: `Cross-Origin-Opener-Policy`, `X-Content-Type-Options` and the like.
#include <algorithm>

#include "compiler/header_values.h"
#include "compiler/table/canonical.h"

namespace sprx {
namespace {

/// Headers of one word, perhaps with parameters behind it.
std::optional<OddValue> odd_word(std::string_view text, const std::vector<std::string_view>& known) {
  const std::string_view word = trimmed_value(text.substr(0, text.find(';')));
  const auto same = [word](std::string_view one) { return one == word; };
  if (std::any_of(known.begin(), known.end(), same)) return std::nullopt;
  std::string all;
  for (const std::string_view one : known) all += (all.empty() ? "`" : ", `") + std::string(one) + "`";
  return OddValue{"browsers know other words in this header", "it is one of " + all, word};
}

}  // namespace

std::optional<OddValue> odd_opener_policy(std::string_view text) {
  static const std::vector<std::string_view> kWords{"same-origin", "same-origin-allow-popups", "noopener-allow-popups",
                                                    "unsafe-none"};
  return odd_word(text, kWords);
}

std::optional<OddValue> odd_embedder_policy(std::string_view text) {
  static const std::vector<std::string_view> kWords{"require-corp", "credentialless", "unsafe-none"};
  return odd_word(text, kWords);
}

std::optional<OddValue> odd_resource_policy(std::string_view text) {
  static const std::vector<std::string_view> kWords{"same-origin", "same-site", "cross-origin"};
  return odd_word(text, kWords);
}

std::optional<OddValue> odd_type_options(std::string_view text) {
  // Of a list the first counts (Fetch, 3.6).
  if (equal_nocase(trimmed_value(text.substr(0, text.find(','))), "nosniff")) return std::nullopt;
  return OddValue{"browsers know `nosniff` here, and nothing else", "write `\"nosniff\"`", {}};
}

std::optional<OddValue> odd_frame_options(std::string_view text) {
  const std::string_view value = trimmed_value(text);
  for (const std::string_view known : {"deny", "sameorigin", "allowall"}) {
    if (equal_nocase(value, known)) return std::nullopt;
  }
  constexpr std::string_view kFrom = "allow-from";
  const bool from = value.size() > kFrom.size() && equal_nocase(value.substr(0, kFrom.size()), kFrom);
  const std::string site = from ? std::string(trimmed_value(value.substr(kFrom.size()))) : std::string();
  return OddValue{"browsers know `DENY` and `SAMEORIGIN` here, and nothing else",
                  from && site.size() <= kRepeatedValue
                      ? "who may frame a page is said by `Content-Security-Policy`: `\"frame-ancestors " + site + "\"`"
                      : "write `\"DENY\"` or `\"SAMEORIGIN\"`",
                  {}};
}

}  // namespace sprx
