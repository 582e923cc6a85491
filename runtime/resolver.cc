#include "runtime/resolver.h"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <thread>
#include <utility>

namespace sprx {

struct Resolver::Shared {
  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable first;
  bool stop = false;
  bool hurry = false;
  bool looked = false;
  std::string host;
  std::string port;
  std::function<void(std::shared_ptr<const Endpoints>)> publish;  ///< null once the Resolver is gone
};

namespace {

std::string text_of(const addrinfo& info) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (::getnameinfo(info.ai_addr, info.ai_addrlen, host.data(), host.size(), port.data(), port.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return {};
  }
  return info.ai_family == AF_INET6 ? std::string("[") + host.data() + "]:" + port.data()
                                    : std::string(host.data()) + ":" + port.data();
}

Endpoints look_up(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  Endpoints endpoints;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return endpoints;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    Endpoint endpoint;
    std::memcpy(&endpoint.address, info->ai_addr, info->ai_addrlen);
    endpoint.size = info->ai_addrlen;
    endpoint.text = text_of(*info);
    endpoints.push_back(std::move(endpoint));
  }
  ::freeaddrinfo(found);
  return endpoints;
}

bool same(const Endpoints& a, const Endpoints& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].text != b[i].text) return false;
  }
  return true;
}

}  // namespace

Resolver::Resolver(std::string host, std::uint16_t port, std::function<void(std::shared_ptr<const Endpoints>)> publish)
    : shared_(std::make_shared<Shared>()) {
  shared_->host = std::move(host);
  shared_->port = std::to_string(port);
  shared_->publish = std::move(publish);
}

Resolver::~Resolver() {
  const std::lock_guard lock(shared_->mutex);
  shared_->stop = true;
  shared_->publish = nullptr;
  shared_->wake.notify_all();
}

void Resolver::start() {
  // Detached: getaddrinfo may hang for many seconds, and the end of the process must not wait for it. The thread owns
  // all that it touches.
  std::thread(&Resolver::run, shared_).detach();
}

void Resolver::run(std::shared_ptr<Shared> shared) {
  Endpoints known;
  for (;;) {
    const auto began = std::chrono::steady_clock::now();
    Endpoints found = look_up(shared->host, shared->port);
    std::unique_lock lock(shared->mutex);
    if (shared->stop) return;
    if (!found.empty() && !same(found, known)) {
      known = std::move(found);
      shared->publish(std::make_shared<const Endpoints>(known));
    }
    shared->looked = true;
    shared->first.notify_all();
    shared->wake.wait_until(lock, began + kLeastInterval, [&] { return shared->stop; });
    const auto pause = known.empty() ? kLeastInterval : kInterval;
    shared->wake.wait_until(lock, began + pause, [&] { return shared->stop || shared->hurry; });
    if (shared->stop) return;
    shared->hurry = false;
  }
}

void Resolver::hurry() {
  const std::lock_guard lock(shared_->mutex);
  if (shared_->hurry) return;
  shared_->hurry = true;
  shared_->wake.notify_all();
}

void Resolver::wait_first(std::chrono::milliseconds limit) {
  std::unique_lock lock(shared_->mutex);
  shared_->first.wait_for(lock, limit, [&] { return shared_->looked; });
}

}  // namespace sprx
