#include "runtime/http/chunked.h"

#include <gtest/gtest.h>
#include <string>

namespace sprx {
namespace {

struct Decoded {
  std::string data;
  std::string rest;
  ChunkedDecoder::Result result = ChunkedDecoder::Result::more;
};

/// Feeds `bytes` in pieces of `step`.
Decoded decode(std::string_view bytes, std::size_t step) {
  ChunkedDecoder decoder;
  Decoded out;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    std::string_view data;
    do {
      out.result = decoder.decode(piece, data);
      if (out.result == ChunkedDecoder::Result::data) out.data.append(data);
    } while (out.result == ChunkedDecoder::Result::data);
    if (out.result != ChunkedDecoder::Result::more) {
      out.rest = std::string(piece) + std::string(bytes);
      break;
    }
  }
  return out;
}

struct Case {
  const char* name;
  std::string bytes;
  ChunkedDecoder::Result result;
  std::string data;
  std::string rest;
};

constexpr auto kDone = ChunkedDecoder::Result::done;
constexpr auto kBad = ChunkedDecoder::Result::bad;
constexpr auto kMore = ChunkedDecoder::Result::more;

class ChunkedTest : public testing::TestWithParam<Case> {};

TEST_P(ChunkedTest, SaysTheSameHoweverTheBytesAreSplit) {
  const Case& c = GetParam();
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{1000}}) {
    const Decoded decoded = decode(c.bytes, step);
    EXPECT_EQ(decoded.result, c.result) << c.name << " step " << step;
    if (c.result == kDone) {
      EXPECT_EQ(decoded.data, c.data) << c.name << " step " << step;
      EXPECT_EQ(decoded.rest, c.rest) << c.name << " step " << step;
    }
  }
}

using namespace std::string_literals;

INSTANTIATE_TEST_SUITE_P(
    , ChunkedTest,
    testing::Values(
        Case{"one_chunk", "5\r\nhello\r\n0\r\n\r\n", kDone, "hello", ""}, Case{"empty", "0\r\n\r\n", kDone, "", ""},
        Case{"two_chunks", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", kDone, "hello world", ""},
        Case{"next_message_is_left", "1\r\na\r\n0\r\n\r\nGET /", kDone, "a", "GET /"},
        Case{"upper_and_lower_case_sizes", "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", kDone,
             "01234567890123456789", ""},
        Case{"leading_zeros", "0005\r\nhello\r\n000\r\n\r\n", kDone, "hello", ""},
        Case{"extension", "5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\n", kDone, "hello", ""},
        Case{"trailers", "1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\n", kDone, "a", ""},
        Case{"data_that_looks_like_framing", "9\r\n\r\n0\r\n\r\nxx\r\n0\r\n\r\n", kDone, "\r\n0\r\n\r\nxx", ""},
        Case{"unfinished", "5\r\nhel", kMore, "", ""}, Case{"unfinished_trailers", "0\r\nX: y\r\n", kMore, "", ""},
        Case{"no_size", "\r\nhello", kBad, "", ""}, Case{"not_hexadecimal", "5g\r\nhello\r\n", kBad, "", ""},
        Case{"prefixed", "0x5\r\nhello\r\n", kBad, "", ""}, Case{"negative", "-5\r\nhello\r\n", kBad, "", ""},
        Case{"plus", "+5\r\nhello\r\n", kBad, "", ""}, Case{"leading_blank", " 5\r\nhello\r\n", kBad, "", ""},
        Case{"blank_after_size", "5 \r\nhello\r\n", kBad, "", ""},
        Case{"tab_after_size", "5\t\r\nhello\r\n", kBad, "", ""},
        Case{"blank_before_extension", "5 ;a\r\nhello\r\n", kBad, "", ""},
        Case{"bare_lf_after_size", "5\nhello\r\n", kBad, "", ""},
        Case{"bare_cr_after_size", "5\rhello\r\n", kBad, "", ""},
        Case{"bare_lf_after_data", "5\r\nhello\n0\r\n\r\n", kBad, "", ""},
        Case{"longer_than_said", "5\r\nhello!\r\n0\r\n\r\n", kBad, "", ""},
        Case{"shorter_than_said", "6\r\nhello\r\n0\r\n\r\n", kBad, "", ""},
        Case{"size_past_63_bits", "8000000000000000\r\n", kBad, "", ""},
        Case{"size_past_64_bits", "10000000000000005\r\nhello\r\n", kBad, "", ""},
        Case{"bare_lf_in_extension", "5;a\n\r\nhello\r\n", kBad, "", ""},
        Case{"nul_in_extension", "5;a\0\r\nhello\r\n"s, kBad, "", ""},
        Case{"bare_cr_in_extension", "5;a\rb\r\nhello\r\n", kBad, "", ""},
        Case{"bare_lf_after_trailer", "0\r\nX: y\n\r\n", kBad, "", ""}, Case{"bare_lf_at_end", "0\r\n\n", kBad, "", ""},
        Case{"folded_trailer", "0\r\nX: y\r\n z\r\n\r\n", kBad, "", ""},
        Case{"trailer_without_colon", "0\r\nX\r\n\r\n", kBad, "", ""},
        Case{"trailer_with_blank_before_colon", "0\r\nX : y\r\n\r\n", kBad, "", ""},
        Case{"size_line_at_its_limit",
             "5;" + std::string(ChunkedDecoder::kLineLimit - 2, 'a') + "\r\nhello\r\n0\r\n\r\n", kDone, "hello", ""},
        Case{"size_line_past_its_limit",
             "5;" + std::string(ChunkedDecoder::kLineLimit - 1, 'a') + "\r\nhello\r\n0\r\n\r\n", kBad, "", ""},
        Case{"trailers_past_their_limit", "0\r\nX: " + std::string(ChunkedDecoder::kTrailerLimit, 'a') + "\r\n\r\n",
             kBad, "", ""}),
    [](const testing::TestParamInfo<Case>& i) { return std::string(i.param.name); });

}  // namespace
}  // namespace sprx
