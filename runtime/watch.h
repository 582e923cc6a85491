// Watch: looks at the configuration directory once a second and says when it has changed and come to rest. Looking
// again and again works on every file system and through every link, where notifications of the kernel do not.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace sprx {

/// When a change is to be acted on: once two looks in a row have seen the same, and something else than what is in use.
class Settling {
 public:
  explicit Settling(std::uint64_t in_use) : in_use_(in_use), last_(in_use) {}
  [[nodiscard]] bool look(std::uint64_t seen) {
    const bool rests = seen == last_;
    last_ = seen;
    if (!rests || seen == in_use_) return false;
    in_use_ = seen;
    return true;
  }

 private:
  std::uint64_t in_use_;
  std::uint64_t last_;
};

class Watch {
 public:
  /// What is there, as a number that changes with it; nothing: it is too much to look at.
  using Look = std::function<std::optional<std::uint64_t>()>;

  Watch() = default;
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// The first look, before what is there is read: a change in between is found.
  void begin(Look look);
  /// `changed` and `blind` (once, where there is too much to look at) are called on a thread of the watch.
  void start(std::chrono::milliseconds interval, std::function<void()> changed, std::function<void()> blind);
  void stop();

 private:
  void run(std::chrono::milliseconds interval);

  Look look_;
  std::optional<std::uint64_t> first_;
  std::function<void()> changed_;
  std::function<void()> blind_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace sprx
