#include "compiler/read_source.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sprx {
namespace {

namespace fs = std::filesystem;

std::string name_of(ReadOutcome outcome) {
  switch (outcome) {
    case ReadOutcome::ok:
      return "ok";
    case ReadOutcome::missing:
      return "missing";
    case ReadOutcome::outside:
      return "outside";
    case ReadOutcome::not_a_file:
      return "not a file";
    case ReadOutcome::too_large:
      return "too large";
    case ReadOutcome::too_many:
      return "too many";
    case ReadOutcome::unreadable:
      return "unreadable";
  }
  return {};
}

/// A configuration directory `conf` with something beside it that must not be read.
class ReadSource : public testing::Test {
 protected:
  void SetUp() override {
    std::string place = (fs::temp_directory_path() / "sprx-read-XXXXXX").string();
    ASSERT_NE(mkdtemp(place.data()), nullptr);
    top = fs::canonical(place);
    conf = top / "conf";
    fs::create_directory(conf);
    write(top / "secret.txt", "secret");
    fs::create_directory(top / "conf-too");
    write(top / "conf-too/x.sprx", "neighbour");
  }
  void TearDown() override { fs::remove_all(top); }

  static void write(const fs::path& path, std::string_view text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  std::string read(std::string_view name, std::size_t most = 1000) const {
    const ReadText result = read_source(conf, name, most);
    return result.outcome == ReadOutcome::ok ? "=" + result.text : name_of(result.outcome);
  }
  std::string why(std::string_view name) const { return read_source(conf, name, 1000).why; }
  std::string glob(std::string_view from, std::string_view pattern) const {
    std::size_t looked = 0;
    const GlobResult result = glob_sources(conf, from, pattern, looked);
    std::string out = name_of(result.outcome);
    for (const std::string& name : result.names) out += " " + name;
    return out;
  }

  /// What `glob` or `why` says to somebody who may not read everything, as root may.
  template <typename Ask>
  static std::string unprivileged(Ask ask) {
    int ends[2];
    if (pipe(ends) != 0) return "no pipe";
    const pid_t child = fork();
    if (child == 0) {
      const bool dropped = geteuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0);
      const std::string said = dropped ? ask() : "root";
      const ssize_t written = ::write(ends[1], said.data(), said.size());
      _exit(written < 0 ? 1 : 0);
    }
    close(ends[1]);
    std::string out(1000, '\0');
    const ssize_t got = ::read(ends[0], out.data(), out.size());
    close(ends[0]);
    waitpid(child, nullptr, 0);
    out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return out;
  }
  std::string globbed(std::string_view pattern) const {
    std::size_t looked = 0;
    return glob_sources(conf, "", pattern, looked).why;
  }

  fs::path top;
  fs::path conf;
};

TEST(ResolveName, is_relative_to_the_file_it_stands_in_and_never_leaves) {
  EXPECT_EQ(resolve_name("main.sprx", "a.sprx"), "a.sprx");
  EXPECT_EQ(resolve_name("rules/main.sprx", "a.sprx"), "rules/a.sprx");
  EXPECT_EQ(resolve_name("rules/main.sprx", "./b//c/../a.sprx"), "rules/b/a.sprx");
  EXPECT_EQ(resolve_name("rules/main.sprx", "../lists/a.txt"), "lists/a.txt");
  EXPECT_EQ(resolve_name("rules/main.sprx", "../../a.txt"), std::nullopt);
  EXPECT_EQ(resolve_name("main.sprx", "../conf/a.txt"), std::nullopt);
  EXPECT_EQ(resolve_name("main.sprx", "a/../../conf/a.txt"), std::nullopt);
  EXPECT_EQ(resolve_name("main.sprx", "/etc/passwd"), std::nullopt);
  EXPECT_EQ(resolve_name("", "..data/x"), "..data/x");
  EXPECT_EQ(resolve_name("", std::string_view("a\0b", 3)), std::nullopt);
  EXPECT_EQ(resolve_name("main.sprx", ""), "");
}

TEST_F(ReadSource, gives_the_bytes_as_they_are) {
  const std::string bytes(
      "\xEF\xBB\xBF"
      "a\r\n\0\xFF",
      8);
  write(conf / "a.sprx", bytes);
  EXPECT_EQ(read("a.sprx"), "=" + bytes);
  write(conf / "empty", "");
  EXPECT_EQ(read("empty"), "=");
  EXPECT_EQ(read("none"), "missing");
  EXPECT_EQ(read("a.sprx/b"), "missing");
  EXPECT_EQ(read(std::string(300, 'x')), "missing");
}

TEST_F(ReadSource, keeps_to_its_bound) {
  write(conf / "a", std::string(100, 'x'));
  EXPECT_EQ(read("a", 100), "=" + std::string(100, 'x'));
  EXPECT_EQ(read("a", 99), "too large");
}

TEST_F(ReadSource, never_leaves_the_directory) {
  EXPECT_EQ(read("../secret.txt"), "outside");
  EXPECT_EQ(read("/etc/passwd"), "outside");
  EXPECT_EQ(read("../conf-too/x.sprx"), "outside");
  fs::create_symlink("../secret.txt", conf / "link");
  EXPECT_EQ(read("link"), "outside");
  fs::create_symlink(top / "secret.txt", conf / "absolute");
  EXPECT_EQ(read("absolute"), "outside");
  fs::create_directory_symlink("..", conf / "up");
  EXPECT_EQ(read("up/secret.txt"), "outside");
  EXPECT_EQ(read("up/conf-too/x.sprx"), "outside");
  fs::create_symlink("up/secret.txt", conf / "twice");
  EXPECT_EQ(read("twice"), "outside");
  fs::create_symlink("/dev/zero", conf / "zero");
  EXPECT_EQ(read("zero"), "outside");
  fs::create_symlink("/proc/self/environ", conf / "environ");
  EXPECT_EQ(read("environ"), "outside");
}

TEST_F(ReadSource, follows_links_that_stay_inside) {
  // As Kubernetes mounts a ConfigMap.
  write(conf / "..2026_01/main.sprx", "one");
  fs::create_directory_symlink("..2026_01", conf / "..data");
  fs::create_symlink("..data/main.sprx", conf / "main.sprx");
  EXPECT_EQ(read("main.sprx"), "=one");
  fs::create_symlink(conf / "main.sprx", conf / "absolute");
  EXPECT_EQ(read("absolute"), "=one");
  fs::create_directory_symlink(conf, top / "current");
  EXPECT_EQ(read_source(top / "current", "main.sprx", 10).text, "one");
}

TEST_F(ReadSource, names_links_that_lead_nowhere) {
  fs::create_symlink("gone", conf / "dangling");
  EXPECT_EQ(read("dangling"), "unreadable") << "a broken deployment is not an absent file";
  fs::create_symlink("loop", conf / "loop");
  EXPECT_EQ(read("loop"), "unreadable");
  EXPECT_EQ(why("dangling"), "it is a link that leads nowhere");
  EXPECT_EQ(why("loop"), "its links lead in a circle");
}

TEST_F(ReadSource, says_why_something_cannot_be_read) {
  fs::create_directory(conf / "dir");
  EXPECT_EQ(why("dir"), "it is a directory");
  ASSERT_EQ(mkfifo((conf / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(why("fifo"), "it is no regular file");
  fs::create_symlink("../secret.txt", conf / "link");
  EXPECT_EQ(why("link"), "it leads out of the directory");
  write(conf / "a", "x");
  EXPECT_EQ(why("a"), "");
  fs::permissions(conf / "a", fs::perms::none);
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  EXPECT_EQ(why("a"), "permission denied");
}

TEST_F(ReadSource, takes_no_directory_for_empty_that_it_cannot_look_through) {
  write(conf / "conf.d/deny.sprx", "");
  write(conf / "open/inner/deny.sprx", "");
  write(conf / "open/file.sprx", "");
  fs::permissions(top, fs::perms::all);
  fs::permissions(conf / "conf.d", fs::perms::owner_exec | fs::perms::others_exec);
  fs::permissions(conf / "open/inner", fs::perms::none);
  const auto ask = [&](std::string_view pattern) { return unprivileged([&] { return globbed(pattern); }); };
  const std::string denied = "the directory `conf.d` cannot be looked through: permission denied";
  EXPECT_EQ(ask("conf.d/*.sprx"), denied);
  EXPECT_EQ(ask("c*/*.sprx"), denied);
  EXPECT_EQ(ask("o*/*/*.sprx"), "the directory `open/inner` cannot be looked through: permission denied");
  EXPECT_EQ(ask("open/inner/more/*.sprx"),
            "the directory `open/inner/more` cannot be looked through: permission denied");
  EXPECT_EQ(ask("open/*.sprx"), "");
  EXPECT_EQ(ask("open/file.sprx/*.sprx"), "");
  fs::permissions(conf, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  if (geteuid() == 0) {
    EXPECT_EQ(ask("*.sprx"), "the configuration directory cannot be looked through: permission denied");
  }
  fs::permissions(conf / "conf.d", fs::perms::owner_all);
  fs::permissions(conf / "open/inner", fs::perms::owner_all);
}

TEST_F(ReadSource, takes_no_link_that_leads_nowhere_for_an_empty_directory) {
  fs::create_symlink("gone", conf / "conf.d");
  EXPECT_EQ(globbed("conf.d/*.sprx"),
            "the directory `conf.d` cannot be looked through: it is a link that leads nowhere");
  EXPECT_EQ(glob("main.sprx", "conf.d/*.sprx"), "unreadable");
}

TEST_F(ReadSource, opens_nothing_that_is_no_plain_file) {
  ASSERT_EQ(mkfifo((conf / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(read("fifo"), "not a file");
  fs::create_directory(conf / "dir");
  EXPECT_EQ(read("dir"), "not a file");
  EXPECT_EQ(read(""), "not a file");
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string place = (conf / "socket").string();
  ASSERT_LT(place.size(), sizeof(address.sun_path));
  place.copy(address.sun_path, place.size());
  ASSERT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(read("socket"), "not a file");
  close(fd);
}

TEST_F(ReadSource, says_when_the_directory_itself_is_missing) {
  EXPECT_EQ(name_of(read_source(top / "nowhere", "main.sprx", 10).outcome), "missing");
  EXPECT_EQ(name_of(read_source(top / "secret.txt", "main.sprx", 10).outcome), "missing");
  fs::create_directory_symlink("nowhere", top / "current");
  EXPECT_EQ(name_of(read_source(top / "current", "main.sprx", 10).outcome), "unreadable");
}

TEST_F(ReadSource, globs_in_bytewise_order) {
  for (const char* name : {"b.sprx", "a.sprx", "B.sprx", "a-1.sprx", "\xC3\xA9.sprx", ".hidden.sprx", "c.txt"})
    write(conf / name, "");
  fs::create_directory(conf / "dir.sprx");
  write(conf / "sub/x.sprx", "");
  write(conf / "sub/y.sprx", "");
  EXPECT_EQ(glob("main.sprx", "*.sprx"), "ok B.sprx a-1.sprx a.sprx b.sprx \xC3\xA9.sprx");
  EXPECT_EQ(glob("main.sprx", "?.sprx"), "ok B.sprx a.sprx b.sprx");
  EXPECT_EQ(glob("main.sprx", "*/*.sprx"), "ok sub/x.sprx sub/y.sprx");
  EXPECT_EQ(glob("main.sprx", "s*/x*"), "ok sub/x.sprx");
  EXPECT_EQ(glob("sub/x.sprx", "*.sprx"), "ok sub/x.sprx sub/y.sprx");
  EXPECT_EQ(glob("sub/x.sprx", "../a*"), "ok a-1.sprx a.sprx");
  EXPECT_EQ(glob("main.sprx", ".*.sprx"), "ok .hidden.sprx");
  EXPECT_EQ(glob("main.sprx", "*.none"), "ok");
  EXPECT_EQ(glob("main.sprx", "none/*.sprx"), "ok");
  EXPECT_EQ(glob("main.sprx", "*a*1*.s*x"), "ok a-1.sprx");
}

TEST_F(ReadSource, globs_never_leave_the_directory) {
  EXPECT_EQ(glob("main.sprx", "../*"), "outside");
  EXPECT_EQ(glob("main.sprx", "/etc/*"), "outside");
  fs::create_directory_symlink("..", conf / "up");
  EXPECT_EQ(glob("main.sprx", "up/*.txt"), "outside");
  EXPECT_EQ(glob("main.sprx", "*/*.txt"), "outside");
  fs::create_symlink("../secret.txt", conf / "link.sprx");
  EXPECT_EQ(glob("main.sprx", "*.sprx"), "ok link.sprx");
  EXPECT_EQ(read("link.sprx"), "outside");
}

}  // namespace
}  // namespace sprx
