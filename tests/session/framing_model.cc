#include "tests/session/framing_model.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace sprx::testing {
namespace {

constexpr int kEmptyLines = 4;  ///< before a request line: more are not skipped
constexpr std::size_t kLongestChunkLine = 4'096;
constexpr std::size_t kLongestTrailers = 16'384;
constexpr std::size_t kLongestExtensions = 16'384;

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string::npos;
  });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return (c < 32 && c != '\t') || c == 127; });
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= '0' && c <= '9'; });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The lines up to the empty one, without their ends; `used` is past it. Nothing if it is not there.
std::optional<std::vector<std::string_view>> head_lines(std::string_view bytes, std::size_t& used) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  used = end + 4;
  std::vector<std::string_view> lines;
  std::string_view rest = bytes.substr(0, end);
  for (;;) {
    const std::size_t stop = rest.find("\r\n");
    lines.push_back(rest.substr(0, stop));
    if (stop == std::string_view::npos) return lines;
    rest.remove_prefix(stop + 2);
  }
}

bool read_version(std::string_view text, int& minor) {
  if (text.size() != 8 || !text.starts_with("HTTP/1.") || !is_number(text.substr(7))) return false;
  minor = std::min(text[7] - '0', 1);
  return true;
}

bool read_request_line(std::string_view line, ModelMessage& out) {
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return false;
  out.method = line.substr(0, first);
  out.target = line.substr(first + 1, second - first - 1);
  const bool plain =
      std::none_of(out.target.begin(), out.target.end(), [](unsigned char c) { return c <= 32 || c == 127; });
  return is_token(out.method) && !out.target.empty() && plain && read_version(line.substr(second + 1), out.minor);
}

bool read_status_line(std::string_view line, ModelMessage& out) {
  if (line.size() < 12 || !read_version(line.substr(0, 8), out.minor) || line[8] != ' ') return false;
  const std::string_view status = line.substr(9, 3);
  if (!is_number(status) || (line.size() > 12 && line[12] != ' ') || has_control(line.substr(12))) return false;
  out.status = std::stoi(std::string(status));
  return out.status >= 100 && out.status < 600;
}

bool read_fields(const std::vector<std::string_view>& lines, ModelMessage& out) {
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t colon = lines[i].find(':');
    if (colon == std::string_view::npos || !is_token(lines[i].substr(0, colon))) return false;
    const std::string_view value = trimmed(lines[i].substr(colon + 1));
    if (has_control(value)) return false;
    out.fields.emplace_back(lines[i].substr(0, colon), value);
  }
  return true;
}

/// What Content-Length and Transfer-Encoding say, where they say one thing.
bool read_framing(ModelMessage& out) {
  const std::size_t lengths = out.count("content-length");
  const std::size_t codings = out.count("transfer-encoding");
  if (lengths + codings > 1) return false;
  if (codings == 1) {
    out.framing = ModelMessage::Body::chunked;
    return out.minor == 1 && lower(out.field("transfer-encoding")) == "chunked";
  }
  if (lengths == 0) return true;
  const std::string_view text = out.field("content-length");
  if (!is_number(text)) return false;
  std::string_view digits = text.substr(std::min(text.find_first_not_of('0'), text.size() - 1));
  if (digits.size() > 19 || (digits.size() == 19 && digits > "9223372036854775807")) return false;
  out.length = std::stoull(std::string(digits));
  out.has_length = true;
  out.framing = out.length == 0 ? ModelMessage::Body::none : ModelMessage::Body::length;
  return true;
}

/// The body at the front of `bytes`. Returns how the stream stands after it.
StreamEnd read_body(std::string_view bytes, bool ended, ModelMessage& out, std::size_t& used) {
  switch (out.framing) {
    case ModelMessage::Body::none:
      out.complete = true;
      return StreamEnd::clean;
    case ModelMessage::Body::length:
      used = static_cast<std::size_t>(std::min<std::uint64_t>(out.length, bytes.size()));
      out.body = bytes.substr(0, used);
      out.complete = used == out.length;
      return out.complete ? StreamEnd::clean : StreamEnd::partial;
    case ModelMessage::Body::chunked: {
      ModelChunks chunks = read_chunks(bytes);
      out.body = std::move(chunks.body);
      used = chunks.used;
      out.complete = chunks.end == StreamEnd::clean;
      return chunks.end;
    }
    case ModelMessage::Body::until_close:
      out.body = bytes;
      used = bytes.size();
      out.complete = ended;
      return ended ? StreamEnd::clean : StreamEnd::partial;
  }
  return StreamEnd::bad;
}

/// How far bytes without a head may still become one.
StreamEnd unfinished(std::string_view rest) { return rest.empty() ? StreamEnd::clean : StreamEnd::partial; }

/// One message after the other. `begins`: where the next one does at the earliest; `read_start` reads its first line;
/// `understood` has the last word on a head, and on how its body is framed.
template <typename Begins, typename ReadStart, typename Understood>
ModelStream read_messages(std::string_view bytes, bool ended, const Begins& begins, const ReadStart& read_start,
                          const Understood& understood) {
  ModelStream out;
  for (std::size_t at = 0;;) {
    at = begins(at);
    out.used = at;
    ModelMessage message;
    message.begin = at;
    std::size_t used = 0;
    const auto lines = head_lines(bytes.substr(at), used);
    if (!lines) {
      out.end = unfinished(bytes.substr(at));
      return out;
    }
    if (!read_start(lines->front(), message) || !read_fields(*lines, message) || !read_framing(message) ||
        !understood(message)) {
      out.end = StreamEnd::bad;
      return out;
    }
    at += used;
    out.end = read_body(bytes.substr(at), ended, message, used = 0);
    at += used;
    message.end = at;
    const bool switches = message.status == 101;
    out.messages.push_back(std::move(message));
    if (switches) {
      out.used = at;
      out.end = StreamEnd::other;
    }
    if (out.end != StreamEnd::clean) return out;
  }
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string_view ModelMessage::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (lower(key) == name) return value;
  }
  return {};
}

std::size_t ModelMessage::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(), [&](const auto& field) { return lower(field.first) == name; }));
}

ModelChunks read_chunks(std::string_view bytes) {
  ModelChunks out;
  std::size_t at = 0;
  std::size_t extensions = 0;
  const auto stop = [&](StreamEnd end) {
    out.end = end;
    return out;
  };
  for (;;) {
    const std::size_t digits = std::min(bytes.find_first_not_of("0123456789abcdefABCDEF", at), bytes.size()) - at;
    const std::string size_text(bytes.substr(at, digits));
    const std::size_t significant = size_text.size() - std::min(size_text.find_first_not_of('0'), size_text.size());
    const bool large = significant > 16 || (significant == 16 && size_text[size_text.size() - 16] > '7');
    if (large || digits > kLongestChunkLine) return stop(StreamEnd::bad);
    if (at + digits == bytes.size()) return stop(StreamEnd::partial);
    if (digits == 0) return stop(StreamEnd::bad);
    std::size_t end = at + digits;
    if (bytes[end] == ';') {
      end = std::min(bytes.find('\r', end), bytes.size());
      const std::string_view extension = bytes.substr(at + digits, end - at - digits);
      extensions += extension.size() - 1;
      if (end - at > kLongestChunkLine || extensions > kLongestExtensions || has_control(extension)) {
        return stop(StreamEnd::bad);
      }
      if (end == bytes.size()) return stop(StreamEnd::partial);
    }
    if (bytes[end] != '\r') return stop(StreamEnd::bad);
    if (end + 1 == bytes.size()) return stop(StreamEnd::partial);
    if (bytes[end + 1] != '\n') return stop(StreamEnd::bad);
    at = end + 2;
    const std::uint64_t size = std::stoull(size_text, nullptr, 16);
    if (size == 0) break;
    const std::string_view data =
        bytes.substr(at, static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size())));
    out.body += data;
    at += data.size();
    if (data.size() < size) return stop(StreamEnd::partial);
    const std::string_view line_end = bytes.substr(at, 2);
    if (line_end != std::string_view("\r\n").substr(0, line_end.size())) return stop(StreamEnd::bad);
    if (line_end.size() < 2) return stop(StreamEnd::partial);
    at += 2;
  }
  const std::size_t trailers = at;
  for (;;) {
    const std::size_t cr = std::min(bytes.find('\r', at), bytes.size());
    const std::string_view line = bytes.substr(at, cr - at);
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (!line.empty() && (!is_token(line.substr(0, colon)) || has_control(line.substr(colon)))) {
      return stop(StreamEnd::bad);
    }
    if (cr < bytes.size() && !line.empty() && colon == line.size()) return stop(StreamEnd::bad);
    if (cr + 1 < bytes.size() && bytes[cr + 1] != '\n') return stop(StreamEnd::bad);
    // The proxy bounds the trailer section; what is past that bound is bad whatever it is.
    if (std::min(cr + 2, bytes.size()) - trailers > kLongestTrailers && !line.empty()) return stop(StreamEnd::bad);
    if (cr + 1 >= bytes.size()) return stop(StreamEnd::partial);
    at = cr + 2;
    if (line.empty()) {
      out.used = at;
      return stop(StreamEnd::clean);
    }
  }
}

ModelStream read_requests(std::string_view bytes) {
  const auto begins = [&](std::size_t at) {
    for (int i = 0; i < kEmptyLines && bytes.substr(at).starts_with("\r\n"); ++i) at += 2;
    return at;
  };
  const auto read_start = [](std::string_view line, ModelMessage& message) { return read_request_line(line, message); };
  const auto understood = [](ModelMessage& message) {
    return message.count("host") <= 1 && (message.minor == 0 || message.count("host") == 1);
  };
  return read_messages(bytes, false, begins, read_start, understood);
}

ModelStream read_responses(std::string_view bytes, const std::vector<std::string>& methods, bool ended) {
  std::size_t answered = 0;
  const auto begins = [](std::size_t at) { return at; };
  const auto read_start = [](std::string_view line, ModelMessage& message) { return read_status_line(line, message); };
  const auto understood = [&](ModelMessage& message) {
    const std::string method = answered < methods.size() ? methods[answered] : "";
    if (message.status >= 200) ++answered;
    const bool bare = message.status / 100 == 1 || message.status == 204 || message.status == 304 || method == "HEAD";
    if (bare) {
      message.framing = ModelMessage::Body::none;
    } else if (message.framing == ModelMessage::Body::none && !message.has_length) {
      message.framing = ModelMessage::Body::until_close;
    }
    return true;
  };
  return read_messages(bytes, ended, begins, read_start, understood);
}

}  // namespace sprx::testing
