// When a change of the configuration directory is acted on.
#include "runtime/watch.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/runtime/proxy_fixture.h"
#include "tests/runtime/sockets.h"

namespace sprx {
namespace {

TEST(Settling, ActsOnceWhenAChangeHasComeToRest) {
  Settling settling(1);
  EXPECT_FALSE(settling.look(1));
  EXPECT_FALSE(settling.look(2));  // still being written
  EXPECT_FALSE(settling.look(3));
  EXPECT_TRUE(settling.look(3));
  EXPECT_FALSE(settling.look(3));
}

TEST(Settling, ForgetsAChangeThatWasTakenBack) {
  Settling settling(1);
  EXPECT_FALSE(settling.look(2));
  EXPECT_FALSE(settling.look(1));
  EXPECT_FALSE(settling.look(1));
}

TEST(Watch, FindsAChangeBetweenTheFirstLookAndTheStart) {
  std::atomic<std::uint64_t> there{1};
  std::promise<void> changed;
  Watch watch;
  watch.begin([&]() -> std::optional<std::uint64_t> { return there.load(); });
  there = 2;
  watch.start(
      std::chrono::milliseconds(1), [&] { changed.set_value(); }, [] {});
  EXPECT_EQ(changed.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  watch.stop();
}

TEST(Watch, SaysOnceThatItIsBlindAndSeesAgainLater) {
  std::atomic<int> looks{0};
  std::atomic<int> said{0};
  std::promise<void> changed;
  Watch watch;
  watch.begin([&]() -> std::optional<std::uint64_t> {
    const int look = looks++;
    return look >= 1 && look < 5 ? std::nullopt : std::optional<std::uint64_t>(look < 1 ? 1 : 2);
  });
  watch.start(
      std::chrono::milliseconds(1), [&] { changed.set_value(); }, [&] { ++said; });
  EXPECT_EQ(changed.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  watch.stop();
  EXPECT_EQ(said, 1);
}

TEST(Watch, OfAProxyReloads) {
  std::atomic<std::uint64_t> there{1};
  const int ours = getpriority(PRIO_PROCESS, 0);
  std::atomic<int> theirs{ours};
  ProxyFixture proxy(1, "rule r { respond 201; }\n", [&](ServerOptions& options) {
    options.look = [&]() -> std::optional<std::uint64_t> { return there.load(); };
    options.look_interval = std::chrono::milliseconds(1);
    options.load = [&]() -> LoadResult {
      theirs = getpriority(PRIO_PROCESS, 0);
      return {table_of("rule r { respond 202; }\n"), ""};
    };
  });
  const auto status = [&] {
    Peer client = connect_to(proxy.port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return client.receive_all().substr(9, 3);
  };
  EXPECT_EQ(status(), "201");
  there = 2;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (status() != "202" && std::chrono::steady_clock::now() < until) {
  }
  EXPECT_EQ(status(), "202");
  EXPECT_EQ(theirs, std::min(ours + 10, 19)) << "requests go first";
}

}  // namespace
}  // namespace sprx
