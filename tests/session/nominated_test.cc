// What a head costs that holds nothing but Connection.
#include <chrono>
#include <gtest/gtest.h>

#include "runtime/http/head_parse.h"

namespace sprx::testing {
namespace {

TEST(Nominated, AHeadFullOfConnectionIsReadInTheTimeOfItsBytes) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 900; ++i) head += "H" + std::to_string(i) + ": 1\r\n";
  for (int i = 0; i < 20; ++i) {
    head += "Connection: h7";
    for (int n = 0; n < 24'000; ++n) head += n % 2 == 0 ? ",x" : ",";
    head += "\r\n";
  }
  head += "\r\n";
  ParsedHead parsed;
  const auto began = std::chrono::steady_clock::now();
  ASSERT_EQ(parse_request_head(head, 16'384, parsed), Reason::none);
  std::size_t hop_by_hop = 0;
  for (const HeaderLine& line : parsed.headers) hop_by_hop += is_hop_by_hop(parsed, line.name) ? 1U : 0U;
  EXPECT_EQ(hop_by_hop, 21U);
  // Each line looked up among all members takes minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

}  // namespace
}  // namespace sprx::testing
