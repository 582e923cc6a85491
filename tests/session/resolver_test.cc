// Resolver over a name service that is slow, fails, moves and has many addresses. The functions of the C library are
// defined here for this program.
#include "runtime/resolver.h"

#include <arpa/inet.h>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <gtest/gtest.h>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <optional>

namespace {

/// What the next look-ups find: the last bytes of addresses in 127.0.0.0/24; nothing: they fail.
struct NameService {
  std::mutex mutex;
  std::condition_variable changed;
  bool hangs = false;
  std::vector<std::uint8_t> addresses;
  int asked = 0;

  void set(std::vector<std::uint8_t> to, bool hang = false) {
    const std::lock_guard lock(mutex);
    addresses = std::move(to);
    hangs = hang;
    changed.notify_all();
  }
  int times_asked() {
    const std::lock_guard lock(mutex);
    return asked;
  }
  void wait_asked(int times) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return asked >= times; });
  }
};

NameService& names() {
  static NameService* const service = new NameService;  // the resolver's thread outlives main
  return *service;
}

struct Found {
  addrinfo info{};
  sockaddr_in address{};
};

}  // namespace

extern "C" int getaddrinfo(const char*, const char* service, const addrinfo*, addrinfo** out) {
  std::unique_lock lock(names().mutex);
  ++names().asked;
  names().changed.notify_all();
  names().changed.wait(lock, [] { return !names().hangs; });
  *out = nullptr;
  for (auto last = names().addresses.rbegin(); last != names().addresses.rend(); ++last) {
    auto* const found = new Found;
    found->address.sin_family = AF_INET;
    found->address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(service)));
    found->address.sin_addr.s_addr = htonl(0x7f000000U + *last);
    found->info.ai_family = AF_INET;
    found->info.ai_addr = reinterpret_cast<sockaddr*>(&found->address);
    found->info.ai_addrlen = sizeof found->address;
    found->info.ai_next = *out;
    *out = &found->info;
  }
  return *out == nullptr ? EAI_AGAIN : 0;
}

extern "C" void freeaddrinfo(addrinfo* list) noexcept {
  while (list != nullptr) {
    addrinfo* const next = list->ai_next;
    delete reinterpret_cast<Found*>(list);  // its first member
    list = next;
  }
}

namespace sprx {
namespace {

/// What was published, in order.
class Published {
 public:
  void add(std::shared_ptr<const Endpoints> endpoints) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(endpoints));
    more_.notify_all();
  }
  std::vector<std::string> wait(std::size_t number) {
    std::unique_lock lock(mutex_);
    more_.wait_for(lock, std::chrono::seconds(20), [&] { return all_.size() >= number; });
    std::vector<std::string> texts;
    if (all_.size() < number) return texts;
    for (const Endpoint& endpoint : *all_[number - 1]) texts.push_back(endpoint.text);
    return texts;
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return all_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<std::shared_ptr<const Endpoints>> all_;
};

using Texts = std::vector<std::string>;

TEST(ResolverTest, ASlowNameServiceHoldsNobodyUp) {
  names().set({1}, true);
  Published published;
  {
    Resolver resolver("next-hop", 80, [&](auto endpoints) { published.add(std::move(endpoints)); });
    resolver.start();
    resolver.wait_first(std::chrono::milliseconds(20));
    EXPECT_EQ(published.count(), 0U);
    names().set({1});
    EXPECT_EQ(published.wait(1), Texts{"127.0.0.1:80"});
  }
  // One that hangs when the resolver ends is not waited for, and what it finds then is nobody's.
  names().set({2}, true);
  {
    Resolver resolver("next-hop", 80, [&](auto endpoints) { published.add(std::move(endpoints)); });
    const int before = names().times_asked();
    resolver.start();
    names().wait_asked(before + 1);
  }
  names().set({});
  EXPECT_EQ(published.count(), 1U);
}

TEST(ResolverTest, KeepsWhatItKnowsWhileLookUpsFailAndFollowsTheNameWhenItMoves) {
  names().set({});
  Published published;
  Resolver resolver("next-hop", 8080, [&](auto endpoints) { published.add(std::move(endpoints)); });
  const int before = names().times_asked();
  resolver.start();
  names().wait_asked(before + 2);  // failing, it asks again every second
  EXPECT_EQ(published.count(), 0U);
  names().set({3, 4});
  EXPECT_EQ(published.wait(1), (Texts{"127.0.0.3:8080", "127.0.0.4:8080"}));
  names().set({});
  const int known = names().times_asked();
  resolver.hurry();
  names().wait_asked(known + 1);
  names().set({5});
  resolver.hurry();
  EXPECT_EQ(published.wait(2), Texts{"127.0.0.5:8080"});
}

TEST(ResolverTest, TakesEveryAddressInTheOrderOfTheNameService) {
  std::vector<std::uint8_t> many;
  Texts texts;
  for (std::uint8_t last = 200; last > 0; --last) {
    many.push_back(last);
    texts.push_back("127.0.0." + std::to_string(last) + ":80");
  }
  names().set(many);
  Published published;
  Resolver resolver("next-hop", 80, [&](auto endpoints) { published.add(std::move(endpoints)); });
  resolver.start();
  EXPECT_EQ(published.wait(1), texts);
}

}  // namespace
}  // namespace sprx
