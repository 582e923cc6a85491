#include "tools/command.h"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace sprx {

CLI::Option* add_directory(CLI::App& command, std::string& directory) {
  return command.add_option("DIR,--config", directory, "configuration directory")->capture_default_str();
}

CLI::Option* add_choice(CLI::App& command, const std::string& name, std::string& value, std::vector<std::string> words,
                        const std::string& doc) {
  return command.add_option(name, value, doc)->check(CLI::IsMember(std::move(words)))->capture_default_str();
}

bool wants_color(const std::string& when, int fd) {
  if (when != "auto") return when == "always";
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal == nullptr || std::string_view(terminal) == "dumb") return false;
  return isatty(fd) == 1;
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void complain(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace sprx
