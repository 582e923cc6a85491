// sprx_http_suite: judges a running HTTP proxy by what goes in and comes out on both of its sides. See
// testdata/http/README.md.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <signal.h>

#include "http/suite.h"

namespace {

using namespace sprx::http_suite;

void list_cases(const std::vector<Group>& groups, const std::vector<std::string>& names) {
  std::size_t count = 0;
  for (const Group& group : groups) {
    for (const Case& one : group.cases) {
      if (!Suite::is_wanted(names, group, one)) continue;
      std::cout << group.name << "  " << one.name << "  # " << one.comment << "\n";
      ++count;
    }
  }
  std::cout << count << " cases\n";
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  SuiteOptions options;
  std::string target = "sprx";
  std::string split = "none";
  std::string folder = SPRX_TESTDATA "/http";
  bool list = false;
  CLI::App app{"Plays transcripts against an HTTP proxy, being its clients and its origin."};
  app.add_option("cases", options.names, "names of cases or groups, globs too; all if there are none");
  app.add_option("--case", options.names, "the same");
  app.add_option("--target", target, "what is judged")
      ->check(CLI::IsMember({"sprx", "nginx", "haproxy", "varnish", "external"}));
  app.add_option("--program", options.target.program, "path of its executable");
  app.add_option("--port", options.target.port, "external: the port of 127.0.0.1 on which it listens");
  app.add_option("--origin-port", options.target.origin_port,
                 "the port of 127.0.0.1 that is its next hop; any free one if not given");
  app.add_option("--split", split, "bytes: send byte by byte; each: once for each place to cut (short cases)")
      ->check(CLI::IsMember({"none", "bytes", "each"}))
      ->default_str("none");
  app.add_option("--split-limit", options.split_limit, "--split each: leave out cases that send more bytes");
  app.add_option("--data", folder, "the folder of case files");
  app.add_flag("--keep-going,-k", options.keep_going, "do not stop at the first failure");
  app.add_flag("--keep-directory", options.keep_directory, "leave the target's configuration and logs there");
  app.add_flag("--quiet,-q", options.quiet, "only the summary");
  app.add_flag("--list", list, "list the cases");
  CLI11_PARSE(app, argc, argv);
  options.target.kind = *target_named(target);
  options.split = split == "bytes" ? SplitMode::bytes : split == "each" ? SplitMode::each : SplitMode::whole;
  try {
    const std::vector<Group> groups = read_groups(folder);
    if (list) {
      list_cases(groups, options.names);
      return 0;
    }
    return Suite(options).run(groups) ? 0 : 1;
  } catch (const ParseError& error) {
    std::cerr << error.text << "\n";
    return 2;
  }
}
