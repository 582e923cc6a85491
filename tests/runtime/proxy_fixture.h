// ProxyFixture: a proxy in this process, on free ports, with rules given as text and its logs in a folder of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/server.h"

namespace sprx {

/// A folder that is removed with everything in it.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The table of `rules` (a main.sprx); aborts the test program with the diagnostics if they are wrong.
std::shared_ptr<const DecisionTable> table_of(const std::string& rules);

class ProxyFixture {
 public:
  /// `adjust` changes the options before the server is made.
  explicit ProxyFixture(std::uint16_t next_hop_port, const std::string& rules = "",
                        const std::function<void(ServerOptions&)>& adjust = {});
  ~ProxyFixture();

  [[nodiscard]] Server& server() { return *server_; }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] std::string control() const { return (folder_.path() / "control.sock").string(); }
  [[nodiscard]] std::filesystem::path log_dir() const { return folder_.path() / "log"; }
  /// Drains and waits: all logs are written afterwards.
  void finish();
  /// Ends at once: what is in flight is cut.
  void stop();
  /// The lines of access.log.
  [[nodiscard]] std::vector<std::string> log_lines() const;

 private:
  TempFolder folder_;
  std::unique_ptr<Server> server_;
};

std::vector<std::string> lines_of(const std::filesystem::path& file);

}  // namespace sprx
