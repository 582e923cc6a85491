// Command: a subcommand of the `sprx` program. Each file beside this one adds one to the command line; main runs the
// one that was asked for.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace sprx {

/// Exit statuses, the same for all subcommands.
enum Exit : int {
  kFine = 0,
  kWrong = 1,       ///< the configuration or a test is wrong, or the proxy refused
  kUsage = 2,       ///< usage or internal error
  kNotRunning = 3,  ///< `ctl`: no proxy running
};

/// What the chosen subcommand does once its arguments are read; returns the exit status.
using Command = std::function<int()>;

inline constexpr const char* kConfigDirectory = "/opt/proxy_config";
inline constexpr const char* kControlSocket = "/run/sprx/control.sock";

void add_check(CLI::App& program, Command& chosen);
void add_test(CLI::App& program, Command& chosen);
void add_run(CLI::App& program, Command& chosen);
void add_ctl(CLI::App& program, Command& chosen);
void add_trace(CLI::App& program, Command& chosen);
void add_explain(CLI::App& program, Command& chosen);
void add_dump(CLI::App& program, Command& chosen);
void add_fmt(CLI::App& program, Command& chosen);
void add_doc(CLI::App& program, Command& chosen);
void add_version(CLI::App& program, Command& chosen);

/// The configuration directory: positional DIR or `--config DIR`.
CLI::Option* add_directory(CLI::App& command, std::string& directory);

/// Whether the directory was named on the command line and is not there.
bool names_no_directory(const CLI::Option& option, const std::string& directory);
/// Says so.
void complain_of_directory(const std::string& directory);

/// An option that takes one of `words`.
CLI::Option* add_choice(CLI::App& command, const std::string& name, std::string& value, std::vector<std::string> words,
                        const std::string& doc);

/// `sprx 0.1.0 (commit 0123456789ab)`
std::string version_line();
const char* version_number();
const char* version_commit();

/// Whether `fd` (1 or 2) wants colour under `--color` (`auto`, `always` or `never`): NO_COLOR and terminals are
/// respected.
bool wants_color(const std::string& when, int fd);

/// Writes all of `text` to standard output; main notices a failure at the end.
void print(std::string_view text);
/// Writes all of `text` to standard error.
void complain(std::string_view text);

}  // namespace sprx
