// Bounds of the proxy that no setting moves; those of a message's framing are in http/chunked.h, those of buffers in
// buffer.h. docs/limits.md has them all in a table.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sprx {

inline constexpr int kEmptyLinesSkipped = 4;              ///< before a request line (RFC 9112 2.2)
inline constexpr int kInterimLimit = 32;                  ///< 1xx responses to one request
inline constexpr std::uint64_t kDiscarded = 65'536;       ///< of a request's body read for nothing to keep a connection
inline constexpr std::uint64_t kRefusalsOpen = 1'024;     ///< connections past the limit that are told so
inline constexpr std::size_t kControlConversations = 16;  ///< at a time on the control socket
/// A connection whose peer still takes what it was sent is not lingered for longer.
inline constexpr std::int64_t kLingerMost = 60'000;  // milliseconds

}  // namespace sprx
