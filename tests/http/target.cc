#include "http/target.h"

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <signal.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/net.h"
#include "http/peer_config.h"

namespace sprx::http_suite {
namespace {

constexpr auto kStartLimit = Milliseconds(15'000);
constexpr auto kStopLimit = Milliseconds(30'000);

/// Time between two looks at something that cannot be waited for, such as the end of a process.
void pause() { ::poll(nullptr, 0, 5); }

}  // namespace

std::optional<TargetKind> target_named(const std::string& name) {
  for (const TargetKind kind :
       {TargetKind::sprx, TargetKind::nginx, TargetKind::haproxy, TargetKind::varnish, TargetKind::external}) {
    if (name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

std::string name_of(TargetKind kind) {
  switch (kind) {
    case TargetKind::sprx:
      return "sprx";
    case TargetKind::nginx:
      return "nginx";
    case TargetKind::haproxy:
      return "haproxy";
    case TargetKind::varnish:
      return "varnish";
    case TargetKind::external:
      return "external";
  }
  return "";
}

Target::Target(const TargetOptions& options, const std::string& config, std::uint16_t origin_port) : options_(options) {
  if (options_.kind == TargetKind::external) {
    port_ = options_.port;
    return;
  }
  std::string name = (std::filesystem::temp_directory_path() / "http-suite-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    problem_ = "no temporary directory";
    return;
  }
  folder_ = name;
  port_ = free_port();
  start(prepare(config, origin_port));
}

void Target::write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

std::vector<std::string> Target::prepare(const std::string& config, std::uint16_t origin_port) {
  const auto program = [&](const char* usual) { return options_.program.empty() ? usual : options_.program; };
  const PeerPlaces places{folder_.string(), port_, origin_port, config};
  switch (options_.kind) {
    case TargetKind::nginx:
      write("nginx.conf", nginx_config(places));
      return {program("nginx"),
              "-p",
              folder_.string(),
              "-e",
              (folder_ / "error.log").string(),
              "-c",
              (folder_ / "nginx.conf").string()};
    case TargetKind::haproxy:
      write("haproxy.cfg", haproxy_config(places));
      return {program("haproxy"), "-db", "-f", (folder_ / "haproxy.cfg").string()};
    case TargetKind::varnish:
      write("default.vcl", varnish_config(places));
      return {program("varnishd"),
              "-F",
              "-j",
              "none",  // whoever we are: its own users could not read our folder
              "-n",
              folder_.string(),
              "-a",
              "127.0.0.1:" + std::to_string(port_),
              "-f",
              (folder_ / "default.vcl").string()};
    default:
      break;
  }
  std::filesystem::create_directory(folder_ / "config");
  if (!config.empty()) write("config/main.sprx", config);
  std::vector<std::string> command{program("sprx"), "run", (folder_ / "config").string()};
  for (const std::string& word :
       {std::string("--listen"), "127.0.0.1:" + std::to_string(port_), std::string("--next-hop"),
        "127.0.0.1:" + std::to_string(origin_port), std::string("--log-dir"), (folder_ / "log").string(),
        std::string("--control"), (folder_ / "control.sock").string(), std::string("--state"),
        (folder_ / "state").string(), std::string("--workers"), std::string("1")}) {
    command.push_back(word);
  }
  if (::geteuid() == 0) command.insert(command.end(), {"--user", "root"});
  return command;
}

void Target::start(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const std::string output = (folder_ / "output.txt").string();
  pid_ = ::fork();
  if (pid_ == 0) {
    const int fd = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(fd, 1);
    ::dup2(fd, 2);
    ::close(fd);
    if (options_.descriptors > 0) {
      const rlimit limit{options_.descriptors, options_.descriptors};
      ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    ::execvp(words[0], words.data());
    ::_exit(127);
  }
  const auto until = Clock::now() + kStartLimit;
  while (!connect_to(port_).is_open()) {
    if (runs() && Clock::now() < until) {
      pause();
      continue;
    }
    std::ifstream in(output);
    problem_ = command[0] + " does not start: " + std::string(std::istreambuf_iterator<char>(in), {});
    return;
  }
}

bool Target::runs() const {
  if (options_.kind == TargetKind::external) return true;
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

std::size_t Target::descriptors() const {
  std::error_code ec;
  std::filesystem::directory_iterator files("/proc/" + std::to_string(pid_) + "/fd", ec);
  return ec ? 0 : static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

std::size_t Target::memory_kib(const std::string& field) const {
  std::ifstream in("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(field + ":")) continue;
    return std::stoul(line.substr(field.size() + 1));
  }
  return 0;
}

std::optional<std::string> Target::stop() {
  if (pid_ <= 0) return std::nullopt;
  ::kill(pid_, SIGTERM);
  const auto until = Clock::now() + kStopLimit;
  while (runs()) {
    if (Clock::now() < until) {
      pause();
      continue;
    }
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, -1), nullptr, 0);
    return "it does not end after SIGTERM";
  }
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  if (WIFSIGNALED(status)) return "it ended by signal " + std::to_string(WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) return "it ended with status " + std::to_string(WEXITSTATUS(status));
  return std::nullopt;
}

Target::~Target() {
  if (const auto wrong = stop(); wrong) keep_ = keep_ || is_ours();
  std::error_code ec;
  if (!keep_ && !folder_.empty()) std::filesystem::remove_all(folder_, ec);
}

}  // namespace sprx::http_suite
