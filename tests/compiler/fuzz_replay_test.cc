// What the fuzz targets of the language found once, for good (those of HTTP: tests/session/replay_test.cc).
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/paths.h"
#include "tests/compiler/check_support.h"
#include "tests/compiler/compile_input.h"
#include "tests/compiler/format_support.h"

namespace sprx::testing {
namespace {

std::vector<std::filesystem::path> findings() {
  std::vector<std::filesystem::path> out;
  for (const char* target : {"/fuzz/parse", "/fuzz/format", "/fuzz/check"}) {
    if (!std::filesystem::exists(testdata(target))) continue;
    for (const auto& entry : std::filesystem::directory_iterator(testdata(target))) out.push_back(entry.path());
  }
  return out;
}

/// Each is tried with every target: what one found may be news to another.
TEST(FuzzFindings, StayFixed) {
  for (const std::filesystem::path& path : findings()) {
    const std::string bytes = read_text(path);
    std::string out;
    EXPECT_EQ(broken_layout(bytes, &out), "") << path << "\n" << out;
    EXPECT_EQ(broken_compilation(bytes), "") << path;
  }
}

TEST(FuzzInput, IsADirectoryOfFiles) {
  const std::string_view bytes("a\0x.tsv\0b\tc\0y.txt\0", 18);
  const MemoryFiles files = files_of(bytes);
  EXPECT_EQ(files, (MemoryFiles{{"main.sprx", "a"}, {"x.tsv", "b\tc"}, {"y.txt", ""}}));
  EXPECT_EQ(files_of(""), (MemoryFiles{{"main.sprx", ""}}));
}

}  // namespace
}  // namespace sprx::testing
