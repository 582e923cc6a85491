#include "tools/control_client.h"

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

namespace sprx {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using stream = asio::local::stream_protocol;

constexpr std::uint64_t kLargestAnswer = 64U << 20U;

bool means_not_running(const error_code& error) {
  return error == asio::error::connection_refused || error == boost::system::errc::no_such_file_or_directory ||
         error == boost::system::errc::not_a_directory;
}

asio::awaitable<void> converse(std::string path, http::request<http::string_body> request, ControlReply& answer) {
  stream::socket socket(co_await asio::this_coro::executor);
  const auto [connect_error] =
      co_await socket.async_connect(stream::endpoint(path), asio::as_tuple(asio::use_awaitable));
  if (connect_error) {
    answer.state =
        means_not_running(connect_error) ? ControlReply::State::not_running : ControlReply::State::unreachable;
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
    answer.state = ControlReply::State::failed;
    answer.error = read_error;
    co_return;
  }
  answer.state = ControlReply::State::done;
  answer.status = parser.get().result_int();
  answer.body = std::move(parser.get().body());
}

http::request<http::string_body> wire_request(const ControlRequest& request) {
  http::request<http::string_body> out(request.post ? http::verb::post : http::verb::get, request.target, 11);
  out.set(http::field::host, "sprx");
  out.set(http::field::connection, "close");
  out.set(http::field::accept, request.accept);
  out.body() = request.body;
  out.prepare_payload();
  return out;
}

}  // namespace

ControlReply ask_proxy(const std::string& socket, const ControlRequest& request) {
  asio::io_context context{1};
  ControlReply answer;
  asio::co_spawn(context, converse(socket, wire_request(request), answer), asio::detached);
  context.run_for(request.patience);
  if (answer.state == ControlReply::State::waiting) {
    answer.state = ControlReply::State::failed;
    answer.error = asio::error::timed_out;
  }
  return answer;
}

}  // namespace sprx
