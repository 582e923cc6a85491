// Resolver: keeps the next hop's addresses fresh from a thread of its own, so that no worker ever waits for a name
// server.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace sprx {

/// One address of the next hop.
struct Endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;
  std::string text;  ///< `192.0.2.1:80`, `[2001:db8::1]:80`
};
using Endpoints = std::vector<Endpoint>;

/// Asks the system resolver (/etc/hosts, then resolv.conf) at start, every 30 s, and when hurried, but at most once a
/// second. A failed look-up keeps the addresses that are known; without any, look-ups go on every second.
class Resolver {
 public:
  static constexpr std::chrono::seconds kInterval{30};
  static constexpr std::chrono::seconds kLeastInterval{1};

  /// `publish` is called on the resolver's thread with every new list of addresses (not with unchanged ones).
  Resolver(std::string host, std::uint16_t port, std::function<void(std::shared_ptr<const Endpoints>)> publish);
  ~Resolver();
  void start();
  /// Any thread: addresses may have changed (a connect failed).
  void hurry();
  /// Waits until the first look-up has ended, at most `limit`.
  void wait_first(std::chrono::milliseconds limit);

 private:
  struct Shared;
  static void run(std::shared_ptr<Shared> shared);
  std::shared_ptr<Shared> shared_;  ///< outlives us while getaddrinfo hangs
};

}  // namespace sprx
