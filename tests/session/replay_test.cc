// What the fuzz targets of HTTP were started with and what they found: every file of testdata/fuzz/TARGET, for good.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "support/paths.h"
#include "tests/session/head_check.h"
#include "tests/session/session_check.h"

namespace sprx::testing {
namespace {

std::size_t replay(const std::string& target, std::string (*broken)(std::string_view)) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testdata("/fuzz/" + target))) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(broken(bytes), "") << entry.path();
    ++count;
  }
  return count;
}

TEST(FuzzReplay, RequestHeads) { EXPECT_GE(replay("request_head", broken_request_head), 1U); }
TEST(FuzzReplay, ResponseHeads) { EXPECT_GE(replay("response_head", broken_response_head), 1U); }
TEST(FuzzReplay, ChunkedBodies) { EXPECT_GE(replay("chunked", broken_chunked), 1U); }
TEST(FuzzReplay, Sessions) { EXPECT_GE(replay("session", broken_session), 1U); }

TEST(FuzzInput, IsAScriptThatCanBeWrittenDownAgain) {
  for (const NamedScript& named : scripts_of_transcripts(testdata("/http"))) {
    EXPECT_EQ(script_of(bytes_of(named.script)), named.script) << named.name;
  }
}

}  // namespace
}  // namespace sprx::testing
