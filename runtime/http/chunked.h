// ChunkedDecoder: RFC 9112 7.1, strictly. Takes a body apart piece by piece without copying; extensions and trailers
// are checked and dropped. Beast's decoder is not used for this: it wants a whole trailer section in one buffer and
// keeps lenient corners.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sprx {

class ChunkedDecoder {
 public:
  /// Longest chunk-size line (extensions included) and all trailer lines together, in bytes.
  static constexpr std::size_t kLineLimit = 4'096;
  static constexpr std::size_t kTrailerLimit = 16'384;
  /// All extensions of a body together, in bytes (RFC 9112 7.1.1: the total ought to be limited).
  static constexpr std::size_t kExtensionLimit = 16'384;

  enum class Result : std::uint8_t {
    more,  ///< everything was consumed, the body is not over
    data,  ///< `data` holds a piece of the body; call again with what is left
    done,  ///< the body is over; what was not consumed belongs to the next message
    bad,   ///< the framing is malformed
  };

  /// Consumes from the front of `in`. `data` is a view of the consumed bytes, set only with Result::data.
  Result decode(std::string_view& in, std::string_view& data);

  [[nodiscard]] bool done() const { return state_ == State::done; }

 private:
  enum class State : std::uint8_t {
    size_first,  ///< first digit of a size
    size,        ///< further digits
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,  ///< first byte of a trailer line, or the CR of the end
    trailer_name,
    trailer_value,
    trailer_lf,
    end_lf,
    done,
    bad,
  };
  State step(char c);
  State after_size(char c);
  State count_line(State next);

  State state_ = State::size_first;
  std::uint64_t left_ = 0;  ///< of the current chunk
  std::size_t line_ = 0;    ///< bytes of the size line so far
  std::size_t trailers_ = 0;
  std::size_t extensions_ = 0;
};

}  // namespace sprx
