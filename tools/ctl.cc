// `sprx ctl`: talks to a running proxy, HTTP over its Unix socket.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <fmt/format.h>
#include <memory>

#include "tools/command.h"

namespace sprx {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using stream = asio::local::stream_protocol;

/// A reload of the largest configuration takes seconds; a proxy that says nothing for this long is stuck.
constexpr auto kAnswerTimeout = std::chrono::seconds(120);
constexpr std::uint64_t kLargestAnswer = 64U << 20U;

struct CtlOptions {
  std::string control = kControlSocket;
  std::string action;
  std::vector<std::string> words;
  bool if_running = false;
  bool json = false;
};

struct Answer {
  enum class State { waiting, done, not_running, failed } state = State::waiting;
  unsigned status = 0;
  std::string body;
  error_code error;
};

/// What asks for `action`. `message NAME ARGS` sends its name in the target and its arguments as the body.
http::request<http::string_body> request_for(const CtlOptions& options) {
  const bool reads = options.action == "status" || options.action == "metrics";
  http::request<http::string_body> request(reads ? http::verb::get : http::verb::post, "/" + options.action, 11);
  request.set(http::field::host, "sprx");
  request.set(http::field::connection, "close");
  request.set(http::field::accept, options.json ? "application/json" : "text/plain");
  if (options.action == "message") {
    std::string arguments;
    for (std::size_t i = 1; i < options.words.size(); ++i) arguments += (i > 1 ? " " : "") + options.words[i];
    request.target("/message/" + options.words.front());
    request.body() = arguments;
  }
  request.prepare_payload();
  return request;
}

bool means_not_running(const error_code& error) {
  return error == asio::error::connection_refused || error == boost::system::errc::no_such_file_or_directory ||
         error == boost::system::errc::not_a_directory;
}

asio::awaitable<void> converse(std::string path, http::request<http::string_body> request, Answer& answer) {
  stream::socket socket(co_await asio::this_coro::executor);
  const auto [connect_error] =
      co_await socket.async_connect(stream::endpoint(path), asio::as_tuple(asio::use_awaitable));
  if (connect_error) {
    answer.state = means_not_running(connect_error) ? Answer::State::not_running : Answer::State::failed;
    answer.error = connect_error;
    co_return;
  }
  // A proxy that refuses early may have closed its reading side: what it says still counts.
  co_await http::async_write(socket, request, asio::as_tuple(asio::use_awaitable));
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLargestAnswer);
  const auto [read_error, read] =
      co_await http::async_read(socket, buffer, parser, asio::as_tuple(asio::use_awaitable));
  if (read_error) {
    answer.state = Answer::State::failed;
    answer.error = read_error;
    co_return;
  }
  answer.state = Answer::State::done;
  answer.status = parser.get().result_int();
  answer.body = std::move(parser.get().body());
}

Answer ask(const CtlOptions& options) {
  asio::io_context context{1};
  Answer answer;
  asio::co_spawn(context, converse(options.control, request_for(options), answer), asio::detached);
  context.run_for(kAnswerTimeout);
  if (answer.state == Answer::State::waiting) {
    answer.state = Answer::State::failed;
    answer.error = asio::error::timed_out;
  }
  return answer;
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

int control(const CtlOptions& options) {
  if (options.action == "message" && !is_message_name(options.words.front())) {
    complain(fmt::format("sprx: there is no message `{}`\n", options.words.front()));
    return kWrong;
  }
  const Answer answer = ask(options);
  switch (answer.state) {
    case Answer::State::not_running:
      if (options.if_running) return kFine;
      complain(fmt::format("sprx: no proxy is running: {}: {}\n", options.control, answer.error.message()));
      return kNotRunning;
    case Answer::State::done:
      break;
    case Answer::State::waiting:
    case Answer::State::failed:
      complain(fmt::format("sprx: no answer from the proxy: {}: {}\n", options.control, answer.error.message()));
      return kUsage;
  }
  if (answer.status < 200 || answer.status > 299) {
    complain(
        with_line_end(answer.body.empty() ? fmt::format("sprx: the proxy refused ({})", answer.status) : answer.body));
    return kWrong;
  }
  const bool shows = options.action == "status" || options.action == "metrics";
  if (shows) print(with_line_end(answer.body));
  return kFine;
}

}  // namespace

void add_ctl(CLI::App& program, Command& chosen) {
  CLI::App* command = program.add_subcommand("ctl", "tell a running proxy something, or ask it");
  auto options = std::make_shared<CtlOptions>();
  command->add_option("--control", options->control, "the control socket")->capture_default_str();
  command->add_flag("--if-running", options->if_running, "no proxy running is fine, and silent");
  command->add_flag("--json", options->json, "status as JSON");
  command->add_option("ACTION", options->action, "what to do")
      ->check(CLI::IsMember({"status", "metrics", "top", "reload", "reopen-logs", "message", "drain"}))
      ->required();
  command->add_option("NAME", options->words, "for message: its name and its arguments");
  command->callback([options, &chosen] {
    if (options->action == "top") throw CLI::ValidationError("ctl", "`top` is not there yet; `metrics` has the counts");
    if (options->action == "message" && options->words.empty()) throw CLI::RequiredError("NAME");
    if (options->action != "message" && !options->words.empty()) throw CLI::ExtrasError({options->words});
    // The longest path a Unix socket can have.
    if (options->control.size() >= 108) throw CLI::ValidationError("--control", "the path is too long for a socket");
    chosen = [options] { return control(*options); };
  });
}

}  // namespace sprx
