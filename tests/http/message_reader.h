// MessageReader: takes HTTP/1.1 messages apart, strictly, into heads, pieces of body and ends. One reads what a case
// expects, another what really came, so that a body may arrive in other pieces than it was written down in.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/transcript.h"

namespace sprx::http_suite {

struct Head {
  std::string start;               ///< request line or status line
  std::vector<std::string> lines;  ///< header lines, without their line ends

  [[nodiscard]] int status() const;  ///< of a response, 0 where it is none
  /// Values of the header lines called `name` (any case), blanks around them taken away.
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;
};

struct Event {
  enum class Kind : unsigned char { head, data, end, bad } kind = Kind::bad;
  Head head;
  std::string data;                   ///< of a body; why for `bad`
  std::vector<std::string> trailers;  ///< with `end`
};

class MessageReader {
 public:
  /// The side whose messages are read: a client's requests or an origin's responses.
  explicit MessageReader(Side of) : of_(of) {}

  void feed(std::string_view bytes) { in_ += bytes; }
  /// Nothing where more bytes are needed.
  [[nodiscard]] std::optional<Event> next();
  /// The connection ended. Nothing where that is the end of a message or between two, else why it is not.
  [[nodiscard]] std::optional<Event> finish();
  /// The next response has no body.
  void answers_head() { answers_head_ = true; }
  /// From here on all bytes are data: a tunnel.
  void make_raw() { state_ = State::raw; }
  [[nodiscard]] bool between_messages() const { return state_ == State::head && in_.empty(); }
  [[nodiscard]] bool is_raw() const { return state_ == State::raw; }
  [[nodiscard]] const std::string& unread() const { return in_; }

 private:
  enum class State : unsigned char {
    head,
    length,
    until_close,
    chunk_size,
    chunk_data,
    chunk_end,
    trailers,
    ended,
    raw
  };
  std::optional<Event> read_head();
  std::optional<Event> read_chunk_size();
  std::optional<Event> read_chunk_end();
  std::optional<Event> read_trailers();
  Event take_data(std::size_t size);
  Event bad(std::string why);
  Event end(std::vector<std::string> trailers = {});
  bool frame(const Head& head);

  Side of_;
  State state_ = State::head;
  std::string in_;
  std::size_t left_ = 0;
  bool answers_head_ = false;
};

}  // namespace sprx::http_suite
