#include "tests/session/head_check.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "runtime/http/ascii.h"
#include "runtime/http/chunked.h"
#include "runtime/http/head_parse.h"
#include "runtime/http/head_scan.h"
#include "runtime/http/target.h"
#include "tests/session/framing_model.h"

namespace sprx::testing {
namespace {

struct Scanned {
  HeadScan::Result result = HeadScan::Result::more;
  Reason reason = Reason::none;
  std::size_t size = 0;
  friend bool operator==(const Scanned&, const Scanned&) = default;
};

/// Hands `bytes` over in pieces of `step`, as reads would.
Scanned scan(MessageKind kind, std::string_view bytes, std::size_t step, const HeadLimits& limits) {
  HeadScan scan(kind);
  for (std::size_t size = 0;;) {
    size = std::min(size + step, bytes.size());
    const HeadScan::Result result = scan.scan(bytes.substr(0, size), limits);
    if (result != HeadScan::Result::more || size == bytes.size()) return {result, scan.reason(), scan.size()};
  }
}

bool is_within(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// Lines of a parsed head against the model's.
std::string compare_fields(const ParsedHead& head, std::string_view bytes, const ModelMessage& model) {
  if (head.headers.size() != model.fields.size()) return "number of fields";
  for (std::size_t i = 0; i < head.headers.size(); ++i) {
    const HeaderLine& line = head.headers[i];
    if (!is_within(line.name, bytes) || !is_within(line.value, bytes)) return "a view outside of the head";
    if (line.name != model.fields[i].first || line.value != model.fields[i].second) {
      return fmt::format("field {}", line.name);
    }
  }
  return "";
}

bool same_framing(const Framing& framing, const ModelMessage& model) {
  switch (framing.kind) {
    case BodyKind::none:
      return model.framing == ModelMessage::Body::none;
    case BodyKind::length:
      return model.framing == ModelMessage::Body::length && model.length == framing.length;
    case BodyKind::chunked:
      return model.framing == ModelMessage::Body::chunked;
    case BodyKind::until_close:
      return model.framing == ModelMessage::Body::until_close;
  }
  return false;
}

/// The scanner's verdict on a head however it comes; `size` of a complete one, else 0. `refused`: in pieces it was
/// refused, perhaps before the byte at which the whole would have been.
std::string check_scan(MessageKind kind, std::string_view bytes, std::size_t step, std::size_t& size, bool& refused) {
  const HeadLimits limits;
  const Scanned whole = scan(kind, bytes, bytes.size() + 1, limits);
  const Scanned pieces = scan(kind, bytes, step, limits);
  refused = pieces.result == HeadScan::Result::bad;
  if (!refused && !(whole == pieces)) return fmt::format("in pieces of {} it is read differently", step);
  size = whole.result == HeadScan::Result::complete ? whole.size : 0;
  if (size > bytes.size()) return "a head larger than what there is";
  return "";
}

}  // namespace

std::string broken_request_head(std::string_view input) {
  if (input.empty()) return "";
  const std::size_t step = static_cast<unsigned char>(input[0]) % 16 + 1;
  std::string buffer(input.substr(1));
  std::size_t size = 0;
  bool refused = false;
  if (std::string why = check_scan(MessageKind::request, buffer, step, size, refused); !why.empty()) return why;
  if (size == 0) return "";
  read_as_known_version({buffer.data(), size}, MessageKind::request);
  const std::string_view bytes = std::string_view(buffer).substr(0, size);
  ParsedHead head;
  if (parse_request_head(bytes, HeadLimits().first_line, head) != Reason::none) return "";
  TargetParts target;
  if (read_target(head, target) != Reason::none) return "";
  if (refused) return fmt::format("in pieces of {} it is refused, whole it is accepted", step);
  const ModelStream model = read_requests(bytes);
  if (model.messages.size() != 1) return "accepted, and the model does not";
  const ModelMessage& want = model.messages[0];
  if (want.begin != 0) return "an empty line before the request line";
  if (head.method != want.method || head.target != want.target || head.minor != want.minor) return "the request line";
  if (!is_within(target.target, bytes) && target.target != "/" && target.target != "*") return "the target's view";
  if (!same_framing(head.framing, want)) return "framing";
  return compare_fields(head, bytes, want);
}

std::string broken_response_head(std::string_view input) {
  if (input.size() < 2) return "";
  const std::size_t step = static_cast<unsigned char>(input[0]) % 16 + 1;
  const bool to_head = (static_cast<unsigned char>(input[1]) & 1) != 0;
  const std::string buffer(input.substr(2));
  std::size_t size = 0;
  bool refused = false;
  if (std::string why = check_scan(MessageKind::response, buffer, step, size, refused); !why.empty()) return why;
  if (size == 0) return "";
  const std::string_view bytes = std::string_view(buffer).substr(0, size);
  ParsedHead head;
  if (parse_response_head(bytes, to_head, head) != Reason::none) return "";
  if (refused) return fmt::format("in pieces of {} it is refused, whole it is accepted", step);
  const ModelStream model = read_responses(bytes, {to_head ? "HEAD" : "GET"}, false);
  if (model.messages.size() != 1) return "accepted, and the model does not";
  const ModelMessage& want = model.messages[0];
  if (head.status != want.status || head.minor != want.minor) return "the status line";
  if (!is_within(head.reason, bytes)) return "a view outside of the head";
  if (!same_framing(head.framing, want)) return "framing";
  return compare_fields(head, bytes, want);
}

std::string broken_chunked(std::string_view input) {
  if (input.empty()) return "";
  const std::size_t step = static_cast<unsigned char>(input[0]) % 64 + 1;
  const std::string_view bytes = input.substr(1);
  ChunkedDecoder decoder;
  std::string body;
  auto result = ChunkedDecoder::Result::more;
  std::size_t used = 0;
  while (used < bytes.size() && result != ChunkedDecoder::Result::done && result != ChunkedDecoder::Result::bad) {
    std::string_view piece = bytes.substr(used, step);
    const std::size_t size = piece.size();
    do {
      std::string_view data;
      result = decoder.decode(piece, data);
      if (result != ChunkedDecoder::Result::data) break;
      if (data.empty() || !is_within(data, bytes)) return "a view outside of the bytes";
      body += data;
    } while (true);
    used += size - piece.size();
  }
  const ModelChunks model = read_chunks(bytes);
  const StreamEnd got = result == ChunkedDecoder::Result::done  ? StreamEnd::clean
                        : result == ChunkedDecoder::Result::bad ? StreamEnd::bad
                                                                : StreamEnd::partial;
  if (got != model.end) return fmt::format("verdict {} where the model says {}", int(got), int(model.end));
  if (got == StreamEnd::clean && used != model.used) return "its length";
  return body == model.body ? "" : "its data";
}

}  // namespace sprx::testing
