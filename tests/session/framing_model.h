// FramingModel: a second reading of RFC 9112, written apart from runtime/http/ and for clarity alone: whole texts, one
// message after the other. What the proxy sends on must be readable by it, and must mean what the sender said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sprx::testing {

/// How a stream of messages stops.
enum class StreamEnd : std::uint8_t {
  clean,    ///< at the end of a message
  partial,  ///< within one that may go on
  bad,      ///< within one that nobody should take
  other,    ///< at something that is not ours to read: a tunnel
};

struct ModelMessage {
  std::string method, target;  ///< of a request
  int status = 0;              ///< of a response
  int minor = 1;
  std::vector<std::pair<std::string, std::string>> fields;
  enum class Body : std::uint8_t { none, length, chunked, until_close } framing = Body::none;
  std::uint64_t length = 0;
  bool has_length = false;
  std::string body;       ///< as far as it is there
  bool complete = false;  ///< the head and all of the body
  std::size_t begin = 0;  ///< offsets in the stream
  std::size_t end = 0;

  /// The value of the first field of that name (lower case), "" for none.
  [[nodiscard]] std::string_view field(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
};

struct ModelStream {
  std::vector<ModelMessage> messages;  ///< the last one may be incomplete; one whose head is not there yet is left out
  StreamEnd end = StreamEnd::clean;
  std::size_t used = 0;  ///< bytes of whole messages
};

[[nodiscard]] ModelStream read_requests(std::string_view bytes);

/// `methods`: of the requests that are answered, in order. `ended`: nothing follows.
[[nodiscard]] ModelStream read_responses(std::string_view bytes, const std::vector<std::string>& methods, bool ended);

/// A chunked body at the front of `bytes`.
struct ModelChunks {
  StreamEnd end = StreamEnd::partial;  ///< clean: whole
  std::string body;
  std::size_t used = 0;  ///< by a whole one
};
[[nodiscard]] ModelChunks read_chunks(std::string_view bytes);

[[nodiscard]] std::string lower(std::string_view text);

}  // namespace sprx::testing
