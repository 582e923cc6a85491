// LogWriter: the one thread that writes log files. Workers hand it blocks of whole lines and never wait for it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/server_options.h"

namespace sprx {

/// The access log (`access.log`, or standard output) and the diagnostic log (`error.log`, or standard error). A log
/// that cannot be written loses whole lines, which are counted and reported once until it works again; it never stops
/// traffic.
class LogWriter {
 public:
  /// Bytes of access lines that may wait; past it lines are dropped.
  static constexpr std::size_t kWaitingBytes = 16 * 1024 * 1024;
  /// Blocks whose memory is kept.
  static constexpr std::size_t kSpareBlocks = 32;

  LogWriter(LogTarget target, std::string directory, std::function<std::int64_t()> clock_us);
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// Makes the directory and opens the files. Returns the reason on failure; diagnostics then go to standard error, and
  /// access lines are lost until a reopen() succeeds.
  [[nodiscard]] std::optional<std::string> open();
  void start();

  /// Any thread: an empty string to gather lines in, with the memory of a block that was written if there is one.
  [[nodiscard]] std::string empty_block();
  /// Any thread. `block` is whole lines. False if too much waits already: the lines are lost (and counted).
  bool submit(std::string block, std::uint64_t lines);
  /// Any thread: one line for the diagnostic log.
  void say(std::string_view level, std::string_view text);
  /// Any thread but the writer's: returns when all lines from now on go to newly opened files, or the reason why not.
  [[nodiscard]] std::optional<std::string> reopen();
  /// Writes all that waits and ends the thread.
  void stop();

  [[nodiscard]] std::uint64_t lines_lost() const;

 private:
  struct Block {
    std::string text;
    std::uint64_t lines = 0;
  };
  struct File {
    int fd = -1;
    bool owned = false;    ///< false: standard output or error
    bool torn = false;     ///< the last write ended inside a line
    bool failing = false;  ///< reported already
  };
  void run();
  [[nodiscard]] std::optional<std::string> open_files();
  void write_access(const Block& block);
  void write_diagnostic(std::string_view line);
  std::size_t write_lines(File& file, std::string_view text);
  bool wait_writable(const File& file);
  void speak();
  static void cut(File& file, std::size_t bytes);
  static bool was_removed(const File& file);
  void close_file(File& file);

  LogTarget target_;
  std::string directory_;
  std::function<std::int64_t()> clock_us_;
  File access_;  ///< the writer's thread only, once started
  File diagnostic_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable reopened_;
  std::vector<Block> waiting_;
  std::vector<std::string> spare_;  ///< blocks that were written
  std::size_t waiting_bytes_ = 0;
  std::deque<std::string> said_;
  std::atomic<std::int64_t> give_up_at_{std::numeric_limits<std::int64_t>::max()};  ///< steady ms: what waits is lost
  std::uint64_t lost_ = 0;
  std::uint64_t reopen_wanted_ = 0;
  std::uint64_t reopen_done_ = 0;
  std::optional<std::string> reopen_error_;
  bool stop_ = false;
  bool running_ = false;
  std::thread thread_;
};

}  // namespace sprx
