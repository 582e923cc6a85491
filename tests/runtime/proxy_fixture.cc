#include "tests/runtime/proxy_fixture.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "compiler/compile.h"

namespace sprx {

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "sprx-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::shared_ptr<const DecisionTable> table_of(const std::string& rules) {
  const TempFolder folder;
  std::ofstream(folder.path() / "main.sprx") << rules;
  CompileOptions options;
  options.lints = false;
  const Compilation result = compile(folder.path(), options);
  if (!result.ok()) {
    std::fputs(render(result.diagnostics, result.sources, {}).c_str(), stderr);
    std::abort();
  }
  return result.table;
}

ProxyFixture::ProxyFixture(std::uint16_t next_hop_port, const std::string& rules,
                           const std::function<void(ServerOptions&)>& adjust) {
  ServerOptions options;
  options.listen_address = "127.0.0.1";
  options.listen_port = 0;
  options.next_hop_host = "127.0.0.1";
  options.next_hop_port = next_hop_port;
  options.workers = 1;
  options.log_dir = log_dir().string();
  options.control_path = control();
  options.state_dir = "";
  options.handle_signals = false;
  if (adjust) adjust(options);
  server_ = std::make_unique<Server>(std::move(options));
  const auto bound = server_->bind();
  const auto started = bound ? bound : server_->start(rules.empty() ? empty_table() : table_of(rules));
  if (started) {
    std::fprintf(stderr, "the proxy does not start: %s\n", started->c_str());
    std::abort();
  }
}

ProxyFixture::~ProxyFixture() = default;

void ProxyFixture::finish() {
  server_->drain();
  server_->wait();
}

void ProxyFixture::stop() { server_.reset(); }

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> ProxyFixture::log_lines() const { return lines_of(log_dir() / "access.log"); }

}  // namespace sprx
