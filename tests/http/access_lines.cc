#include "http/access_lines.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <poll.h>

#include "http/compare.h"

namespace sprx::http_suite {
namespace {

namespace json = boost::json;

/// The keys of a line, in this order.
constexpr const char* kKeys[] = {"time",
                                 "client_ip",
                                 "hostname",
                                 "method",
                                 "path",
                                 "query",
                                 "protocol",
                                 "status",
                                 "bytes",
                                 "body_bytes",
                                 "request_bytes",
                                 "duration_us",
                                 "upstream_connect_us",
                                 "upstream_head_us",
                                 "upstream_us",
                                 "upstream_addr",
                                 "reused",
                                 "request_id",
                                 "user_agent",
                                 "referer",
                                 "rules",
                                 "would",
                                 "source",
                                 "error",
                                 "table",
                                 "fields"};

struct Line {
  std::string text;
  std::string status;
  std::string error;
  bool used = false;
};

std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string text_of(const json::object& object, const char* key) {
  const json::value* found = object.if_contains(key);
  if (found == nullptr || found->is_null()) return "";
  return found->is_string() ? std::string(found->as_string()) : json::serialize(*found);
}

bool has_the_keys(const json::object& object) {
  return std::equal(object.begin(), object.end(), std::begin(kKeys), std::end(kKeys),
                    [](const json::key_value_pair& pair, const char* key) { return pair.key() == key; });
}

std::vector<Line> parse_lines(const std::vector<std::string>& texts, std::vector<std::string>& problems) {
  std::vector<Line> lines;
  for (const std::string& text : texts) {
    boost::system::error_code ec;
    const json::value value = json::parse(text, ec);
    Line line;
    line.text = text;
    if (ec || !value.is_object()) {
      problems.push_back("a line that is no JSON object: " + text);
    } else {
      if (!has_the_keys(value.as_object())) problems.push_back("keys or their order: " + text);
      line.status = text_of(value.as_object(), "status");
      line.error = text_of(value.as_object(), "error");
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

bool matches(const Line& line, const LogEntry& entry) {
  return !line.used && is_one_of(line.status, entry.status) &&
         (entry.error.empty() || is_one_of(line.error, entry.error));
}

}  // namespace

std::vector<std::string> check_access_lines(const std::filesystem::path& path,
                                            const std::vector<ExpectedLines>& expected, Milliseconds deadline) {
  std::size_t count = 0;
  for (const ExpectedLines& one : expected) count += one.entries.size();
  const auto until = Clock::now() + deadline;
  std::vector<std::string> texts = read_lines(path);
  while (texts.size() < count && Clock::now() < until) {
    ::poll(nullptr, 0, 10);  // a file cannot be waited for
    texts = read_lines(path);
  }
  std::vector<std::string> problems;
  std::vector<Line> lines = parse_lines(texts, problems);
  for (const bool with_error : {true, false}) {  // those that ask for more choose first
    for (const ExpectedLines& one : expected) {
      for (const LogEntry& entry : one.entries) {
        if (entry.error.empty() == with_error) continue;
        const auto found =
            std::find_if(lines.begin(), lines.end(), [&](const Line& line) { return matches(line, entry); });
        if (found != lines.end()) {
          found->used = true;
        } else {
          problems.push_back(one.name + ": no line with status " + entry.status + " error " +
                             (entry.error.empty() ? "any" : entry.error));
        }
      }
    }
  }
  for (const Line& line : lines) {
    if (!line.used) problems.push_back("a line that no case explains: " + line.text);
  }
  return problems;
}

}  // namespace sprx::http_suite
