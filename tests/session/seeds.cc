// sprx_http_seeds FOLDER TRANSCRIPTS: what the fuzz targets of HTTP start with, FOLDER/TARGET/CASE, made of the
// transcripts of the byte-exact suite.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/session/session_check.h"

namespace {

using sprx::testing::SessionStep;

void write(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

/// The first byte says how the target cuts the rest: not at all.
constexpr char kWhole = '\xff';
constexpr std::size_t kLargest = 16'384;

void write_seeds(const std::filesystem::path& folder, const sprx::testing::NamedScript& named) {
  const std::string session = sprx::testing::session_input(named.script);
  if (session.size() <= kLargest) write(folder / "session" / named.name, session);
  int number = 0;
  for (const SessionStep& step : named.script) {
    if (step.bytes.empty() || step.bytes.size() > kLargest) continue;
    const std::string name = named.name + "-" + std::to_string(++number);
    if (step.kind == SessionStep::Kind::client_sends) write(folder / "request_head" / name, kWhole + step.bytes);
    if (step.kind == SessionStep::Kind::origin_sends) {
      write(folder / "response_head" / name, std::string{kWhole, '\0'} + step.bytes);
    }
    const std::size_t body = step.bytes.find("\r\n\r\n");
    if (body != std::string::npos && step.bytes.find("chunked") < body) {
      write(folder / "chunked" / name, kWhole + step.bytes.substr(body + 4));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: sprx_http_seeds FOLDER TRANSCRIPTS\n", stderr);
    return 2;
  }
  for (const auto& named : sprx::testing::scripts_of_transcripts(argv[2])) write_seeds(argv[1], named);
  return 0;
}
