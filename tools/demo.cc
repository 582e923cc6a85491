#include "tools/demo.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <string_view>
#include <system_error>
#include <thread>

namespace sprx {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

struct EmbeddedFile {
  std::string_view name;
  std::string_view bytes;
};

constexpr EmbeddedFile kFiles[] = {
#include "demo_files.inc"
};

std::string make_folder() {
  std::string path = (std::filesystem::temp_directory_path() / "sprx-demo.XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) throw std::system_error(errno, std::generic_category(), path);
  return path;
}

void write_config(const std::string& folder) {
  std::filesystem::create_directory(folder);
  for (const EmbeddedFile& file : kFiles) {
    std::ofstream out(std::filesystem::path(folder) / file.name, std::ios::binary);
    out << file.bytes;
    out.close();
    if (!out) throw std::system_error(EIO, std::generic_category(), folder);
  }
}

/// A page that shows what reached the origin. A path that ends with .json gets JSON's media type, /missing a 404.
http::response<http::string_body> answer(const http::request<http::string_body>& request) {
  http::response<http::string_body> response;
  const std::string_view target(request.target().data(), request.target().size());
  const std::string_view path = target.substr(0, target.find('?'));
  response.version(11);
  response.result(path == "/missing" ? http::status::not_found : http::status::ok);
  response.set(http::field::server, "demo-origin/1.0");
  response.set("X-Powered-By", "coffee");
  response.set(http::field::content_type, path.ends_with(".json") ? "application/json" : "text/html; charset=utf-8");
  std::string& body = response.body();
  body = fmt::format("The origin saw\n\n{} {}\n", std::string_view(request.method_string()), target);
  for (const auto& field : request) {
    body += fmt::format("{}: {}\n", std::string_view(field.name_string()), std::string_view(field.value()));
  }
  response.keep_alive(request.keep_alive());
  response.prepare_payload();
  return response;
}

asio::awaitable<void> converse(tcp::socket socket) {
  boost::beast::flat_buffer buffer(1 << 20);
  for (;;) {
    http::request<http::string_body> request;
    const auto [read_error, read] =
        co_await http::async_read(socket, buffer, request, asio::as_tuple(asio::use_awaitable));
    if (read_error) co_return;
    http::response<http::string_body> response = answer(request);
    if (request.method() == http::verb::head) response.body().clear();
    const auto [write_error, written] =
        co_await http::async_write(socket, response, asio::as_tuple(asio::use_awaitable));
    if (write_error || !response.keep_alive()) co_return;
  }
}

}  // namespace

struct Demo::Origin {
  asio::io_context context{1};
  tcp::acceptor acceptor{context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread;

  asio::awaitable<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
      if (error) co_return;
      asio::co_spawn(context, converse(std::move(socket)), asio::detached);
    }
  }
  ~Origin() {
    context.stop();
    if (thread.joinable()) thread.join();
  }
};

Demo::Demo() : folder_(make_folder()), origin_(std::make_unique<Origin>()) { write_config(config()); }

Demo::~Demo() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::uint16_t Demo::origin_port() const { return origin_->acceptor.local_endpoint().port(); }

void Demo::start_origin() {
  asio::co_spawn(origin_->context, origin_->accept(), asio::detached);
  origin_->thread = std::thread([this] { origin_->context.run(); });
}

}  // namespace sprx
