// Fuzzes format(): whatever parses is laid out as the same program with the same comments, and stays so, or this
// aborts.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/compiler/format_support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string formatted;
  const std::string problem = sprx::testing::broken_layout({reinterpret_cast<const char*>(data), size}, &formatted);
  if (!problem.empty()) {
    std::fprintf(stderr, "%s\n--- laid out as\n%s", problem.c_str(), formatted.c_str());
    std::abort();
  }
  return 0;
}
