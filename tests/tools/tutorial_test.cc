// docs/tutorial.md, done as it says: the files are written, the rules are added, the commands are given to a shell in
// that directory, and what they print is compared with the page. SPRX_UPDATE_GOLDENS writes it into the page.
#include <array>
#include <boost/json.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <poll.h>
#include <pty.h>
#include <regex>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "support/paths.h"
#include "tests/tools/program.h"

namespace sprx::test {
namespace {

using ::sprx::testing::source_tree;

// The port that the page shows; the test takes a free one.
constexpr const char* kPort = "8080";

std::string replaced(const std::string& text, const std::string& what, const std::string& with) {
  return std::regex_replace(text, std::regex(what), with);
}

/// What a shell prints on a terminal for `line`, without colours: some commands say more to people than to pipes.
std::string on_terminal(const std::string& line) {
  constexpr int kPatienceMs = 60'000;
  winsize size{};
  size.ws_col = 120;
  size.ws_row = 1'000;
  int terminal = -1;
  const pid_t shell = forkpty(&terminal, nullptr, nullptr, &size);
  if (shell < 0) return "no terminal";
  if (shell == 0) {
    execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    _exit(127);
  }
  std::string seen;
  std::array<char, 4096> buffer;
  for (pollfd ready{terminal, POLLIN, 0}; poll(&ready, 1, kPatienceMs) > 0;) {
    const ssize_t got = read(terminal, buffer.data(), buffer.size());
    if (got <= 0) break;  // the shell ended
    seen.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(terminal);
  kill(shell, SIGKILL);
  waitpid(shell, nullptr, 0);
  return replaced(seen, "\r|\x1b\\[[0-9;]*m", "");
}

/// The reader's directory, and the shell in it.
class Reader {
 public:
  Reader() { std::filesystem::create_directory(directory()); }
  ~Reader() {
    if (proxy_) proxy_->end(SIGTERM);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void write(const std::string& file, const std::string& text) {
    undo_mistake();
    folder_.write("rules/" + file, text);
  }
  /// Adds to main.sprx, an empty line between.
  void add(const std::string& text) {
    undo_mistake();
    rules_ += rules_.empty() ? text : "\n" + text;
    folder_.write("rules/main.sprx", rules_);
  }
  /// The same until the next block.
  void add_mistake(const std::string& text) {
    undo_mistake();
    mistaken_ = true;
    folder_.write("rules/main.sprx", rules_ + "\n" + text);
  }
  /// What a command prints on both outputs. One that ends with `&` is a proxy, which goes on running.
  std::string type(const std::string& command) {
    const std::string line =
        "PATH=" + std::filesystem::path(SPRX_PROGRAM).parent_path().string() + ":$PATH; cd " + directory() + "; ";
    if (!command.ends_with(" &")) {
      const std::string seen = on_terminal(line + replaced(command, kPort, port_));
      return replaced(replaced(seen, R"(\(\d+\.\d ms\))", "(0.3 ms)"), ":" + port_, std::string(":") + kPort);
    }
    const std::string alone = command.substr(0, command.size() - 2);
    const std::vector<std::string> started{"/bin/sh", "-c", line + "exec >&2 " + replaced(alone, kPort, "0")};
    proxy_ = std::make_unique<Running>(started, folder_.path());
    if (!proxy_->says("\nlog ")) return proxy_->err();
    const std::string said = proxy_->err();
    std::smatch port;
    if (std::regex_search(said, port, std::regex(R"(listening on port (\d+))"))) port_ = port[1];
    return replaced(replaced(said, port_, kPort), R"(sprx-demo\.\w+)", "sprx-demo.Hq0equ");
  }
  void undo_mistake() {
    if (mistaken_) folder_.write("rules/main.sprx", rules_);
    mistaken_ = false;
  }
  [[nodiscard]] std::string directory() const { return (folder_ / "rules").string(); }

 private:
  Folder folder_;
  std::string rules_;
  bool mistaken_ = false;
  std::string port_ = kPort;
  std::unique_ptr<Running> proxy_;
};

/// The commands of a `console` block, each with what the reader sees.
std::string session(Reader& reader, const std::string& block) {
  std::istringstream in(block);
  std::string seen;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("$ ")) continue;
    seen += line + "\n" + reader.type(line.substr(2));
  }
  return seen;
}

/// What holds after each step: the check has nothing to say, all tests pass, the layout is `sprx fmt`'s.
void expect_all_well(const Reader& reader, const std::string& after) {
  const Finished checked = sprx({"check", reader.directory()});
  EXPECT_EQ(checked.err + checked.out, "") << "after " << after;
  EXPECT_EQ(checked.status, 0);
  const Finished tested = sprx({"test", reader.directory()});
  EXPECT_EQ(tested.status, 0) << tested.out << tested.err;
  const Finished laid_out = sprx({"fmt", "--diff", reader.directory()});
  EXPECT_EQ(laid_out.status, 0) << laid_out.out << laid_out.err;
}

/// The page as it is with what the commands print now.
struct Followed {
  std::string page;
  std::size_t steps = 0;
  std::map<std::string, std::size_t> blocks;  // by what stands after the fence, up to a blank
};

std::string take_block(Reader& reader, const std::string& mark, const std::string& text, Followed& followed) {
  const std::size_t blank = mark.find(' ');
  const std::string kind = mark.substr(0, blank);
  ++followed.blocks[mark == "sprx mistake" ? "mistake" : kind];
  if (mark == "console") return session(reader, text);
  if (mark == "sprx mistake") {
    reader.add_mistake(text);
  } else if (blank != std::string::npos) {
    reader.write(mark.substr(blank + 1), text);
  } else if (mark == "sprx") {
    reader.add(text);
    expect_all_well(reader, text);
  }
  return text;
}

Followed follow(Reader& reader, const std::string& page) {
  std::istringstream in(page);
  Followed followed;
  std::string prose;  // since the last block
  for (std::string line; std::getline(in, line);) {
    followed.page += line + "\n";
    if (line.starts_with("## Step ")) ++followed.steps;
    if (!line.starts_with("```")) {
      prose += line + "\n";
      continue;
    }
    // Four of them where what is inside has three.
    const std::string fence = line.substr(0, line.find_first_not_of('`'));
    const std::string mark = line.substr(fence.size());
    std::string text;
    while (std::getline(in, line) && line != fence) text += line + "\n";
    // The mark is not shown to readers: which file it is has to be said.
    const std::size_t blank = mark.find(' ');
    if (blank != std::string::npos && mark != "sprx mistake") {
      EXPECT_NE(prose.find("`" + mark.substr(blank + 1) + "`"), std::string::npos) << mark;
    }
    prose.clear();
    followed.page += take_block(reader, mark, text, followed) + fence + "\n";
  }
  return followed;
}

TEST(Tutorial, says_what_happens_to_one_who_follows_it) {
  const std::string path = source_tree("/docs/tutorial.md");
  const std::string page = read_file(path);
  Reader reader;
  const Followed followed = follow(reader, page);
  reader.undo_mistake();
  EXPECT_EQ(followed.steps, 10U);
  EXPECT_GE(followed.blocks.at("mistake"), 8U);
  EXPECT_GE(followed.blocks.at("console"), 20U);
  const boost::json::object report =
      boost::json::parse(sprx({"test", reader.directory(), "--coverage", "--format", "json"}).out).as_object();
  EXPECT_EQ(report.at("coverage").at("rules").as_int64(), 30);
  EXPECT_EQ(report.at("coverage").at("rules_matched").as_int64(), 30);
  if (std::getenv("SPRX_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(path, std::ios::binary) << followed.page;
    return;
  }
  EXPECT_EQ(followed.page, page);
}

}  // namespace
}  // namespace sprx::test
