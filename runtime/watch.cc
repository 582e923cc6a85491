#include "runtime/watch.h"

#include <utility>

#include "runtime/stand_back.h"

namespace sprx {

Watch::~Watch() { stop(); }

void Watch::begin(Look look) {
  look_ = std::move(look);
  if (look_) first_ = look_();
}

void Watch::start(std::chrono::milliseconds interval, std::function<void()> changed, std::function<void()> blind) {
  if (!look_) return;
  changed_ = std::move(changed);
  blind_ = std::move(blind);
  thread_ = std::thread([this, interval] { run(interval); });
}

void Watch::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    ended_.notify_all();
  }
  thread_.join();
}

void Watch::run(std::chrono::milliseconds interval) {
  stand_back();
  Settling settling(first_.value_or(0));
  bool said = false;
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, interval, [this] { return stop_; })) {
    lock.unlock();
    const std::optional<std::uint64_t> seen = look_();
    if (seen && settling.look(*seen)) changed_();
    if (!seen && !std::exchange(said, true)) blind_();
    lock.lock();
  }
}

}  // namespace sprx
