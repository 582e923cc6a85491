// Programs as a test sees them: run one to its end, or keep one running; what it wrote, how it ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace sprx::test {

struct Finished {
  int status = -1;  ///< exit status, 128 + signal if it was killed, -1 if it did not end in time
  std::string out;
  std::string err;
};

/// Runs `command` (a path and its arguments) to its end, within a minute. `input` is its standard input. `unset` and
/// `environment` change what it inherits.
[[nodiscard]] Finished run(const std::vector<std::string>& command, std::string_view input = {},
                           const std::vector<std::pair<std::string, std::string>>& environment = {});

/// The program under test with `arguments`.
[[nodiscard]] Finished sprx(std::vector<std::string> arguments, std::string_view input = {});

/// A program that goes on running: its output goes to files. Killed and waited for by the destructor.
class Running {
 public:
  Running(const std::vector<std::string>& command, const std::filesystem::path& folder);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// What it wrote so far.
  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;
  /// Waits until standard error holds `text`; false if it ends before, or after half a minute.
  [[nodiscard]] bool says(std::string_view text);
  /// Sends `signal` and waits for the end; the status as in Finished.
  int end(int signal);
  /// Waits for the end by itself.
  int wait_for_end();

 private:
  bool reap();
  [[nodiscard]] bool wait_until(std::chrono::steady_clock::time_point until, int other) const;

  std::filesystem::path folder_;
  pid_t pid_ = -1;
  bool ended_ = false;
  int status_ = -1;
};

/// A folder of its own, removed with all that is in it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  /// Writes a file, making the folders it is in.
  void write(std::string_view name, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string read_file(const std::filesystem::path& path);
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);

/// Sends `bytes` to 127.0.0.1:`port` and returns what comes back until the other side closes (send `Connection:
/// close`).
[[nodiscard]] std::string send_and_receive(std::uint16_t port, std::string_view bytes);
/// GET `target` with a Connection: close and `headers` (each with its CR LF).
[[nodiscard]] std::string get(std::uint16_t port, std::string_view target, std::string_view headers = {});

}  // namespace sprx::test
