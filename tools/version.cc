// `sprx version`: what this binary is and what it was built from.
#include <boost/json.hpp>
#include <boost/version.hpp>
#include <fmt/format.h>
#include <idn2.h>
#include <memory>

#include "tools/command.h"

namespace sprx {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "GCC " __VERSION__;
#endif

boost::json::object describe() {
  return {
      {"name", "sprx"},
      {"version", SPRX_VERSION},
      {"commit", SPRX_COMMIT},
      {"compiler", kCompiler},
      {"libraries",
       {{"boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
        {"pegtl", SPRX_PEGTL_VERSION},
        {"re2", SPRX_RE2_VERSION},
        {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10'000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
        {"jemalloc", SPRX_JEMALLOC_VERSION},
        {"libidn2", IDN2_VERSION},
        {"cli11", CLI11_VERSION}}}};
}

int show_version(bool json) {
  const boost::json::object about = describe();
  if (json) {
    print(boost::json::serialize(about) + "\n");
    return kFine;
  }
  print(version_line() + "\n");
  print(fmt::format("built by {} with", kCompiler));
  const char* comma = " ";
  for (const auto& library : about.at("libraries").as_object()) {
    print(
        fmt::format("{}{} {}", comma, std::string_view(library.key()), std::string_view(library.value().as_string())));
    comma = ", ";
  }
  print("\n");
  return kFine;
}

}  // namespace

std::string version_line() { return "sprx " SPRX_VERSION " (commit " SPRX_COMMIT ")"; }

const char* version_number() { return SPRX_VERSION; }
const char* version_commit() { return SPRX_COMMIT; }

void add_version(CLI::App& program, Command& chosen) {
  CLI::App* command = program.add_subcommand("version", "version, commit, compiler and libraries");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "as one JSON object");
  command->callback([json, &chosen] { chosen = [json] { return show_version(*json); }; });
}

}  // namespace sprx
