// `sprx ctl`: talks to a running proxy, HTTP over its Unix socket.
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

#include "runtime/messages.h"
#include "tools/command.h"
#include "tools/control_client.h"
#include "tools/top.h"

namespace sprx {
namespace {

struct CtlOptions {
  std::string control = kControlSocket;
  std::string action;
  std::vector<std::string> words;
  bool if_running = false;
  bool json = false;
  bool once = false;     ///< top: one table instead of a screen
  double interval = 1;   ///< top: seconds between two looks
  std::size_t rows = 0;  ///< top: 0 for all, or what the screen holds
};

/// What asks for `action`. `message NAME ARGS` sends its name in the target and its arguments as the body.
ControlRequest request_for(const CtlOptions& options) {
  ControlRequest out;
  out.post = options.action != "status" && options.action != "metrics" && options.action != "top" &&
             options.action != "health";
  out.target = options.action == "top" ? "/rules" : options.action == "health" ? "/healthz" : "/" + options.action;
  // Less than those wait who ask (the image's HEALTHCHECK, a probe).
  if (options.action == "health") out.patience = std::chrono::seconds(4);
  out.accept = options.json ? "application/json" : "text/plain";
  if (options.action == "message") {
    out.target = "/message/" + options.words.front();
    for (std::size_t i = 1; i < options.words.size(); ++i) out.body += (i > 1 ? " " : "") + options.words[i];
  }
  return out;
}

/// What a message may be called; anything else cannot be one, and would not fit in a request target.
bool is_message_name(std::string_view name) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  return !name.empty() && name.find_first_not_of(kLetters) == std::string_view::npos;
}

std::string with_line_end(std::string text) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text;
}

/// Asks; what went wrong is said, and the exit status of it is in `status`.
std::optional<std::string> told(const CtlOptions& options, int& status) {
  if (options.action == "message" && !is_message_name(options.words.front())) {
    complain(fmt::format("sprx: there is no message `{}`\n", shown_argument(options.words.front())));
    status = kWrong;
    return std::nullopt;
  }
  ControlReply answer = ask_proxy(options.control, request_for(options));
  switch (answer.state) {
    case ControlReply::State::not_running:
      status = options.if_running ? kFine : kNotRunning;
      if (options.if_running) return std::nullopt;
      complain(fmt::format("sprx: no proxy is running: {}: {}\n", options.control, answer.error.message()));
      return std::nullopt;
    case ControlReply::State::unreachable:
      complain(fmt::format("sprx: cannot connect to the proxy: {}: {}\n", options.control, answer.error.message()));
      status = kUsage;
      return std::nullopt;
    case ControlReply::State::done:
      break;
    case ControlReply::State::waiting:
    case ControlReply::State::failed:
      complain(fmt::format("sprx: no answer from the proxy: {}: {}\n", options.control, answer.error.message()));
      status = kUsage;
      return std::nullopt;
  }
  // The next start reads what is there now, so a proxy that is on its way out is as good as none.
  if (options.if_running && options.action == "reload" && answer.status == 503) {
    status = kFine;
    return std::nullopt;
  }
  if (answer.status < 200 || answer.status > 299) {
    complain(
        with_line_end(answer.body.empty() ? fmt::format("sprx: the proxy refused ({})", answer.status) : answer.body));
    status = kWrong;
    return std::nullopt;
  }
  status = kFine;
  return std::move(answer.body);
}

int control(const CtlOptions& options) {
  int status = kFine;
  const std::optional<std::string> body = told(options, status);
  const bool shows = options.action == "status" || options.action == "metrics" || options.action == "health";
  if (body && shows) print(with_line_end(*body));
  return status;
}

/// Lines of the terminal that standard output is; 0 if it is none.
std::size_t terminal_lines() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) != 1) return 0;
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 3 ? size.ws_row : 24;
}

/// Two looks and a table; on a terminal again and again, until the reader has had enough (Ctrl-C).
int show_top(const CtlOptions& options) {
  constexpr std::string_view kClear = "\x1b[H\x1b[2J";
  constexpr std::size_t kHeadings = 3;
  std::optional<RuleSample> before;
  for (;;) {
    int status = kFine;
    const std::optional<std::string> body = told(options, status);
    if (!body) return status;
    std::optional<RuleSample> now = read_rule_sample(*body);
    if (!now) {
      complain("sprx: the proxy's answer is not understood: is it of another version?\n");
      return kUsage;
    }
    const std::size_t lines = options.once ? 0 : terminal_lines();
    if (before) {
      const std::size_t rows = lines == 0 || options.rows != 0 ? options.rows : lines - kHeadings;
      print(std::string(lines == 0 ? "" : kClear) + top_text(*before, *now, rows));
      if (lines == 0) return kFine;
      if (std::fflush(stdout) != 0) return kUsage;
    }
    before = std::move(now);
    std::this_thread::sleep_for(std::chrono::duration<double>(options.interval));
  }
}

}  // namespace

void add_ctl(CLI::App& program, Command& chosen) {
  CLI::App* command = program.add_subcommand("ctl", "tell a running proxy something, or ask it");
  auto options = std::make_shared<CtlOptions>();
  command->add_option("--control", options->control, "the control socket")->capture_default_str();
  command->add_flag("--if-running", options->if_running,
                    "no proxy running, or one that shuts down, is fine, and silent");
  command->add_flag("--json", options->json, "status as JSON");
  command->add_flag("--once", options->once, "top: one table, as where output is no terminal");
  command->add_option("--interval", options->interval, "top: seconds between two looks")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
  command->add_option("--rows", options->rows, "top: this many rules; 0 for all, or what the terminal holds")
      ->capture_default_str();
  command->add_option("ACTION", options->action, "what to do")
      ->check(CLI::IsMember({"status", "health", "metrics", "top", "reload", "reopen-logs", "message", "drain"}))
      ->required();
  command->add_option("NAME", options->words, "for message: its name and its arguments");
  command->callback([options, &chosen] {
    if (options->action == "message" && options->words.empty()) throw CLI::RequiredError("NAME");
    if (options->action != "message" && !options->words.empty()) throw CLI::ExtrasError({options->words});
    // The longest path a Unix socket can have.
    if (options->control.size() >= 108) throw CLI::ValidationError("--control", "the path is too long for a socket");
    chosen = [options] { return options->action == "top" ? show_top(*options) : control(*options); };
  });
}

}  // namespace sprx
