// Rules that stand in a Kubernetes ConfigMap: how its volume changes is followed, and the manifests are right.
#include <csignal>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>

#include "support/paths.h"
#include "tests/tools/program.h"
#include "tools/folder_print.h"

namespace sprx::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// A folder as kubelet makes it of a ConfigMap: files are links through `..data`, which leads to the version in force
/// and is replaced by a rename.
class MapVolume {
 public:
  explicit MapVolume(fs::path place) : place_(std::move(place)) { fs::create_directories(place_); }
  void publish(std::string_view rules, std::string_view moved) {
    const std::string version = "..2026_11_26_" + std::to_string(++version_);
    fs::create_directory(place_ / version);
    write(version + "/main.sprx", rules);
    write(version + "/moved.tsv", moved);
    fs::create_directory_symlink(version, place_ / "..data_tmp");
    fs::rename(place_ / "..data_tmp", place_ / "..data");
    for (const char* name : {"main.sprx", "moved.tsv"}) {
      if (!fs::is_symlink(place_ / name)) fs::create_symlink(fs::path("..data") / name, place_ / name);
    }
    if (version_ > 1) fs::remove_all(place_ / ("..2026_11_26_" + std::to_string(version_ - 1)));
  }

 private:
  void write(const std::string& name, std::string_view bytes) {
    std::FILE* const file = std::fopen((place_ / name).c_str(), "w");
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
  }
  fs::path place_;
  int version_ = 0;
};

constexpr const char* kRules =
    "table moved: path -> string from \"moved.tsv\";\nrule moved_pages { when path in moved; redirect 301 moved[path]; "
    "}\n";

TEST(Kubernetes, a_change_of_the_config_map_is_in_force_by_itself_and_a_wrong_one_is_refused) {
  const Folder folder;
  MapVolume volume(folder / "opt/proxy_config");
  volume.publish(kRules, "/old\t/first\n");
  const std::string control = (folder / "control.sock").string();
  Running proxy({SPRX_PROGRAM, "run", "--demo", "--config", (folder / "opt/proxy_config").string(), "--control",
                 control, "--log-dir", (folder / "log").string(), "--watch"},
                folder.path());
  ASSERT_TRUE(proxy.says("listening on port ")) << proxy.err();
  const std::string said = proxy.err();
  const auto port = static_cast<std::uint16_t>(std::stoi(said.substr(said.find("port ") + 5)));
  const auto until = [](const auto& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < end) {
      if (holds()) return true;  // asked again it may be a worker that has the rules a moment later
    }
    return false;
  };
  const auto leads_to = [&](const std::string& place) {
    return get(port, "/old").find("\r\nLocation: " + place + "\r\n") != std::string::npos;
  };
  const auto metric = [&](const std::string& line) {
    return sprx({"ctl", "--control", control, "metrics"}).out.find("\n" + line + "\n") != std::string::npos;
  };
  EXPECT_TRUE(leads_to("/first"));
  volume.publish(kRules, "/old\t/second\n");
  EXPECT_TRUE(until([&] { return leads_to("/second"); }));
  volume.publish("rule r { when pth == \"/old\"; deny; }\n", "/old\t/third\n");
  EXPECT_TRUE(until([&] { return metric("sprx_last_reload_successful 0"); }));
  EXPECT_TRUE(leads_to("/second"));
  // The log's line follows the metric: another thread writes it.
  EXPECT_TRUE(until([&] {
    return read_file(folder / "log/error.log").find("error[E1003]: unknown request field `pth`") != std::string::npos;
  }));
  volume.publish(kRules, "/old\t/fourth\n");
  EXPECT_TRUE(until([&] { return leads_to("/fourth"); }));
  EXPECT_TRUE(
      until([&] { return metric("sprx_last_reload_successful 1"); }));  // said a moment after the workers have it
  EXPECT_TRUE(metric("sprx_reloads_failed_total 1"));
  EXPECT_EQ(proxy.end(SIGTERM), 0);
}

TEST(FolderPrint, changes_with_what_the_directory_holds_and_only_then) {
  const Folder folder;
  folder.write("c/a.sprx", "a");
  folder.write("c/deep/er/b.tsv", "b");
  fs::create_symlink("a.sprx", folder / "c/link.sprx");
  std::optional<std::uint64_t> last = folder_print(folder / "c");
  const auto changed = [&] {
    const std::optional<std::uint64_t> now = folder_print(folder / "c");
    return std::exchange(last, now) != now;
  };
  EXPECT_FALSE(changed());
  folder.write("c/deep/er/b.tsv", "bb");
  EXPECT_TRUE(changed()) << "written";
  folder.write("new", "a");
  fs::rename(folder / "new", folder / "c/a.sprx");
  EXPECT_TRUE(changed()) << "replaced by a file with the same bytes and size";
  fs::remove(folder / "c/link.sprx");
  EXPECT_TRUE(changed()) << "removed";
  fs::create_symlink("deep/er/b.tsv", folder / "c/link.sprx");
  EXPECT_TRUE(changed()) << "a link is new";
  folder.write("c/.git/index", "x");
  EXPECT_FALSE(changed()) << "git's own folder";
  fs::rename(folder / "c", folder / "c1");
  EXPECT_TRUE(changed()) << "gone";
  fs::create_directory_symlink("c1", folder / "c");
  EXPECT_TRUE(changed()) << "back, as a link";
  fs::copy(folder / "c1", folder / "c2", fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  fs::create_directory_symlink("c2", folder / "next");
  fs::rename(folder / "next", folder / "c");
  EXPECT_TRUE(changed()) << "the link leads elsewhere";
  EXPECT_FALSE(changed());
}

TEST(FolderPrint, of_as_many_entries_as_it_may_have_is_a_number_and_of_one_more_is_not) {
  const Folder folder;
  for (const char* name : {"c/1", "c/2", "c/d/3"}) folder.write(name, "");
  EXPECT_TRUE(folder_print(folder / "c", 4).has_value());
  EXPECT_FALSE(folder_print(folder / "c", 3).has_value());
}

/// What needs node and tests/npm.
class Manifests : public ::testing::Test {
 protected:
  void SetUp() override {
    if (run({"/usr/bin/env", "node", "--version"}).status != 0) GTEST_SKIP() << "skipped: no node on this machine";
    if (!fs::exists(sprx::testing::source_tree("/tests/npm/node_modules/kubernetes-models")))
      GTEST_SKIP() << "skipped: tests/npm is not installed; `tools/dev setup npm` does it";
  }
  static Finished checker(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"/usr/bin/env", "node", sprx::testing::source_tree("/tests/npm/kubernetes.js")});
    return run(arguments);
  }
  static std::string manifest(const std::string& name) { return sprx::testing::source_tree("/oci/kubernetes/" + name); }
  Folder folder_;
};

TEST_F(Manifests, validate_against_the_published_schemas) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(sprx::testing::source_tree("/oci/kubernetes"))) {
    files.push_back(entry.path().string());
  }
  ASSERT_GE(files.size(), 4U);
  const Finished done = checker(files);
  EXPECT_EQ(done.status, 0) << done.err;
}

TEST_F(Manifests, with_a_mistake_are_refused) {
  const std::string right = read_file(manifest("deployment.yaml"));
  for (const auto& [from, to, message] :
       {std::tuple(
            "readinessProbe:", "readynessProbe:", "unknown key /spec/template/spec/containers/0/readynessProbe\n"),
        std::tuple("containerPort: 8080", "containerPort: \"a\"",
                   "containers/0/ports/0/containerPort must be integer\n"),
        std::tuple("  selector:", "  selektor:", "data/spec must have required property selector\n")}) {
    std::string wrong = right;
    wrong.replace(wrong.find(from), std::string_view(from).size(), to);
    folder_.write("wrong.yaml", wrong);
    const Finished done = checker({(folder_ / "wrong.yaml").string()});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr(message));
  }
}

TEST_F(Manifests, hold_rules_that_pass_their_own_tests) {
  fs::create_directories(folder_ / "rules");
  ASSERT_EQ(checker({"--data", (folder_ / "rules").string(), manifest("rules.yaml")}).status, 0);
  const Finished done = sprx({"check", (folder_ / "rules").string()});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(sprx({"test", (folder_ / "rules").string()}).status, 0);
}

TEST(Kubernetes, the_deployment_gives_options_that_the_program_has) {
  const std::string help = sprx({"run", "--help"}).out;
  std::size_t options = 0;
  for (const std::string& line : lines_of(read_file(sprx::testing::source_tree("/oci/kubernetes/deployment.yaml")))) {
    const std::size_t begin = line.find("- --");
    if (begin == std::string::npos) continue;
    const std::string option = line.substr(begin + 2, line.find('=', begin) - begin - 2);
    EXPECT_THAT(help, HasSubstr("  " + option)) << line;
    ++options;
  }
  EXPECT_EQ(options, 6U);
}

}  // namespace
}  // namespace sprx::test
