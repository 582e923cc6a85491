// LogWriter into a string of MemoryNet: what runtime/log_writer.cc defines, defined here instead.
#include "runtime/log_writer.h"
#include "tests/session/memory_net.h"

namespace sprx {

LogWriter::LogWriter(LogTarget target, std::string directory, std::function<std::int64_t()> clock_us)
    : target_(target), directory_(std::move(directory)), clock_us_(std::move(clock_us)) {}
LogWriter::~LogWriter() = default;
std::optional<std::string> LogWriter::open() { return std::nullopt; }
void LogWriter::start() {}
std::string LogWriter::empty_block() { return {}; }
bool LogWriter::submit(std::string block, std::uint64_t) {
  testing::MemoryNet::current().log.append(block);
  return true;
}
void LogWriter::say(std::string_view, std::string_view) {}
std::optional<std::string> LogWriter::reopen() { return std::nullopt; }
void LogWriter::stop() {}
std::uint64_t LogWriter::lines_lost() const { return 0; }

}  // namespace sprx
