// The words of `test { … }`, made from test_words.def: the checker, the reference page and "similar word" read them
// here.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sprx {

/// Where a word stands.
enum class TestPlace : std::uint8_t { test, request, upstream, expect, forward, answer };

enum class TestWord : std::uint8_t {
#define SPRX_TEST_WORD(place, word, usage, doc) place##_##word,
#include "compiler/test_words.def"
#undef SPRX_TEST_WORD
};

struct TestWordInfo {
  TestWord id;
  TestPlace place;
  std::string_view name;
  std::string_view usage;
  std::string_view doc;
};

inline constexpr auto kTestWords = std::to_array<TestWordInfo>({
#define SPRX_TEST_WORD(place, word, usage, doc) {TestWord::place##_##word, TestPlace::place, #word, usage, doc},
#include "compiler/test_words.def"
#undef SPRX_TEST_WORD
});

}  // namespace sprx
