// Folder order is dependency order: every #include of ours points to the left, and only where a room may look.
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/paths.h"
#include "tests/tools/program.h"

namespace sprx::test {
namespace {

namespace fs = std::filesystem;

/// A room is a folder with its own rules; the longest that a path begins with counts.
std::string room_of(std::string_view path) {
  for (const std::string_view room :
       {"compiler/table", "compiler/sets", "runtime/decide", "grammar", "compiler", "runtime", "tools"}) {
    if (path.starts_with(room) && path.size() > room.size() && path[room.size()] == '/') return std::string(room);
  }
  return {};
}

const std::map<std::string, std::set<std::string>>& may_include() {
  static const std::map<std::string, std::set<std::string>> kMay = {
      {"grammar", {"grammar"}},
      {"compiler/table", {"compiler/table"}},
      {"compiler/sets", {"compiler/table", "compiler/sets"}},
      {"compiler", {"grammar", "compiler/table", "compiler/sets", "compiler"}},
      {"runtime/decide", {"compiler/table", "runtime/decide"}},
      {"runtime", {"compiler/table", "runtime/decide", "runtime"}},
      {"tools", {"grammar", "compiler/table", "compiler/sets", "compiler", "runtime/decide", "runtime", "tools"}}};
  return kMay;
}

/// The headers of grammar/ that others may see.
bool is_public_of_grammar(std::string_view header) {
  return header == "grammar/source.h" || header == "grammar/parse.h" || header == "grammar/syntax_tree.h" ||
         header == "grammar/doubts.h" || header == "grammar/haproxy.h" || header == "grammar/parted.h";
}

struct Include {
  std::string file;  ///< relative to the repository
  std::string header;
  bool ours = false;
};

std::vector<Include> all_includes() {
  static const std::regex kInclude(R"(^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"])");
  const fs::path root = sprx::testing::source_tree("");
  std::vector<Include> out;
  for (const char* folder : {"grammar", "compiler", "runtime", "tools"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cc" && extension != ".def") continue;
      const std::string file = fs::relative(entry.path(), root).generic_string();
      for (const std::string& line : lines_of(read_file(entry.path()))) {
        std::smatch parts;
        if (std::regex_search(line, parts, kInclude)) out.push_back({file, parts[2], parts[1] == "\""});
      }
    }
  }
  return out;
}

TEST(Layering, finds_the_includes_of_every_room) {
  std::set<std::string> rooms;
  for (const Include& include : all_includes()) rooms.insert(room_of(include.file));
  EXPECT_EQ(rooms.size(), may_include().size());
}

TEST(Layering, includes_point_left_only) {
  for (const Include& include : all_includes()) {
    if (!include.ours) continue;
    const std::string to = room_of(include.header);
    // A file made by the build has no room.
    if (to.empty()) {
      EXPECT_FALSE(fs::exists(fs::path(sprx::testing::source_tree("")) / include.header))
          << include.file << " includes " << include.header;
      continue;
    }
    const std::string from = room_of(include.file);
    EXPECT_TRUE(may_include().at(from).contains(to)) << include.file << " includes " << include.header;
    if (from != "grammar" && to == "grammar") {
      EXPECT_TRUE(is_public_of_grammar(include.header)) << include.file << " includes " << include.header;
    }
  }
}

TEST(Layering, includes_are_written_from_the_root_and_exist) {
  for (const Include& include : all_includes()) {
    if (!include.ours || include.header == "demo_files.inc") continue;
    EXPECT_TRUE(fs::exists(fs::path(sprx::testing::source_tree("")) / include.header))
        << include.file << " includes " << include.header;
  }
}

/// Files that include PEGTL, also through other files of ours.
std::set<std::string> files_that_see_pegtl(const std::vector<Include>& includes) {
  std::set<std::string> seeing;
  for (std::size_t before = 1, now = 0; before != now;) {
    before = seeing.size();
    for (const Include& include : includes) {
      if (include.header.starts_with("tao/pegtl") || seeing.contains(include.header)) seeing.insert(include.file);
    }
    now = seeing.size();
  }
  return seeing;
}

TEST(Layering, only_one_translation_unit_sees_pegtl) {
  std::set<std::string> units;
  for (const std::string& file : files_that_see_pegtl(all_includes())) {
    EXPECT_EQ(room_of(file), "grammar") << file;
    if (file.ends_with(".cc")) units.insert(file);
  }
  EXPECT_EQ(units.size(), 1U) << ::testing::PrintToString(units);
}

TEST(Layering, only_runtime_and_tools_see_asio_and_beast) {
  for (const Include& include : all_includes()) {
    if (!include.header.starts_with("boost/asio") && !include.header.starts_with("boost/beast")) continue;
    const std::string room = room_of(include.file);
    EXPECT_TRUE(room == "runtime" || room == "tools") << include.file << " includes " << include.header;
  }
}

TEST(Layering, the_libraries_behind_check_hold_no_asio_symbol) {
  const std::string archives = SPRX_ARCHIVES_OF_CHECK;
  std::size_t begin = 0;
  while (begin < archives.size()) {
    const std::size_t end = std::min(archives.find(':', begin), archives.size());
    const std::string archive = archives.substr(begin, end - begin);
    begin = end + 1;
    const Finished symbols = run({SPRX_NM, "--demangle", archive});
    ASSERT_EQ(symbols.status, 0) << symbols.err;
    EXPECT_NE(symbols.out.find("sprx::"), std::string::npos) << archive;
    for (const char* forbidden : {"boost::asio", "boost::beast"}) {
      EXPECT_EQ(symbols.out.find(forbidden), std::string::npos) << archive << " holds " << forbidden;
    }
  }
}

}  // namespace
}  // namespace sprx::test
