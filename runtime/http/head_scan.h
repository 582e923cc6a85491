// HeadScan: finds the end of a message head and enforces what Beast is lenient about, looking at every byte once
// however the head is split. A head that has passed holds no bare CR or LF, no NUL, no folded line, and is within the
// limits.
#pragma once

#include <cstddef>
#include <string_view>

#include "runtime/http/reason.h"

namespace sprx {

/// Sizes in bytes, line ends included where a line is meant.
struct HeadLimits {
  std::size_t head = 65'536;
  std::size_t first_line = 16'384;  ///< the request target; for a response the whole status line
  std::size_t line = 32'768;
  std::size_t lines = 128;
};

enum class MessageKind : unsigned char { request, response };

class HeadScan {
 public:
  explicit HeadScan(MessageKind kind) : kind_(kind) {}

  enum class Result : unsigned char { more, complete, bad };

  /// `bytes` is everything received of this message so far (it always starts at the same first byte).
  /// After `complete`, size() is the head's length with the empty line. After `bad`, reason() says why.
  Result scan(std::string_view bytes, const HeadLimits& limits);

  [[nodiscard]] std::size_t size() const { return line_start_; }
  [[nodiscard]] Reason reason() const { return reason_; }

 private:
  Result fail(Reason reason) {
    reason_ = reason;
    return Result::bad;
  }
  Reason check_line(std::string_view line, const HeadLimits& limits);
  Reason check_unfinished(std::string_view bytes, const HeadLimits& limits) const;
  [[nodiscard]] Reason too_long() const { return lines_ == 0 ? Reason::uri_too_long : Reason::header_too_large; }

  MessageKind kind_;
  Reason reason_ = Reason::none;
  std::size_t line_start_ = 0;  ///< where the line that is being read begins
  std::size_t scanned_ = 0;     ///< bytes already searched for a line end
  std::size_t lines_ = 0;       ///< whole lines seen
};

}  // namespace sprx
