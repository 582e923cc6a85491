// `sprx trace`: what the rules decide about a request, and why.
#include "tools/trace.h"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <memory>
#include <unistd.h>

#include "compiler/compile.h"
#include "tools/command.h"

namespace sprx {
namespace {

struct TraceOptions {
  std::vector<std::string> arguments;  ///< [DIR] URL, or [DIR] with --requests
  std::string directory;
  std::string method = "GET";
  std::vector<std::string> headers;
  std::string client;
  std::string country;
  std::string at;
  std::vector<std::string> flags;
  std::vector<std::string> keys;
  std::vector<std::string> exhausted;
  std::uint16_t upstream_status = 200;
  std::vector<std::string> upstream_headers;
  std::string upstream_error;
  std::string requests;
  bool json = false;
  bool why = false;
  TraceRequest request;  ///< made of the above for one request
};

/// `K: V` in two; blanks around the value go.
std::pair<std::string, std::string> split_header(const std::string& line, const char* option) {
  const std::size_t colon = line.find(':');
  if (colon == std::string::npos || colon == 0)
    throw CLI::ValidationError(option, fmt::format("`{}` is not `Name: value`", line));
  const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
  const std::size_t end = line.find_last_not_of(" \t");
  return {line.substr(0, colon), begin == std::string::npos ? std::string() : line.substr(begin, end - begin + 1)};
}

/// Sorts the positional arguments out: the last is the URL unless the requests come from a file.
void read_arguments(TraceOptions& options) {
  std::vector<std::string> rest = options.arguments;
  if (options.requests.empty()) {
    if (rest.empty()) throw CLI::RequiredError("URL");
    options.request.url = rest.back();
    rest.pop_back();
  }
  const std::size_t directories = rest.size() + (options.directory.empty() ? 0 : 1);
  if (directories > 1) throw CLI::ValidationError("trace", "one DIR and one URL at most");
  if (!rest.empty()) options.directory = rest.front();
  if (options.directory.empty()) options.directory = kConfigDirectory;
}

void read_request(TraceOptions& options) {
  TraceRequest& request = options.request;
  request.method = options.method;
  request.client = options.client;
  request.country = options.country;
  request.upstream_status = options.upstream_status;
  for (const std::string& line : options.headers) request.headers.push_back(split_header(line, "-H"));
  for (const std::string& line : options.upstream_headers) {
    request.upstream_headers.push_back(split_header(line, "--upstream-header"));
  }
  if (!options.at.empty()) {
    request.at_us = parse_rfc3339(options.at);
    if (!request.at_us)
      throw CLI::ValidationError("--at", fmt::format("`{}` is not a time like 2026-01-31T12:00:00Z", options.at));
  }
  for (const std::string& flag : options.flags) {
    const std::size_t equals = flag.find('=');
    const std::string value = equals == std::string::npos ? "on" : flag.substr(equals + 1);
    if (flag.empty() || equals == 0 || (value != "on" && value != "off"))
      throw CLI::ValidationError("--flag", fmt::format("`{}` is not `NAME`, `NAME=on` or `NAME=off`", flag));
    request.flags.emplace_back(flag.substr(0, equals), value == "on");
  }
  for (const std::string& key : options.keys) {
    const std::size_t equals = key.find('=');
    if (equals == std::string::npos || equals == 0)
      throw CLI::ValidationError("--has", fmt::format("`{}` is not `LIST=KEY`", key));
    request.keys.emplace_back(key.substr(0, equals), key.substr(equals + 1));
  }
  request.exhausted = options.exhausted;
  request.upstream_error = options.upstream_error;
  const std::string mistake = mistake_in(request);
  if (!mistake.empty()) throw CLI::ValidationError("trace", mistake);
}

/// Whether rules can be looked for. That there are none where the platform has them is said: everything passes through.
bool note_missing(const TraceOptions& options) {
  std::error_code ignored;
  if (std::filesystem::exists(options.directory, ignored)) return true;
  if (options.directory != kConfigDirectory) {
    complain_of_directory(options.directory);
    return false;
  }
  complain(fmt::format("note: there is no directory `{}`: everything passes through\n", options.directory));
  if (std::filesystem::exists("main.sprx", ignored))
    complain("note: the rules in this directory are asked with `sprx trace . URL`\n");
  return true;
}

std::shared_ptr<const DecisionTable> table_of(const std::string& directory) {
  const Compilation result = compile(directory, {.lints = false, .tests = false});
  if (!result.ok()) complain(render(result.diagnostics, result.sources, {.color = wants_color("auto", STDERR_FILENO)}));
  return result.table;
}

int trace_one(const TraceOptions& options, const DecisionTable& table) {
  if (const std::string mistake = wrong_state_in(options.request, table.rules()); !mistake.empty()) {
    complain(fmt::format("sprx: {}\n", mistake));
    return kUsage;
  }
  const Traced traced = trace(table, options.request, true);
  if (options.json) {
    print(boost::json::serialize(to_json(traced, true)) + "\n");
  } else {
    print(to_text(options.request, traced, options.why, wants_color("auto", STDOUT_FILENO)));
  }
  return kFine;
}

/// One JSON object a line in and out; a line that is no request gives `{"error":…}` and, in the end, exit status 2.
int trace_lines(const TraceOptions& options, const DecisionTable& table, std::istream& in) {
  int status = kFine;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    TraceRequest request;
    std::string mistake = read_trace_request(line, request);
    if (mistake.empty()) mistake = wrong_state_in(request, table.rules());
    if (mistake.empty()) {
      print(boost::json::serialize(to_json(trace(table, request, options.why), options.why)) + "\n");
    } else {
      complain(fmt::format("sprx: line {}: {}\n", number, mistake));
      print(boost::json::serialize(boost::json::object{{"error", mistake}}) + "\n");
      status = kUsage;
    }
  }
  return status;
}

int run_trace(const TraceOptions& options) {
  std::ifstream file;
  if (!options.requests.empty() && options.requests != "-") {
    file.open(options.requests, std::ios::binary);
    if (!file) {
      complain(fmt::format("sprx: cannot read {}\n", options.requests));
      return kUsage;
    }
  }
  if (!note_missing(options)) return kUsage;
  const std::shared_ptr<const DecisionTable> table = table_of(options.directory);
  if (!table) return kWrong;
  if (options.requests.empty()) return trace_one(options, *table);
  return trace_lines(options, *table, options.requests == "-" ? std::cin : file);
}

}  // namespace

void add_trace(CLI::App& program, Command& chosen) {
  CLI::App* command = program.add_subcommand("trace", "what the rules decide about a request, and why");
  auto options = std::make_shared<TraceOptions>();
  command->add_option("[DIR] URL", options->arguments,
                      "configuration directory, and the absolute URL asked for (for OPTIONS also *)");
  command->add_option("--config", options->directory, "configuration directory, another spelling of DIR");
  command->add_option("-X,--method", options->method, "request method")->capture_default_str();
  command->add_option("-H,--header", options->headers, "a request header `Name: value`; again for more")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--client", options->client, "the client's IP address; 127.0.0.1 unless given");
  command->add_option("--country", options->country, "the client's country as the platform says it, such as AU");
  command->add_option("--at", options->at, "when it comes (RFC 3339); now unless given");
  command->add_option("--flag", options->flags, "a flag that is on: NAME, or NAME=on or NAME=off; again for more")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--has", options->keys, "LIST=KEY: a key that a dynamic list holds; again for more")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--exhausted", options->exhausted, "a limit that has no token left; again for more")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--upstream-status", options->upstream_status, "what the next hop answers")
      ->capture_default_str();
  command->add_option("--upstream-header", options->upstream_headers, "a response header of it; again for more")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--upstream-error", options->upstream_error,
                      "the next hop fails instead: a word such as connect_timeout");
  command->add_option("--requests", options->requests,
                      "file of requests, one JSON object a line, - for standard input");
  command->add_flag("--json", options->json, "one JSON object");
  command->add_flag("--why", options->why,
                    "say of every rule why it did not match, not only of those that came close; with --requests too");
  command->callback([options, &chosen] {
    read_arguments(*options);
    if (options->requests.empty()) read_request(*options);
    chosen = [options] { return run_trace(*options); };
  });
}

}  // namespace sprx
