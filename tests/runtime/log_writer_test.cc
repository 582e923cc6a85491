#include "runtime/log_writer.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/resource.h>
#include <unistd.h>

namespace sprx {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class LogWriterTest : public ::testing::Test {
 protected:
  LogWriterTest() {
    std::string name = (fs::temp_directory_path() / "sprx-log.XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~LogWriterTest() override { fs::remove_all(folder_); }
  fs::path log() const { return folder_ / "log"; }
  std::string access() const { return text_of(log() / "access.log"); }
  LogWriter make() {
    return {LogTarget::files, log().string(), [] { return std::int64_t{0}; }};
  }

  fs::path folder_;
};

/// No file can grow past `bytes` while this lives: a disk that fills up in the middle of a write.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

TEST_F(LogWriterTest, AFullDiskLeavesWholeLinesAndCountsTheOthers) {
  LogWriter writer = make();
  ASSERT_EQ(writer.open(), std::nullopt);
  {
    const FileSizeLimit limit(25);
    writer.start();
    EXPECT_TRUE(writer.submit("line one\nline two\nline three\nline four\n", 4));
    EXPECT_TRUE(writer.submit("line five\n", 1));
    writer.stop();
  }
  EXPECT_EQ(access(), "line one\nline two\n");
  EXPECT_EQ(writer.lines_lost(), 3U);
}

TEST_F(LogWriterTest, AFullDiskIsSaidOnceInTheDiagnosticLog) {
  LogWriter writer = make();
  ASSERT_EQ(writer.open(), std::nullopt);
  const std::string long_line(200, 'x');
  {
    const FileSizeLimit limit(150);
    writer.start();
    EXPECT_TRUE(writer.submit(long_line + "\n", 1));
    EXPECT_TRUE(writer.submit(long_line + "\n", 1));
    writer.stop();
  }
  EXPECT_EQ(text_of(log() / "error.log"),
            "1970-01-01T00:00:00.000000Z error: the access log cannot be written, lines are lost: File too large\n");
  EXPECT_EQ(access(), "");
  EXPECT_EQ(writer.lines_lost(), 2U);
}

TEST_F(LogWriterTest, ALogThatSomebodyDeletedComesBackWithTheNextLine) {
  LogWriter writer = make();
  ASSERT_EQ(writer.open(), std::nullopt);
  fs::remove_all(log());
  writer.start();
  EXPECT_TRUE(writer.submit("after\n", 1));
  writer.stop();
  EXPECT_EQ(access(), "after\n");
  EXPECT_EQ(writer.lines_lost(), 0U);
}

TEST_F(LogWriterTest, LinesForADeletedLogThatCannotBeMadeAgainAreCounted) {
  LogWriter writer = make();
  ASSERT_EQ(writer.open(), std::nullopt);
  fs::remove_all(log());
  std::ofstream(log()) << "in the way";
  writer.start();
  EXPECT_TRUE(writer.submit("one\ntwo\n", 2));
  writer.stop();
  EXPECT_EQ(writer.lines_lost(), 2U);
  fs::remove(log());
}

TEST_F(LogWriterTest, LinesPastWhatMayWaitAreDroppedAndCounted) {
  LogWriter writer = make();
  ASSERT_EQ(writer.open(), std::nullopt);
  const std::string most(LogWriter::kWaitingBytes - 1, 'x');
  EXPECT_TRUE(writer.submit(most + "\n", 1));  // nobody writes yet
  EXPECT_FALSE(writer.submit("y\nz\n", 2));
  EXPECT_EQ(writer.lines_lost(), 2U);
  writer.start();
  writer.stop();
  EXPECT_EQ(access().size(), LogWriter::kWaitingBytes);
}

TEST_F(LogWriterTest, ARenamedLogIsWrittenUntilItIsReopened) {
  LogWriter writer = make();
  ASSERT_EQ(writer.open(), std::nullopt);
  fs::rename(log() / "access.log", log() / "access.log.1");
  writer.start();
  EXPECT_TRUE(writer.submit("old\n", 1));
  EXPECT_EQ(writer.reopen(), std::nullopt);
  EXPECT_TRUE(writer.submit("new\n", 1));
  writer.stop();
  EXPECT_EQ(text_of(log() / "access.log.1"), "old\n");
  EXPECT_EQ(access(), "new\n");
}

}  // namespace
}  // namespace sprx
