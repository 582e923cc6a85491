// Target: the proxy that a run judges, as a process that is started with a configuration of its own and asked for what
// it holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "http/compare.h"

namespace sprx::http_suite {

enum class TargetKind : unsigned char { sprx, nginx, haproxy, varnish, external };

struct TargetOptions {
  TargetKind kind = TargetKind::sprx;
  std::string program;            ///< path of the executable; "" for the usual name
  std::uint16_t port = 0;         ///< external: where it listens
  std::uint16_t origin_port = 0;  ///< where its origin is; 0 for any free port
  std::size_t descriptors = 0;    ///< limit of open descriptors; 0 for the usual one
  bool via = true;                ///< it is configured to add Via and Proxy-Status
};

[[nodiscard]] std::optional<TargetKind> target_named(const std::string& name);
[[nodiscard]] std::string name_of(TargetKind kind);

class Target {
 public:
  /// Starts it and waits until it accepts. `config` is what the case file says for this kind. On failure `problem()`
  /// tells.
  Target(const TargetOptions& options, const std::string& config, std::uint16_t origin_port);
  /// Ends it and removes its directory; keep_directory() first to look at it afterwards.
  ~Target();
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_ours() const { return options_.kind == TargetKind::sprx; }
  [[nodiscard]] Expectations expects() const {
    return {is_ours() ? Strictness::exact : Strictness::loose, options_.via};
  }
  [[nodiscard]] bool has_process() const { return pid_ > 0; }
  /// False once it has ended by itself.
  [[nodiscard]] bool runs() const;
  /// Open descriptors of the process; 0 where there is none.
  [[nodiscard]] std::size_t descriptors() const;
  /// What /proc/PID/status says about `field` in KiB (VmRSS, VmHWM), 0 where there is none.
  [[nodiscard]] std::size_t memory_kib(const std::string& field) const;
  [[nodiscard]] std::filesystem::path access_log() const { return folder_ / "log" / "access.log"; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  void keep_directory() { keep_ = true; }
  /// Asks it to end and waits; the exit status, or what went wrong.
  [[nodiscard]] std::optional<std::string> stop();

 private:
  std::vector<std::string> prepare(const std::string& config, std::uint16_t origin_port);
  void start(const std::vector<std::string>& command);
  void write(const std::string& name, const std::string& text) const;

  TargetOptions options_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  bool keep_ = false;
  std::string problem_;
};

}  // namespace sprx::http_suite
