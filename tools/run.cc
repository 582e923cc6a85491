// `sprx run`: the proxy. Puts compiler and server together; what a flag does not say is the platform's contract.
#include <charconv>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <pwd.h>
#include <unistd.h>

#include "compiler/compile.h"
#include "runtime/server.h"
#include "tools/allocator.h"
#include "tools/command.h"
#include "tools/demo.h"
#include "tools/folder_print.h"

namespace sprx {
namespace {

constexpr const char* kDefaultUser = "sprx";

struct RunOptions {
  std::string directory = kConfigDirectory;
  std::string listen = ":80";
  std::string next_hop = "next-hop:80";
  std::string log = "files";
  std::string log_dir = "/var/log/sprx";
  std::string log_format = "json";
  std::string metrics;
  std::string control = kControlSocket;
  std::string state = "/var/lib/sprx";
  std::string user = kDefaultUser;
  unsigned workers = 0;
  bool watch = false;
  bool demo = false;
  bool user_given = false;
  std::function<bool(const char*)> given;  ///< whether an option was on the command line
};

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

/// `HOST:PORT`, `[IPv6]:PORT`, `:PORT`; nothing if it is something else.
std::optional<HostPort> split_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  HostPort out;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc() || end != port.data() + port.size()) return std::nullopt;
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != std::string_view::npos) return std::nullopt;
  out.host = host == "*" ? std::string_view() : host;
  return out;
}

HostPort host_port(const char* option, const std::string& text) {
  const std::optional<HostPort> parts = split_host_port(text);
  if (!parts) throw CLI::ValidationError(option, fmt::format("`{}` is not HOST:PORT", text));
  return *parts;
}

ServerOptions server_options(const RunOptions& options) {
  ServerOptions out;
  const HostPort listen = host_port("--listen", options.listen);
  const HostPort next_hop = host_port("--next-hop", options.next_hop);
  if (next_hop.host.empty() || next_hop.port == 0) throw CLI::ValidationError("--next-hop", "needs a host and a port");
  out.listen_address = listen.host;
  out.listen_port = listen.port;
  out.next_hop_host = next_hop.host;
  out.next_hop_port = next_hop.port;
  out.workers = options.workers;
  out.log_target = options.log == "stdout" ? LogTarget::standard_output : LogTarget::files;
  out.log_format = options.log_format == "ltsv" ? LogFormat::ltsv : LogFormat::json;
  out.log_dir = options.log_dir;
  if (!options.metrics.empty()) {
    const HostPort metrics = host_port("--metrics", options.metrics);
    out.metrics = {metrics.host, metrics.port};
  }
  out.build_version = version_number();
  out.build_commit = version_commit();
  out.control_path = options.control;
  out.state_dir = options.state;
  out.user = options.user;
  out.after_freeing = give_memory_back;
  return out;
}

/// Whom to become after binding. Only root can become someone; without the image's user it stays who it is.
std::optional<std::string> choose_user(const RunOptions& options, ServerOptions& out) {
  if (geteuid() != 0) {
    out.user.clear();
  } else if (!out.user.empty() && getpwnam(out.user.c_str()) == nullptr) {
    if (options.user_given) return fmt::format("there is no user `{}`", out.user);
    complain(fmt::format("sprx: there is no user `{}`: staying root\n", out.user));
    out.user.clear();
  }
  return std::nullopt;
}

LoadResult load(const std::string& directory) {
  const Compilation result = compile(directory, {.lints = false, .tests = false});
  if (result.ok()) return {.table = result.table, .error = {}};
  return {.table = nullptr, .error = render(result.diagnostics, result.sources, {})};
}

/// For the demo: what is not on the command line stands in a directory of its own, and the origin is built in.
void use_demo(const Demo& demo, const RunOptions& options, std::string& directory, ServerOptions& out) {
  if (!options.given("--config")) directory = demo.config();
  if (!options.given("--listen")) {
    out.listen_address = "127.0.0.1";
    out.listen_port = 0;
  }
  if (!options.given("--next-hop")) {
    out.next_hop_host = "127.0.0.1";
    out.next_hop_port = demo.origin_port();
  }
  if (!options.given("--log-dir")) out.log_dir = demo.folder() + "/log";
  if (!options.given("--control")) out.control_path = demo.folder() + "/control.sock";
  if (!options.given("--state")) out.state_dir = demo.folder() + "/state";
  if (!options.user_given) out.user.clear();
}

int refuse(const std::string& why) {
  complain(fmt::format("sprx: {}\n", why));
  return kWrong;
}

int serve(const RunOptions& options, ServerOptions server_options) {
  std::string directory = options.directory;
  std::unique_ptr<Demo> demo;
  if (options.demo) {
    demo = std::make_unique<Demo>();
    use_demo(*demo, options, directory, server_options);
  } else if (const auto error = choose_user(options, server_options)) {
    return refuse(*error);
  }
  server_options.load = [directory] { return load(directory); };
  if (options.watch) server_options.look = [directory] { return folder_print(directory); };
  const std::string control = server_options.control_path;
  const std::string log_dir =
      server_options.log_target == LogTarget::files ? server_options.log_dir : "standard output";
  Server server(std::move(server_options));
  // The control socket is there before the configuration is read: an update that comes in between is not lost.
  if (const auto error = server.bind()) return refuse(*error);
  LoadResult first = load(directory);
  if (!first.table) {
    complain(first.error);
    return refuse("the configuration is wrong; not starting");
  }
  if (demo) demo->start_origin();
  if (const auto error = server.start(std::move(first.table))) return refuse(*error);
  complain(fmt::format("sprx: listening on port {}\n", server.port()));
  if (server.metrics_port() != 0) complain(fmt::format("sprx: metrics on port {}\n", server.metrics_port()));
  if (demo) {
    print(fmt::format("url http://127.0.0.1:{}\nconfig {}\ncontrol {}\nlog {}\n", server.port(), directory, control,
                      log_dir));
    std::fflush(stdout);
  }
  server.wait();
  return kFine;
}

}  // namespace

void add_run(CLI::App& program, Command& chosen) {
  CLI::App* command = program.add_subcommand("run", "the proxy; the defaults are the platform's contract");
  auto options = std::make_shared<RunOptions>();
  add_directory(*command, options->directory);
  command->add_option("--listen", options->listen, "ADDR:PORT; without ADDR every address")->capture_default_str();
  command->add_option("--next-hop", options->next_hop, "HOST:PORT that requests are forwarded to")
      ->capture_default_str();
  add_choice(*command, "--log", options->log, {"files", "stdout"}, "where the access log goes");
  command->add_option("--log-dir", options->log_dir, "folder of access.log and error.log")->capture_default_str();
  add_choice(*command, "--log-format", options->log_format, {"json", "ltsv"}, "of an access-log line");
  command->add_option("--metrics", options->metrics,
                      "ADDR:PORT that answers GET /metrics (Prometheus) and /healthz; without it there is none");
  command->add_option("--control", options->control, "the control socket")->capture_default_str();
  command->add_option("--state", options->state, "folder of what outlives a restart")->capture_default_str();
  command->add_option("--user", options->user, "whom to become after binding, when started as root")
      ->capture_default_str();
  command->add_option("--workers", options->workers, "threads, 0 for one a core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_flag("--watch", options->watch,
                    "look at the configuration directory once a second and reload when it has changed");
  command->add_flag("--demo", options->demo, "with a built-in origin and example rules, on a free port of 127.0.0.1");
  command->callback([options, command, &chosen] {
    options->given = [command](const char* name) { return command->count(name) > 0; };
    options->user_given = command->count("--user") > 0;
    chosen = [options, server = server_options(*options)] { return serve(*options, server); };
  });
}

}  // namespace sprx
