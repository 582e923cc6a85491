#include "runtime/worker.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>
#include <utility>

#include "runtime/http/head_write.h"
#include "runtime/session.h"

namespace sprx {
namespace {

using boost::system::error_code;

constexpr std::chrono::milliseconds kSlowestTick{1'000};
constexpr std::chrono::milliseconds kFastestTick{5};
constexpr std::chrono::milliseconds kLogDelay{50};  ///< how long a line may wait in the worker
constexpr std::size_t kLogBlock = 64 * 1024;
constexpr std::size_t kSpareExchanges = 256;

int open_reserve() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

Worker::Worker(Commons& commons, int listener, std::size_t number)
    : commons_(commons),
      number_(number),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE),
      poller_(context_),
      pool_(counters_),
      mail_(context_),
      listener_(context_, listener),
      ticker_(context_),
      flusher_(context_),
      reserve_fd_(open_reserve()),
      ledger_(*commons.live),
      random_(std::random_device{}()) {
  error_code ignored;
  mail_.assign(mailbox_.fd(), ignored);
}

Worker::~Worker() {
  join();
  pool_.clear();
  mail_.release();  // the mailbox closes it
  if (reserve_fd_ >= 0) ::close(reserve_fd_);
}

void Worker::set_table(BoundTable table) { replace_table(std::move(table)); }
void Worker::set_endpoints(std::shared_ptr<const Endpoints> endpoints) { endpoints_ = std::move(endpoints); }

void Worker::start() {
  counters_.beat_ms.set(static_cast<std::uint64_t>(steady_ms()));
  thread_ = std::thread([this] { run(); });
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

bool Worker::publish(BoundTable table, std::function<void()> done) {
  return mailbox_.tell([this, table = std::move(table), done = std::move(done)] {
    replace_table(table);
    done();
  });
}

bool Worker::publish(std::shared_ptr<const Endpoints> endpoints) {
  return mailbox_.tell([this, endpoints = std::move(endpoints)] {
    endpoints_ = endpoints;
    preferred_endpoint_ = 0;
    // Kept connections may lead to where the name no longer points.
    pool_.clear();
  });
}

bool Worker::leads_to_next_hop(std::string_view address) const {
  if (!endpoints_) return false;
  const auto is_it = [&](const Endpoint& endpoint) { return endpoint.text == address; };
  return std::any_of(endpoints_->begin(), endpoints_->end(), is_it);
}

bool Worker::drain(Milliseconds limit) {
  return mailbox_.tell([this, limit] { begin_drain(limit); });
}

void Worker::run() {
  // What `top -H` and a debugger show; the kernel keeps 15 characters.
  ::pthread_setname_np(::pthread_self(), ("worker " + std::to_string(number_)).substr(0, 15).c_str());
  accepting_ = true;
  poller_.start();
  wait_for_messages();
  wait_for_connections();
  wait_for_tick();
  context_.run();
  mailbox_.shut();
  flush_log();
}

void Worker::wait_for_messages() {
  mail_.async_wait(Descriptor::wait_read, [this](const error_code& ec) {
    if (ec) return;
    for (const Mailbox::Message& message : mailbox_.take()) message();
    wait_for_messages();
  });
}

void Worker::replace_table(BoundTable table) {
  if (table_ != nullptr) {
    table_->retired = true;
    if (table_->users == 0) release(*table_);
  }
  uses_.push_back(std::make_unique<TableUse>());
  table_ = uses_.back().get();
  static_cast<BoundTable&>(*table_) = std::move(table);
}

void Worker::release(TableUse& use) {
  std::erase_if(uses_, [&](const std::unique_ptr<TableUse>& held) { return held.get() == &use; });
}

std::chrono::milliseconds Worker::tick_interval() const {
  std::int64_t shortest = kSlowestTick.count() * 4;
  for (const SettingInfo& setting : kSettings) {
    if (setting.kind == SettingInfo::Kind::milliseconds && setting.id != Setting::drain_timeout) {
      shortest = std::min(shortest, settings()[setting.id]);
    }
  }
  return std::clamp(std::chrono::milliseconds(shortest / 4), kFastestTick, kSlowestTick);
}

void Worker::wait_for_tick() {
  ticker_.expires_after(tick_interval());
  ticker_.async_wait([this](const error_code& ec) {
    if (ec) return;
    tick();
    wait_for_tick();
  });
}

void Worker::tick() {
  const Milliseconds now = steady_ms();
  counters_.beat_ms.set(static_cast<std::uint64_t>(now));
  streams_.sweep(now);
  pool_.sweep(now, settings()[Setting::upstream_idle_timeout]);
  pipes_.sweep();
  for (Session* session = sessions_; session != nullptr; session = session->next_) session->sweep(now);
  counters_.buffer_bytes.set(buffers_.in_use());
  if (reserve_fd_ < 0) reserve_fd_ = open_reserve();
  if (!draining_ && !accepting_) {
    accepting_ = true;
    wait_for_connections();
  }
  if (draining_) {
    if (now >= drain_until_) {
      for (Session* session = sessions_; session != nullptr; session = session->next_) session->abort();
    }
    end_if_drained();
  }
}

void Worker::begin_drain(Milliseconds limit) {
  const Milliseconds until = steady_ms() + limit;
  if (draining_) {
    drain_until_ = std::min(drain_until_, until);
    return;
  }
  draining_ = true;
  drain_until_ = until;
  while (accepting_ && accept_some()) {
  }
  error_code ignored;
  listener_.close(ignored);
  pool_.clear();
  for (Session* session = sessions_; session != nullptr; session = session->next_) {
    limit > 0 ? session->drain() : session->abort();
  }
  end_if_drained();
}

void Worker::end_if_drained() {
  if (sessions_ == nullptr) context_.stop();
}

void Worker::session_ended(const IpAddress& peer) {
  counters_.connections_open.sub();
  commons_.connections.fetch_sub(1, std::memory_order_relaxed);
  commons_.peers.leave(peer);
  if (draining_) end_if_drained();
}

std::string_view Worker::date() {
  const std::int64_t second = now_us() / 1'000'000;
  if (second != date_second_) {
    write_date(date_, second);
    date_second_ = second;
  }
  return {date_, kDateSize};
}

void Worker::make_id(char* out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (int half = 0; half < 2; ++half) {
    std::uint64_t bits = random_();
    for (int digit = 0; digit < 16; ++digit, bits >>= 4) *out++ = kHex[bits & 15];
  }
}

std::unique_ptr<Exchange> Worker::begin_exchange() {
  std::unique_ptr<Exchange> exchange;
  if (spare_.empty()) {
    exchange = std::make_unique<Exchange>();
  } else {
    exchange = std::move(spare_.back());
    spare_.pop_back();
  }
  exchange->reset();
  exchange->use = table_;
  ++table_->users;
  counters_.requests_in_flight.add();
  return exchange;
}

void Worker::renew_exchange(Exchange& exchange) {
  if (exchange.use == table_) return;
  leave(*exchange.use);
  exchange.use = table_;
  ++table_->users;
}

void Worker::leave(TableUse& use) {
  if (--use.users == 0 && use.retired) release(use);
}

void Worker::end_exchange(std::unique_ptr<Exchange> exchange) {
  counters_.requests_in_flight.sub();
  leave(*std::exchange(exchange->use, nullptr));
  if (spare_.size() < kSpareExchanges) spare_.push_back(std::move(exchange));
}

void Worker::log(const AccessRecord& record) {
  append_access_line(log_block_, record, options().log_format);
  ++log_block_lines_;
  counters_.log_lines.add();
  if (log_block_.size() >= kLogBlock) return flush_log();
  if (flush_pending_) return;
  flush_pending_ = true;
  flusher_.expires_after(kLogDelay);
  flusher_.async_wait([this](const error_code& ec) {
    if (ec) return;
    flush_pending_ = false;
    flush_log();
  });
}

void Worker::flush_log() {
  if (log_block_.empty()) return;
  const std::uint64_t lines = std::exchange(log_block_lines_, 0);
  if (!commons_.log->submit(std::exchange(log_block_, commons_.log->empty_block()), lines)) {
    counters_.log_lines_dropped.add(lines);
  }
  log_block_.reserve(kLogBlock + kLogBlock / 4);
}

}  // namespace sprx
