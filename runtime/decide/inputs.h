// Inputs: the message that is being decided and the memory that its values live in, with what is parsed when first
// asked for.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "compiler/table/header_list.h"
#include "runtime/decide/arena.h"
#include "runtime/decide/datum.h"
#include "runtime/decide/facts.h"
#include "runtime/decide/live.h"

namespace sprx {

/// Longest text that an evaluation makes, and all that one makes, bytes; past them the message is answered 500.
inline constexpr std::size_t kMaxMadeText = 4 << 20;
inline constexpr std::size_t kMaxMadeTextInAll = 16 << 20;

/// A query parameter (decoded) or a cookie (as it is).
struct Parameter {
  std::string_view name;
  std::string_view value;
};

class Inputs {
 public:
  /// `buffer` is where texts are put together before they are copied to the arena; it keeps its memory.
  Inputs(const RequestFacts& request, const ResponseHead* response, const LiveView& live, Arena& arena,
         std::string& buffer)
      : request_(request), response_(response), live_(live), arena_(arena), buffer_(buffer) {}

  [[nodiscard]] const RequestFacts& request() const { return request_; }
  [[nodiscard]] const ResponseHead* response() const { return response_; }
  [[nodiscard]] const LiveView& live() const { return live_; }
  [[nodiscard]] Arena& arena() { return arena_; }
  [[nodiscard]] std::span<const Parameter> query();
  [[nodiscard]] std::span<const Parameter> cookies();

  /// An empty buffer; what is in it is to be kept before the next one is asked for.
  std::string& buffer() {
    buffer_.clear();
    return buffer_;
  }
  /// A copy in the arena; past a bound the evaluation has failed and the text is empty.
  std::string_view keep(std::string_view text);
  /// Text of any value; absent is "". Numbers are decimal, addresses canonical.
  std::string_view text_of(const Datum& value);
  /// Likewise, appended.
  static void append_text(const Datum& value, std::string& out);

  /// Whether a bound was reached: what came out since is worth nothing.
  [[nodiscard]] bool failed() const { return failed_; }
  void fail() { failed_ = true; }
  void forget_failure() { failed_ = false; }
  /// Whether the time of the message was read.
  [[nodiscard]] bool asked_for_time() const { return asked_for_time_; }
  void note_time() { asked_for_time_ = true; }

 private:
  const RequestFacts& request_;
  const ResponseHead* response_;
  const LiveView& live_;
  Arena& arena_;
  std::string& buffer_;
  std::span<const Parameter> query_;
  std::span<const Parameter> cookies_;
  bool has_query_ = false;
  bool has_cookies_ = false;
  bool failed_ = false;
  bool asked_for_time_ = false;
  std::size_t made_ = 0;
};

/// The parts of a Cookie header's value or of a raw query, one after the other; empty ones are left out by the callers.
[[nodiscard]] std::string_view next_part(std::string_view& rest, char separator);
/// Decodes one side of a query parameter: `+` is a space, a bad `%` stays.
void decode_query(std::string_view raw, std::string& out);
/// A cookie's name and value; one without `=` is a name.
[[nodiscard]] Parameter split_cookie(std::string_view part);

}  // namespace sprx
