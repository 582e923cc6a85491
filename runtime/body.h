// Bodies in transit: taking the framing off one side and putting it on for the other, block by block.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <sys/uio.h>

#include "runtime/buffer.h"
#include "runtime/http/chunked.h"
#include "runtime/http/head_parse.h"
#include "runtime/http/head_write.h"

namespace sprx {

/// Takes a body out of its framing. Works in place: what a block holds of the body is moved together at its front.
class BodyReader {
 public:
  BodyReader() = default;
  explicit BodyReader(const Framing& framing)
      : kind_(framing.kind), left_(framing.kind == BodyKind::length ? framing.length : 0) {}

  struct Piece {
    std::string_view data;  ///< body bytes, a view into the block
    std::size_t taken = 0;  ///< of the block, framing included
    bool bad = false;       ///< malformed chunked framing
  };
  /// Consumes from `block`; what stays in it belongs to the next message. The piece's view lasts until the block is
  /// written to.
  Piece take(Buffer& block);

  [[nodiscard]] bool done() const;
  [[nodiscard]] BodyKind kind() const { return kind_; }
  /// Bytes still to come, as far as that is known: 0 for a chunked body.
  [[nodiscard]] std::uint64_t left() const { return left_; }
  /// So many bytes, at most left(), went another way.
  void skip(std::size_t size) { left_ -= size; }
  /// How much may be read without reading into the next message.
  [[nodiscard]] std::size_t most(std::size_t room) const {
    return kind_ == BodyKind::length && left_ < room ? static_cast<std::size_t>(left_) : room;
  }

 private:
  BodyKind kind_ = BodyKind::none;
  std::uint64_t left_ = 0;
  ChunkedDecoder chunked_;
};

/// The parts of one gathered write: an optional head, and a piece of the body in its outgoing framing.
class BodyParts {
 public:
  BodyParts() = default;
  BodyParts(const BodyParts&) = delete;
  BodyParts& operator=(const BodyParts&) = delete;
  void head(std::string_view text) { add(text); }
  /// `last`: nothing of the body follows.
  void body(OutFraming::Kind kind, std::string_view data, bool last);
  [[nodiscard]] std::span<iovec> parts() { return {parts_.data(), count_}; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  void clear() { count_ = 0; }

 private:
  void add(std::string_view text) {
    if (text.empty()) return;
    parts_[count_++] = {const_cast<char*>(text.data()), text.size()};  // sendmsg does not write
  }
  std::array<iovec, 4> parts_;
  std::size_t count_ = 0;
  std::array<char, 20> size_line_;
};

}  // namespace sprx
