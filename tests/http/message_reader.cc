#include "http/message_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "http/escape.h"

namespace sprx::http_suite {
namespace {

constexpr std::string_view kEnd = "\r\n\r\n";

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\r\n"), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return lines;
}

}  // namespace

int Head::status() const {
  int value = 0;
  if (start.starts_with("HTTP/1.") && start.size() >= 12) std::from_chars(start.data() + 9, start.data() + 12, value);
  return value;
}

std::vector<std::string> Head::values(std::string_view name) const {
  std::vector<std::string> found;
  for (const std::string& line : lines) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || !same_name(std::string_view(line).substr(0, colon), name)) continue;
    const std::size_t from = line.find_first_not_of(" \t", colon + 1);
    found.push_back(from == std::string::npos ? "" : line.substr(from, line.find_last_not_of(" \t") + 1 - from));
  }
  return found;
}

Event MessageReader::bad(std::string why) {
  Event event;
  event.data = std::move(why);
  return event;
}

Event MessageReader::end(std::vector<std::string> trailers) {
  state_ = State::head;
  Event event;
  event.kind = Event::Kind::end;
  event.trailers = std::move(trailers);
  return event;
}

Event MessageReader::take_data(std::size_t size) {
  Event event;
  event.kind = Event::Kind::data;
  event.data = in_.substr(0, size);
  in_.erase(0, event.data.size());
  return event;
}

std::optional<Event> MessageReader::next() {
  switch (state_) {
    case State::head:
      return read_head();
    case State::length:
    case State::chunk_data: {
      if (in_.empty()) return std::nullopt;
      Event event = take_data(left_);
      left_ -= event.data.size();
      if (left_ == 0) state_ = state_ == State::length ? State::ended : State::chunk_end;
      return event;
    }
    case State::ended:
      return end();
    case State::until_close:
    case State::raw:
      if (in_.empty()) return std::nullopt;
      return take_data(in_.size());
    case State::chunk_size:
      return read_chunk_size();
    case State::chunk_end:
      return read_chunk_end();
    case State::trailers:
      return read_trailers();
  }
  return std::nullopt;
}

std::optional<Event> MessageReader::finish() {
  if (state_ == State::until_close) return end();
  if (state_ == State::raw || between_messages()) return std::nullopt;
  return bad("the connection ended inside a message");
}

std::optional<Event> MessageReader::read_head() {
  const std::size_t size = in_.find(kEnd);
  if (size == std::string::npos) return std::nullopt;
  std::vector<std::string> lines = split_lines(std::string_view(in_).substr(0, size));
  in_.erase(0, size + kEnd.size());
  Event event;
  event.kind = Event::Kind::head;
  if (lines.empty()) return bad("a head without a first line");
  for (const std::string& line : lines) {
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      return bad("CR, LF or NUL in a line: " + escape(line));
  }
  event.head.start = lines[0];
  event.head.lines.assign(lines.begin() + 1, lines.end());
  if (!frame(event.head)) return bad("ambiguous or malformed framing");
  return event;
}

/// How the body of `head` ends (RFC 9112 6.3). False where that is in doubt.
bool MessageReader::frame(const Head& head) {
  const auto lengths = head.values("Content-Length");
  const auto codings = head.values("Transfer-Encoding");
  if (lengths.size() > 1 || codings.size() > 1 || (!lengths.empty() && !codings.empty())) return false;
  left_ = 0;
  if (!lengths.empty()) {
    const auto [end, ec] = std::from_chars(lengths[0].data(), lengths[0].data() + lengths[0].size(), left_);
    if (ec != std::errc() || end != lengths[0].data() + lengths[0].size()) return false;
  }
  if (!codings.empty() && !same_name(codings[0], "chunked")) return false;
  const int status = head.status();
  if (of_ == Side::origin) {
    const bool bodyless = std::exchange(answers_head_, status / 100 == 1 && answers_head_ && status != 101);
    if (status == 101) {
      state_ = State::raw;
      return true;
    }
    if (status / 100 == 1) {
      return true;  // another head follows at once: an interim response has no end of its own
    }
    if (bodyless || status == 204 || status == 304) {
      state_ = State::ended;
      return true;
    }
  }
  if (!codings.empty()) {
    state_ = State::chunk_size;
  } else if (!lengths.empty()) {
    state_ = left_ == 0 ? State::ended : State::length;
  } else {
    state_ = of_ == Side::origin ? State::until_close : State::ended;
  }
  return true;
}

std::optional<Event> MessageReader::read_chunk_size() {
  const std::size_t size = in_.find("\r\n");
  if (size == std::string::npos) {
    if (in_.size() > 64) return bad("a chunk size without an end: " + escape(in_, 80));
    return std::nullopt;
  }
  const auto [end, ec] = std::from_chars(in_.data(), in_.data() + size, left_, 16);
  if (ec != std::errc() || end != in_.data() + size) return bad("a chunk size: " + escape(in_.substr(0, size)));
  in_.erase(0, size + 2);
  state_ = left_ == 0 ? State::trailers : State::chunk_data;
  return next();
}

std::optional<Event> MessageReader::read_chunk_end() {
  if (in_.size() < 2) return std::nullopt;
  if (!in_.starts_with("\r\n")) return bad("a chunk that is longer than it says: " + escape(in_, 80));
  in_.erase(0, 2);
  state_ = State::chunk_size;
  return next();
}

std::optional<Event> MessageReader::read_trailers() {
  if (in_.starts_with("\r\n")) {
    in_.erase(0, 2);
    return end();
  }
  const std::size_t size = in_.find(kEnd);
  if (size == std::string::npos) return std::nullopt;
  std::vector<std::string> lines = split_lines(std::string_view(in_).substr(0, size));
  in_.erase(0, size + kEnd.size());
  return end(std::move(lines));
}

}  // namespace sprx::http_suite
