#include "runtime/state_keeper.h"

#include <chrono>

#include "runtime/state_file.h"

namespace sprx {
namespace {

/// How long a ban may be only in memory.
constexpr std::chrono::milliseconds kSaveEvery{500};

}  // namespace

StateKeeper::StateKeeper(LiveState& state, LogWriter& log, const std::string& directory)
    : state_(state), log_(log), path_(directory.empty() ? std::string() : directory + "/state") {}

StateKeeper::~StateKeeper() { stop(); }

void StateKeeper::load() {
  if (path_.empty()) return;
  std::string text;
  bool missing = false;
  LiveState::Saved saved;
  std::optional<std::string> error = load_state_file(path_, text, missing);
  if (!error && !missing) {
    error = read_state(text, saved);
    if (error) error = path_ + ": " + *error;
  }
  if (error) log_.say("warning", "flags and dynamic lists begin as declared: " + *error);
  if (!error && !missing) state_.restore(saved);
  const std::lock_guard lock(file_mutex_);
  saved_ = state_.changes();
}

void StateKeeper::start() {
  if (!path_.empty() && !thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void StateKeeper::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, kSaveEvery);
    lock.unlock();
    save();
    lock.lock();
  }
}

std::optional<std::string> StateKeeper::save() {
  if (path_.empty()) return std::nullopt;
  const std::lock_guard lock(file_mutex_);
  const std::uint64_t now = state_.changes();
  if (now == saved_) return std::nullopt;
  std::optional<std::string> error = save_state_file(path_, write_state(state_.save()));
  if (error && !failed_) log_.say("warning", "flags and dynamic lists are not kept for the next start: " + *error);
  if (!error && failed_) log_.say("info", "flags and dynamic lists are kept again");
  failed_ = error.has_value();
  if (!error) saved_ = now;
  return error;
}

void StateKeeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  save();
}

}  // namespace sprx
