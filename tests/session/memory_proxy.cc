#include "tests/session/memory_proxy.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/eventfd.h>

namespace sprx::testing {
namespace {

constexpr std::int64_t kWallUs = 1'767'225'600'000'000;  ///< 2026-01-01, at the net's time 0

std::int64_t wall_us() { return kWallUs + steady_ms() * 1'000; }

std::shared_ptr<const Endpoints> next_hop(const std::vector<std::uint16_t>& ports) {
  Endpoints endpoints;
  for (const std::uint16_t port : ports) {
    Endpoint endpoint;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::memcpy(&endpoint.address, &address, sizeof address);
    endpoint.size = sizeof address;
    endpoint.text = fmt::format("127.0.0.1:{}", port);
    endpoints.push_back(std::move(endpoint));
  }
  return std::make_shared<const Endpoints>(std::move(endpoints));
}

}  // namespace

MemoryProxy::MemoryProxy(std::shared_ptr<const DecisionTable> table, std::size_t read_limit)
    : log_(LogTarget::files, "", wall_us), resolver_("next-hop", 80, [](auto) {}), live_(1, wall_us) {
  options_.read_limit = read_limit;
  commons_.options = &options_;
  commons_.log = &log_;
  commons_.resolver = &resolver_;
  commons_.clock_us = wall_us;
  commons_.live = &live_;
  worker_ = std::make_unique<Worker>(commons_, ::eventfd(0, EFD_CLOEXEC), 0);
  BoundTable bound{table, live_.bind(table->rules()), std::make_shared<RuleHits>(table->rules(), 1)};
  worker_->set_table(std::move(bound));
  set_next_hop({80});
}

MemoryProxy::~MemoryProxy() = default;

void MemoryProxy::set_next_hop(const std::vector<std::uint16_t>& ports) { worker_->set_endpoints(next_hop(ports)); }

int MemoryProxy::connect() {
  const int fd = net.make_socket();
  IpAddress peer;
  peer.bytes[10] = peer.bytes[11] = 0xff;
  peer.bytes[12] = 127;
  peer.bytes[15] = 1;
  worker_->admit(fd, peer);
  return fd;
}

void MemoryProxy::pass(Milliseconds by, Milliseconds tick) {
  const Milliseconds until = net.now + by;
  while (net.now < until) {
    net.now = std::min(until, net.now + tick);
    worker_->tick();
    net.run();
  }
}

void MemoryProxy::drain(Milliseconds limit) {
  worker_->begin_drain(limit);
  net.run();
}

std::vector<std::string> MemoryProxy::log_lines() {
  worker_->flush_log();
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < net.log.size();) {
    const std::size_t end = std::min(net.log.find('\n', at), net.log.size());
    lines.push_back(net.log.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string MemoryProxy::left_over() {
  const Counters& count = worker_->counters();
  std::string out;
  const auto expect = [&](std::string_view what, std::uint64_t got, std::uint64_t want) {
    if (got != want) out += fmt::format("{}: {} instead of {}\n", what, got, want);
  };
  expect("connections_open", count.connections_open.value(), 0);
  expect("requests_in_flight", count.requests_in_flight.value(), 0);
  expect("tunnels_open", count.tunnels_open.value(), 0);
  expect("commons.connections", commons_.connections, 0);
  expect("streams", worker_->streams().size(), worker_->pool().size());
  expect("open sockets", net.open_sockets(), worker_->pool().size());
  expect("upstream_idle", count.upstream_idle.value(), worker_->pool().size());
  worker_->pool().clear();
  expect("open sockets without the pool", net.open_sockets(), 0);
  expect("buffers in use", worker_->buffers().in_use(), 0);
  expect("log lines", log_lines().size(), count.requests.value());
  std::uint64_t answered = 0;
  for (const auto& of_source : count.responses) {
    for (const Counter& of_class : of_source) answered += of_class.value();
  }
  expect("responses by source and class", answered, count.requests.value());
  return out;
}

}  // namespace sprx::testing
