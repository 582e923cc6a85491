// StateKeeper: keeps LiveState on disk, on a thread of its own. What goes wrong is said once and never stops anything.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "runtime/live_state.h"
#include "runtime/log_writer.h"

namespace sprx {

class StateKeeper {
 public:
  /// `directory`: "" for keeping nothing.
  StateKeeper(LiveState& state, LogWriter& log, const std::string& directory);
  ~StateKeeper();
  StateKeeper(const StateKeeper&) = delete;
  StateKeeper& operator=(const StateKeeper&) = delete;

  /// Once, after the first table was bound and before traffic.
  void load();
  void start();
  /// Writes what has changed since the last time, now; for messages, whose effect is to be safe when they return. The
  /// reason where that failed.
  std::optional<std::string> save();
  /// The last save included.
  void stop();

 private:
  void run();

  LiveState& state_;
  LogWriter& log_;
  std::string path_;
  std::mutex file_mutex_;  ///< one save at a time; guards the two below
  std::uint64_t saved_ = 0;
  bool failed_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sprx
