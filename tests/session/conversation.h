// What tests that go through a session step by step have in common.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <string_view>
#include <vector>

#include "tests/session/memory_proxy.h"

namespace sprx::testing {

inline constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
inline constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline void send(MemoryProxy& proxy, int fd, std::string_view bytes) {
  proxy.net.at(fd).to_proxy.append(bytes);
  proxy.net.run();
}

/// Everybody goes; nothing may be left.
inline void leave(MemoryProxy& proxy, const std::vector<int>& clients) {
  for (const int fd : clients) proxy.net.at(fd).reset = true;
  proxy.net.run();
  proxy.pass(300'000);
  EXPECT_EQ(proxy.left_over(), "");
}

inline std::uint64_t counted(const MemoryProxy& proxy, Reason reason) {
  return proxy.counters().reasons[static_cast<std::size_t>(reason)].value();
}

}  // namespace sprx::testing
