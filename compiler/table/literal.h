// Literal: a text that is looked for in the values of a field, and what such values mostly are.
#pragma once

#include <cstdint>
#include <string_view>

namespace sprx {

/// A text that is looked for. `id` is what a hit reports; several literals may have the same.
struct Literal {
  std::string_view text;
  bool nocase = false;
  std::uint32_t id = 0;
};

/// Longest literal that is compared here, bytes; a longer one is refused.
inline constexpr std::size_t kMaxGramLiteral = 256;

/// Texts that nearly every request has: what they are made of finds nothing.
inline constexpr std::string_view kCommonTexts[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605",
    "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/119.0 Edg/120.0.0.0 OPR/106.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A) Mobile Safari",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) bingbot crawler spider robot",
    "https://www.example.com/index.html http:// .com/ .org/ .net/ /images/ /static/ /assets/ /content/ /category/",
    ".jpg .jpeg .png .webp .html .php .json .css .js .svg .woff2 /api/v1/ /wp-content/uploads/ article product page",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8 gzip, deflate, br en-US"};

}  // namespace sprx
