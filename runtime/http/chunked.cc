#include "runtime/http/chunked.h"

#include "runtime/http/ascii.h"

namespace sprx {
namespace {

/// What may stand in a field value or an extension: no controls but TAB.
bool is_text(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

}  // namespace

ChunkedDecoder::State ChunkedDecoder::count_line(State next) { return ++line_ > kLineLimit ? State::bad : next; }

ChunkedDecoder::State ChunkedDecoder::after_size(char c) {
  if (c == '\r') return State::size_lf;
  // No blank before `;` and none before CR: both are read differently by different servers.
  if (c == ';') return count_line(State::extension);
  return State::bad;
}

ChunkedDecoder::State ChunkedDecoder::step(char c) {
  switch (state_) {
    case State::size_first:
      line_ = 0;
      left_ = 0;
      if (hex_value(c) < 0) return State::bad;
      [[fallthrough]];
    case State::size: {
      const int digit = hex_value(c);
      if (digit < 0) return after_size(c);
      if (left_ > (INT64_MAX >> 4)) return State::bad;
      left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
      return count_line(State::size);
    }
    case State::extension:
      if (c == '\r') return State::size_lf;
      if (++extensions_ > kExtensionLimit) return State::bad;
      return is_text(c) ? count_line(State::extension) : State::bad;
    case State::size_lf:
      if (c != '\n') return State::bad;
      return left_ == 0 ? State::trailer_start : State::data;
    case State::data_cr:
      return c == '\r' ? State::data_lf : State::bad;
    case State::data_lf:
      return c == '\n' ? State::size_first : State::bad;
    case State::trailer_start:
      if (c == '\r') return State::end_lf;
      return is_token_char(c) ? State::trailer_name : State::bad;
    case State::trailer_name:
      if (c == ':') return State::trailer_value;
      return is_token_char(c) ? State::trailer_name : State::bad;
    case State::trailer_value:
      if (c == '\r') return State::trailer_lf;
      return is_text(c) ? State::trailer_value : State::bad;
    case State::trailer_lf:
      return c == '\n' ? State::trailer_start : State::bad;
    case State::end_lf:
      return c == '\n' ? State::done : State::bad;
    case State::data:
    case State::done:
    case State::bad:
      break;
  }
  return State::bad;
}

ChunkedDecoder::Result ChunkedDecoder::decode(std::string_view& in, std::string_view& data) {
  while (!in.empty()) {
    if (state_ == State::done) return Result::done;
    if (state_ == State::bad) return Result::bad;
    if (state_ == State::data) {
      const std::size_t size = left_ < in.size() ? static_cast<std::size_t>(left_) : in.size();
      data = in.substr(0, size);
      in.remove_prefix(size);
      left_ -= size;
      if (left_ == 0) state_ = State::data_cr;
      return Result::data;
    }
    const bool trailer = state_ >= State::trailer_start && state_ <= State::trailer_lf;
    state_ = step(in.front());
    if (trailer && ++trailers_ > kTrailerLimit) state_ = State::bad;
    in.remove_prefix(1);
  }
  if (state_ == State::done) return Result::done;
  return state_ == State::bad ? Result::bad : Result::more;
}

}  // namespace sprx
