#include "tests/tools/program.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace sprx::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(60);

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// Closed at the end of its block.
struct Descriptor {
  explicit Descriptor(int number) : fd(number) {}
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd;
};

[[noreturn]] void become(const std::vector<std::string>& command,
                         const std::vector<std::pair<std::string, std::string>>& environment) {
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

struct Pipe {
  std::array<int, 2> ends{};
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(std::size_t end) {
    if (ends[end] >= 0) close(ends[end]);
    ends[end] = -1;
  }
};

/// Reads what is there; false at the end.
bool take(int fd, std::string& into) {
  std::array<char, 65536> buffer;
  const ssize_t got = read(fd, buffer.data(), buffer.size());
  if (got > 0) into.append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0;
}

/// Collects both outputs until they end; false if they have not by `until`.
bool collect(Pipe& out, Pipe& err, Finished& result, Clock::time_point until) {
  while (out.ends[0] >= 0 || err.ends[0] >= 0) {
    std::array<pollfd, 2> ready{pollfd{out.ends[0], POLLIN, 0}, pollfd{err.ends[0], POLLIN, 0}};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0 || poll(ready.data(), ready.size(), static_cast<int>(left)) <= 0) return false;
    if (ready[0].revents != 0 && !take(out.ends[0], result.out)) out.close_end(0);
    if (ready[1].revents != 0 && !take(err.ends[0], result.err)) err.close_end(0);
  }
  return true;
}

}  // namespace

Finished run(const std::vector<std::string>& command, std::string_view input,
             const std::vector<std::pair<std::string, std::string>>& environment) {
  Folder folder;
  folder.write("input", input);
  Pipe out;
  Pipe err;
  const int in = open((folder / "input").c_str(), O_RDONLY | O_CLOEXEC);
  const pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    dup2(in, 0);
    dup2(out.ends[1], 1);
    dup2(err.ends[1], 2);
    become(command, environment);
  }
  close(in);
  out.close_end(1);
  err.close_end(1);
  Finished result;
  const bool ended = collect(out, err, result, Clock::now() + kPatience);
  if (!ended) kill(child, SIGKILL);
  int wait_status = 0;
  waitpid(child, &wait_status, 0);
  result.status = ended ? status_of(wait_status) : -1;
  return result;
}

Finished sprx(std::vector<std::string> arguments, std::string_view input) {
  arguments.insert(arguments.begin(), SPRX_PROGRAM);
  return run(arguments, input);
}

Running::Running(const std::vector<std::string>& command, const std::filesystem::path& folder) : folder_(folder) {
  const int out = open((folder_ / "stdout").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const int err = open((folder_ / "stderr").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  pid_ = fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    dup2(out, 1);
    dup2(err, 2);
    become(command, {});
  }
  close(out);
  close(err);
}

Running::~Running() {
  if (!ended_) end(SIGKILL);
}

std::string Running::out() const { return read_file(folder_ / "stdout"); }
std::string Running::err() const { return read_file(folder_ / "stderr"); }

bool Running::says(std::string_view text) {
  const auto until = Clock::now() + kPatience / 2;
  // The watch stands before the first look, so that nothing written in between is missed.
  const Descriptor watch(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (inotify_add_watch(watch.fd, (folder_ / "stderr").c_str(), IN_MODIFY) < 0) fail("inotify_add_watch");
  while (err().find(text) == std::string::npos) {
    if (ended_ || !wait_until(until, watch.fd)) return false;
    char events[4096];
    while (read(watch.fd, events, sizeof events) > 0) {
    }
    if (reap()) return err().find(text) != std::string::npos;
  }
  return true;
}

/// Takes the exit status if the program has ended.
bool Running::reap() {
  int wait_status = 0;
  if (ended_ || waitpid(pid_, &wait_status, WNOHANG) != pid_) return ended_;
  ended_ = true;
  status_ = status_of(wait_status);
  return true;
}

/// Waits until the program ends or `other` (-1: nothing) can be read; false when `until` comes first.
bool Running::wait_until(Clock::time_point until, int other) const {
  const Descriptor program(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));  // glibc 2.36 declares it, not for C++
  if (program.fd < 0) fail("pidfd_open");
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  pollfd waits[] = {{program.fd, POLLIN, 0}, {other, POLLIN, 0}};
  return left > 0 && poll(waits, 2, static_cast<int>(left)) > 0;
}

int Running::end(int signal) {
  if (!ended_) kill(pid_, signal);
  return wait_for_end();
}

int Running::wait_for_end() {
  const auto until = Clock::now() + kPatience;
  while (!reap()) {
    if (wait_until(until, -1)) continue;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    ended_ = true;
    status_ = -1;
  }
  return status_;
}

Folder::Folder() {
  std::string path = (std::filesystem::temp_directory_path() / "sprx-test.XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) fail("mkdtemp");
  path_ = path;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Folder::write(std::string_view name, std::string_view bytes) const {
  const std::filesystem::path path = path_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string send_and_receive(std::uint16_t port, std::string_view bytes) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  const timeval patience{.tv_sec = 30, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 &&
      send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())) {
    while (take(fd, answer)) {
    }
  }
  close(fd);
  return answer;
}

std::string get(std::uint16_t port, std::string_view target, std::string_view headers) {
  std::string request = "GET " + std::string(target) + " HTTP/1.1\r\nConnection: close\r\n";
  if (headers.find("Host:") == std::string_view::npos) request += "Host: www.example.com\r\n";
  return send_and_receive(port, request + std::string(headers) + "\r\n");
}

}  // namespace sprx::test
