#include "runtime/body.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sprx {

bool BodyReader::done() const {
  switch (kind_) {
    case BodyKind::none:
      return true;
    case BodyKind::length:
      return left_ == 0;
    case BodyKind::chunked:
      return chunked_.done();
    case BodyKind::until_close:
      return false;
  }
  return true;
}

BodyReader::Piece BodyReader::take(Buffer& block) {
  Piece piece;
  if (done()) return piece;
  char* const front = block.bytes.get() + block.begin;
  if (kind_ != BodyKind::chunked) {
    const std::size_t size = most(block.end - block.begin);
    piece.data = {front, size};
    if (kind_ == BodyKind::length) left_ -= size;
    block.begin += size;
    piece.taken = size;
    return piece;
  }
  std::string_view in = block.filled();
  std::size_t gathered = 0;
  for (;;) {
    std::string_view data;
    const ChunkedDecoder::Result result = chunked_.decode(in, data);
    if (result == ChunkedDecoder::Result::data) {
      std::memmove(front + gathered, data.data(), data.size());
      gathered += data.size();
      continue;
    }
    piece.bad = result == ChunkedDecoder::Result::bad;
    break;
  }
  piece.taken = block.end - in.size() - block.begin;
  block.begin = block.end - in.size();
  piece.data = {front, gathered};
  return piece;
}

void BodyParts::body(OutFraming::Kind kind, std::string_view data, bool last) {
  if (kind != OutFraming::Kind::chunked) return add(data);
  if (data.empty()) {
    if (last) add("0\r\n\r\n");
    return;
  }
  const auto [end, ec] = std::to_chars(size_line_.data(), size_line_.data() + size_line_.size() - 2, data.size(), 16);
  static_cast<void>(ec);  // 18 characters hold any size
  end[0] = '\r';
  end[1] = '\n';
  add({size_line_.data(), static_cast<std::size_t>(end + 2 - size_line_.data())});
  add(data);
  add(last ? "\r\n0\r\n\r\n" : "\r\n");
}

}  // namespace sprx
