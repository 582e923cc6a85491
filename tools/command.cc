#include "tools/command.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

namespace sprx {

CLI::Option* add_directory(CLI::App& command, std::string& directory) {
  return command.add_option("DIR,--config", directory, "configuration directory")->capture_default_str();
}

bool names_no_directory(const CLI::Option& option, const std::string& directory) {
  std::error_code ignored;
  return option.count() > 0 && !std::filesystem::exists(directory, ignored);
}

void complain_of_directory(const std::string& directory) {
  complain(fmt::format("sprx: there is no directory `{}`\n", directory));
}

CLI::Option* add_choice(CLI::App& command, const std::string& name, std::string& value, std::vector<std::string> words,
                        const std::string& doc) {
  return command.add_option(name, value, doc)->check(CLI::IsMember(std::move(words)))->capture_default_str();
}

bool wants_color(const std::string& when, int fd) {
  if (when != "auto") return when == "always";
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string_view(value == nullptr ? "" : value);
  };
  // https://no-color.org and https://bixense.com/clicolors, in this order.
  if (!variable("NO_COLOR").empty()) return false;
  if (!variable("CLICOLOR_FORCE").empty() && variable("CLICOLOR_FORCE") != "0") return true;
  if (variable("CLICOLOR") == "0" || variable("TERM").empty() || variable("TERM") == "dumb") return false;
  return isatty(fd) == 1;
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void complain(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace sprx
