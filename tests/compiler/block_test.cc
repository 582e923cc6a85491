#include "compiler/table/block.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "compiler/table/steps.h"

namespace sprx {
namespace {

/// Bit i: byte i of the block at `at` is within the range, a byte after another.
std::uint32_t plainly_within(std::string_view text, std::size_t at, int least, int most) {
  std::uint32_t mask = 0;
  for (std::size_t i = at; i < text.size() && i < at + kBlockSize; ++i) {
    const int c = static_cast<unsigned char>(text[i]);
    if (c >= least && c <= most) mask |= std::uint32_t{1} << (i - at);
  }
  return mask;
}

template <typename Made>
void expect_masks(std::string_view text, std::size_t at) {
  const BlockBytes bytes(text, at);
  const Made block(bytes);
  for (const char c : {'.', '/', '%', 'a', '\x7F'}) {
    ASSERT_EQ(block.equal(c), plainly_within(text, at, c, c)) << testing::PrintToString(text) << " at " << at;
  }
  for (const auto& [least, most] : {std::pair{'0', '9'}, {'a', 'z'}, {' ', '~'}, {'-', '.'}, {'\x01', '\x7F'}}) {
    ASSERT_EQ(block.within(least, most), plainly_within(text, at, least, most)) << testing::PrintToString(text);
  }
}

TEST(Block, knows_every_byte_at_every_place_of_texts_of_every_length) {
  for (std::size_t size = 0; size <= 2 * kBlockSize + 1; ++size) {
    for (std::size_t odd = 0; odd < std::max<std::size_t>(size, 1); ++odd) {
      for (int c = 1; c < 256; ++c) {
        std::string text(size, 'k');
        if (odd < size) text[odd] = static_cast<char>(c);
        // In room of its own size, so that a byte read behind it is seen by a sanitizer.
        const std::vector<char> exact(text.begin(), text.end());
        for (std::size_t at = 0; at <= size; at += kBlockSize) {
          expect_masks<Block>({exact.data(), exact.size()}, at);
          expect_masks<WordBlock>({exact.data(), exact.size()}, at);
        }
        if (HasFatalFailure()) return;
      }
    }
  }
}

template <typename Made>
void expect_pairs(const std::string& a, const std::string& b) {
  std::uint32_t expected = 0;
  for (std::size_t i = 0; i < kBlockSize; ++i) {
    if ((a[i] | 0x20) == 'q' && (b[i] | 0x20) == '\x7F') expected |= std::uint32_t{1} << i;
  }
  EXPECT_EQ(Made::both_equal(Made::at(a.data()).or_each(0x20), Made::all('q'), Made::at(b.data()).or_each(0x20),
                             Made::all('\x7F')),
            expected);
}

TEST(Block, knows_where_two_bytes_are_what_is_looked_for) {
  for (std::size_t place = 0; place < kBlockSize; ++place) {
    for (int c = 0; c < 256; ++c) {
      std::string a(kBlockSize, 'Q');
      std::string b(kBlockSize, '_');
      a[place] = static_cast<char>(c);
      b[kBlockSize - 1 - place] = static_cast<char>(c);
      expect_pairs<Block>(a, b);
      expect_pairs<WordBlock>(a, b);
    }
  }
}

TEST(Steps, have_the_hash_that_their_text_has_by_itself) {
  std::vector<std::string> paths{"", "/", "//", "a", "/a", "/a/", "a/b", "//a//", "/ABCDEFG/h", "/abcdefgh/ij/"};
  for (std::size_t size = 1; size <= 20; ++size) {
    paths.push_back("/" + std::string(size, 'x') + "/" + std::string(20 - size, 'Y') + "/end");
  }
  for (const std::string& path : paths) {
    for (const bool nocase : {false, true}) {
      std::vector<std::size_t> ends;
      std::size_t wholes = 0;
      each_path_step(path, nocase, [&](std::size_t size, std::uint64_t hash, bool whole) {
        ends.push_back(size);
        wholes += whole ? 1 : 0;
        EXPECT_EQ(whole, ends.size() == 1 + static_cast<std::size_t>(std::count(path.begin(), path.end(), '/')));
        EXPECT_EQ(hash, step_hash(StepOrder::path, path.substr(0, size), nocase)) << path << ' ' << size;
        return true;
      });
      std::vector<std::size_t> expected;
      for (std::size_t at = 0; at < path.size(); ++at) {
        if (path[at] == '/') expected.push_back(at);
      }
      expected.push_back(path.size());
      EXPECT_EQ(ends, expected) << path;
      EXPECT_EQ(wholes, 1U) << path;
    }
  }
  EXPECT_EQ(step_hash(StepOrder::path, "/Abcdefghij/K", true), step_hash(StepOrder::path, "/aBCDEFGHIJ/k", true));
  EXPECT_NE(step_hash(StepOrder::path, "/Abcdefghij/K", false), step_hash(StepOrder::path, "/abcdefghij/k", false));
  EXPECT_NE(step_hash(StepOrder::path, "/ab/c", false), step_hash(StepOrder::path, "/a/bc", false));
}

}  // namespace
}  // namespace sprx
