#include "runtime/log_writer.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "runtime/access_log.h"

namespace sprx {
namespace {

constexpr mode_t kLogMode = 0640;
constexpr std::size_t kSaidLines = 1'000;  ///< diagnostics that may wait
constexpr std::size_t kPipeBlock = 4'096;  ///< what a pipe that can be written takes at once (PIPE_BUF)
constexpr int kLookAroundMs = 100;
constexpr std::int64_t kLastWordsMs = 2'000;  ///< for a pipe that nobody reads, at the end

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

LogWriter::LogWriter(LogTarget target, std::string directory, std::function<std::int64_t()> clock_us)
    : target_(target), directory_(std::move(directory)), clock_us_(std::move(clock_us)) {
  diagnostic_.fd = STDERR_FILENO;
  if (target_ == LogTarget::standard_output) access_.fd = STDOUT_FILENO;
}

LogWriter::~LogWriter() {
  stop();
  close_file(access_);
  close_file(diagnostic_);
}

void LogWriter::close_file(File& file) {
  if (file.owned) ::close(file.fd);
  file = {};
}

std::optional<std::string> LogWriter::open() { return open_files(); }

std::optional<std::string> LogWriter::open_files() {
  if (target_ == LogTarget::standard_output) return std::nullopt;
  std::error_code ec;
  std::filesystem::create_directories(directory_, ec);
  const auto open_one = [&](const char* name, File& file) -> std::optional<std::string> {
    const std::string path = directory_ + "/" + name;
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kLogMode);
    if (fd < 0) return fmt::format("cannot open {}: {}", path, std::strerror(errno));
    close_file(file);
    file.fd = fd;
    file.owned = true;
    return std::nullopt;
  };
  auto error = open_one("error.log", diagnostic_);
  auto access_error = open_one("access.log", access_);
  return error ? error : access_error;
}

void LogWriter::start() {
  running_ = true;
  thread_ = std::thread([this] { run(); });
}

std::string LogWriter::empty_block() {
  const std::lock_guard lock(mutex_);
  if (spare_.empty()) return {};
  std::string block = std::move(spare_.back());
  spare_.pop_back();
  return block;
}

bool LogWriter::submit(std::string block, std::uint64_t lines) {
  const std::lock_guard lock(mutex_);
  if (waiting_bytes_ + block.size() > kWaitingBytes) {
    lost_ += lines;
    return false;
  }
  waiting_bytes_ += block.size();
  waiting_.push_back({std::move(block), lines});
  wake_.notify_one();
  return true;
}

void LogWriter::say(std::string_view level, std::string_view text) {
  std::string line;
  append_time(line, clock_us_());
  line.append(" ").append(level).append(": ");
  append_ltsv_text(line, text);
  line.push_back('\n');
  const std::lock_guard lock(mutex_);
  if (said_.size() >= kSaidLines) return;
  said_.push_back(std::move(line));
  wake_.notify_one();
}

std::optional<std::string> LogWriter::reopen() {
  std::unique_lock lock(mutex_);
  if (!running_ || stop_) return "the log is shut";
  if (target_ == LogTarget::standard_output) return std::nullopt;  // there is no file to open again
  const std::uint64_t wanted = ++reopen_wanted_;
  wake_.notify_one();
  reopened_.wait(lock, [&] { return reopen_done_ >= wanted || !running_; });
  return reopen_error_;
}

void LogWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    give_up_at_ = now_ms() + kLastWordsMs;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

std::uint64_t LogWriter::lines_lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

/// Whether somebody deleted the file, so that what is written is gone.
bool LogWriter::was_removed(const File& file) {
  struct stat about = {};
  return file.owned && ::fstat(file.fd, &about) == 0 && about.st_nlink == 0;
}

/// Takes back the part of a line with which a full disk ended, so that every line of the file is whole.
void LogWriter::cut(File& file, std::size_t bytes) {
  file.torn = bytes > 0;
  if (!file.torn || !file.owned) return;
  const off_t end = ::lseek(file.fd, 0, SEEK_END);
  const auto part = static_cast<off_t>(bytes);
  if (end >= part && ::ftruncate(file.fd, end - part) == 0) file.torn = false;
}

/// A pipe may have a reader that does not read. The access log waits for it, and drops lines when it can hold no more;
/// the diagnostic log, which others wait behind, does not. False: not now.
bool LogWriter::wait_writable(const File& file) {
  if (file.fd < 0) return true;  // write() says what is wrong
  for (;;) {
    pollfd state{file.fd, POLLOUT, 0};
    if (::poll(&state, 1, kLookAroundMs) > 0) return true;
    if (&file != &access_ || now_ms() >= give_up_at_) {
      errno = EAGAIN;
      return false;
    }
    speak();
  }
}

/// Writes the diagnostics that wait.
void LogWriter::speak() {
  std::deque<std::string> said;
  {
    const std::lock_guard lock(mutex_);
    said = std::exchange(said_, {});
  }
  for (const std::string& line : said) write_diagnostic(line);
}

/// The bytes that were written, all or those of whole lines.
std::size_t LogWriter::write_lines(File& file, std::string_view text) {
  if (file.torn && (file.owned || wait_writable(file)) && ::write(file.fd, "\n", 1) == 1) file.torn = false;
  std::size_t done = 0;
  while (done < text.size()) {
    const std::size_t most = file.owned ? text.size() - done : std::min(text.size() - done, kPipeBlock);
    const ssize_t written = file.owned || wait_writable(file) ? ::write(file.fd, text.data() + done, most) : -1;
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      const std::size_t whole = text.substr(0, done).rfind('\n') + 1;
      cut(file, done - whole);
      errno = error;
      return whole;
    }
    done += static_cast<std::size_t>(written);
  }
  return done;
}

void LogWriter::write_diagnostic(std::string_view line) {
  if (!was_removed(diagnostic_) && write_lines(diagnostic_, line) == line.size()) return;
  // Somebody may look at standard error; it may be what says that the disk is full.
  if (!diagnostic_.owned) return;
  File last_resort{STDERR_FILENO};
  write_lines(last_resort, line);
}

void LogWriter::write_access(const Block& block) {
  // A log that somebody deleted comes back by itself if it can.
  if (was_removed(access_)) static_cast<void>(open_files());
  const bool removed = was_removed(access_);
  const std::size_t written = removed ? 0 : write_lines(access_, block.text);
  if (written == block.text.size()) {
    access_.failing = false;
    return;
  }
  const int error = removed ? ENOENT : errno;
  {
    const std::lock_guard lock(mutex_);
    const auto whole = std::count(block.text.begin(), block.text.begin() + static_cast<std::ptrdiff_t>(written), '\n');
    lost_ += block.lines - static_cast<std::uint64_t>(whole);
  }
  if (std::exchange(access_.failing, true)) return;
  say("error", fmt::format("the access log cannot be written, lines are lost: {}", std::strerror(error)));
}

void LogWriter::run() {
  std::vector<Block> blocks;
  std::deque<std::string> said;
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stop_ || !waiting_.empty() || !said_.empty() || reopen_wanted_ > reopen_done_; });
    std::swap(blocks, waiting_);
    std::swap(said, said_);
    const std::uint64_t reopen = reopen_wanted_;
    const bool must_reopen = reopen > reopen_done_;
    const bool last = stop_ && blocks.empty() && said.empty() && !must_reopen;
    lock.unlock();
    for (const std::string& line : said) write_diagnostic(line);
    said.clear();
    std::size_t written = 0;
    for (const Block& block : blocks) {
      write_access(block);
      written += block.text.size();
    }
    std::optional<std::string> error;
    if (must_reopen) error = open_files();
    lock.lock();
    waiting_bytes_ -= written;
    for (Block& block : blocks) {
      if (spare_.size() == kSpareBlocks) break;
      block.text.clear();
      spare_.push_back(std::move(block.text));
    }
    blocks.clear();
    if (must_reopen) {
      reopen_done_ = reopen;
      reopen_error_ = std::move(error);
      reopened_.notify_all();
    }
    if (last) break;
  }
  running_ = false;
  reopened_.notify_all();
}

}  // namespace sprx
