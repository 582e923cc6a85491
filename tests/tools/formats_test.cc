// The machine formats of `sprx check` against their schemas: SARIF's published one, and ours for a line of JSON. The
// validator is an npm package (tests/npm, `tools/dev setup npm`); where it is not there these tests are skipped.
#include <filesystem>
#include <gtest/gtest.h>

#include "support/paths.h"
#include "tests/tools/program.h"

namespace sprx::test {
namespace {

/// Something to say in every part of a report: labels, notes, fixes, other files, odd characters, no file at all.
class Formats : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (run({"/usr/bin/env", "node", "--version"}).status != 0) GTEST_SKIP() << "skipped: no node on this machine";
    if (!std::filesystem::exists(sprx::testing::source_tree("/tests/npm/node_modules/ajv")))
      GTEST_SKIP() << "skipped: tests/npm is not installed; `tools/dev setup npm` does it";
    const std::string what = GetParam();
    if (what == "everything") {
      folder_.write("main.sprx",
                    "include \"sp ace%\xC3\xA9.sprx\";\ninclude \"none.sprx\";\nlist l: cidr from \"l.txt\";\n"
                    "rule a { when hst == \"\xE2\x82\xAC\" or path = \"/a\" or client.ip in l; deny }\n"
                    "rule a { when path like \"/{x}\" or path == \"/b\"; redirect 301 \"https://${x}/\"; }\n");
      folder_.write("sp ace%\xC3\xA9.sprx",
                    "rule b { when path == '/b'; deny; }\nrule c { when path == \"/c\xFF\"; deny; }\n");
      folder_.write("l.txt", "192.0.2.1/24\nx\n");
    } else if (what == "no_main") {
      folder_.write("other.sprx", "rule a { deny; }\n");
    } else if (what == "lints") {
      folder_.write("main.sprx", "list unused: string = [\"a\"];\nrule a { when header[\"X\"] == \"\"; deny; }\n");
    } else {
      folder_.write("main.sprx", "rule a { when path == \"/a\"; deny; }\n");
    }
  }

  Finished validated(const std::string& format, const std::vector<std::string>& schema) {
    const Finished report = sprx({"check", folder_.path().string(), "--format", format});
    std::vector<std::string> command{"/usr/bin/env", "node", sprx::testing::source_tree("/tests/npm/validate.js")};
    command.insert(command.end(), schema.begin(), schema.end());
    Finished done = run(command, report.out);
    done.out = report.out;
    return done;
  }
  Folder folder_;
};

TEST_P(Formats, sarif_validates_against_the_published_schema) {
  const Finished done = validated("sarif", {"sarif"});
  EXPECT_EQ(done.status, 0) << done.err << done.out;
}

TEST_P(Formats, each_line_of_json_has_the_documented_shape) {
  if (std::string(GetParam()) == "nothing") GTEST_SKIP() << "a valid configuration writes no line";
  const Finished done = validated("json", {"--lines", sprx::testing::source_tree("/tests/npm/diagnostic.schema.json")});
  EXPECT_EQ(done.status, 0) << done.err << done.out;
}

INSTANTIATE_TEST_SUITE_P(Reports, Formats, ::testing::Values("everything", "no_main", "lints", "nothing"),
                         [](const auto& about) { return std::string(about.param); });

}  // namespace
}  // namespace sprx::test
