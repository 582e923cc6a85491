// Canonical paths and hosts, and percent-encoding by place. The path reader works on a stream of bytes in which an
// escape and the byte it stands for are the same; so canonicalising twice cannot see anything new.
#include "compiler/table/canonical.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <idn2.h>
#include <memory>

#include "compiler/table/address.h"
#include "compiler/table/block.h"
#include "compiler/table/utf8.h"

namespace sprx {
namespace {

constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;
constexpr char kUpperHex[] = "0123456789ABCDEF";

constexpr bool is_control(unsigned char c) { return c < 0x20 || c == 0x7F; }

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

void append_escape(unsigned char byte, std::string& out) {
  out += '%';
  out += kUpperHex[byte >> 4U];
  out += kUpperHex[byte & 0xFU];
}

/// One byte of the stream: raw, or written as an escape.
struct Unit {
  unsigned char byte = 0;
  bool escaped = false;
  bool upper = true;  ///< the escape has no lower-case digit
  bool bad = false;   ///< a `%` without two hexadecimal digits
  [[nodiscard]] std::size_t size() const { return escaped ? 3 : 1; }
};

Unit unit_at(std::string_view raw, std::size_t at) {
  const char c = raw[at];
  if (c != '%') return {static_cast<unsigned char>(c)};
  const int high = at + 2 < raw.size() ? hex_value(raw[at + 1]) : -1;
  const int low = at + 2 < raw.size() ? hex_value(raw[at + 2]) : -1;
  if (high < 0 || low < 0) return {'%', false, true, true};
  const bool upper = raw[at + 1] < 'a' && raw[at + 2] < 'a';
  return {static_cast<unsigned char>(high * 16 + low), true, upper};
}

/// What the stream has at a place: one ASCII byte, one whole UTF-8 character, or one byte that belongs to none.
struct Piece {
  std::array<unsigned char, 4> bytes{};
  std::uint8_t count = 1;
  std::uint16_t source = 1;  ///< bytes of raw text it covers
  bool any_escape = false;
  bool upper = true;
  bool valid = true;  ///< false: a byte that is no part of valid UTF-8
  bool bad = false;
};

Piece piece_at(std::string_view raw, std::size_t at) {
  const Unit first = unit_at(raw, at);
  Piece piece;
  piece.bytes[0] = first.byte;
  piece.source = static_cast<std::uint16_t>(first.size());
  piece.any_escape = first.escaped;
  piece.upper = first.upper;
  piece.bad = first.bad;
  if (first.byte < 0x80) return piece;
  const std::size_t length = utf8_length_from_lead(first.byte);
  Piece whole = piece;
  for (std::size_t i = 1; i < length && at + whole.source < raw.size(); ++i) {
    const Unit next = unit_at(raw, at + whole.source);
    if (next.bad || (next.byte & 0xC0U) != 0x80) break;
    whole.bytes[whole.count++] = next.byte;
    whole.source = static_cast<std::uint16_t>(whole.source + next.size());
    whole.any_escape = whole.any_escape || next.escaped;
  }
  const std::string_view text(reinterpret_cast<const char*>(whole.bytes.data()), whole.count);
  if (length != 0 && whole.count == length && is_utf8(text)) return whole;
  piece.valid = false;
  return piece;
}

/// Whether a byte that was read stays an escape in the canonical form.
bool keeps_escape(const Piece& piece) {
  const unsigned char byte = piece.bytes[0];
  if (!piece.valid || is_control(byte)) return true;
  return piece.any_escape && (byte == '/' || byte == '%');
}

/// Resolves `.` and `..` in `out` from `base` on; runs of `/` are already merged.
void resolve_dots(std::string& out, std::size_t base) {
  std::size_t write = base + 1;
  std::size_t read = base + 1;  // both stand after a `/`
  while (read <= out.size()) {
    const std::size_t slash = std::min(out.find('/', read), out.size());
    const std::string_view segment(out.data() + read, slash - read);
    if (segment == "..") {
      if (write > base + 1) write = out.rfind('/', write - 2) + 1;
    } else if (segment != ".") {
      const bool closed = slash < out.size();
      std::memmove(out.data() + write, out.data() + read, segment.size() + (closed ? 1 : 0));
      write += segment.size() + (closed ? 1 : 0);
    }
    read = slash + 1;
  }
  out.resize(write);
}

/// Decodes into `out` and merges runs of `/`; on an error `out` holds rubbish after its old end.
PathError decode_and_merge(std::string_view raw, std::string& out, bool& dots) {
  for (std::size_t at = 0; at < raw.size();) {
    const Piece piece = piece_at(raw, at);
    if (piece.bad) return PathError::bad_percent;
    if (piece.bytes[0] == 0) return PathError::nul;
    at += piece.source;
    if (keeps_escape(piece)) {
      append_escape(piece.bytes[0], out);
    } else if (piece.bytes[0] == '/') {
      if (at != piece.source && out.back() == '/') continue;
      out += '/';
    } else {
      if (piece.bytes[0] == '.' && out.back() == '/') dots = true;
      out.append(reinterpret_cast<const char*>(piece.bytes.data()), piece.count);
    }
  }
  return PathError::none;
}

/// A piece of a path that is already as canonical_path would write it.
bool is_canonical_piece(const Piece& piece) {
  if (piece.bad || piece.bytes[0] == 0) return false;
  return keeps_escape(piece) ? piece.any_escape && piece.upper : !piece.any_escape;
}

/// Whether a path is plain as a whole: `?` is no mark here.
bool is_plain_path(std::string_view raw) {
  const TargetPath path = path_of_target(raw);
  return path.plain && path.size == raw.size();
}

bool is_dot_segment(std::string_view segment) { return segment == "." || segment == ".."; }

bool is_host_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

/// Lower-case ASCII labels, each 1 to 63 bytes of letters, digits, `-` and `_`.
bool is_ascii_host(std::string_view host) {
  if (host.empty() || host.size() > kMaxHostBytes) return false;
  std::size_t label = 0;
  for (const char c : host) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
    } else if (!is_host_char(c) || ++label > kMaxLabelBytes) {
      return false;
    }
  }
  return label != 0;
}

struct IdnFree {
  void operator()(char* text) const { idn2_free(text); }
};

/// A-labels by UTS 46, as browsers do; absent where libidn2 refuses.
std::optional<std::string> to_a_labels(std::string_view text) {
  if (text.size() > 4 * kMaxHostBytes || text.find('\0') != std::string_view::npos || !is_utf8(text)) {
    return std::nullopt;
  }
  const std::string input(text);
  char* raw = nullptr;
  const int status = idn2_to_ascii_8z(input.c_str(), &raw, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, IdnFree> output(raw);
  if (status != IDN2_OK || raw == nullptr) return std::nullopt;
  return std::string(output.get());
}

std::optional<std::string> canonical_ip_host(std::string_view text) {
  if (text.size() < 2 || text.back() != ']') return std::nullopt;
  const std::string_view inside = text.substr(1, text.size() - 2);
  if (inside.find(':') == std::string_view::npos) return std::nullopt;
  const std::optional<IpAddress> ip = parse_ip(inside);
  if (!ip) return std::nullopt;
  return (ip->is_v4() ? "[::ffff:" : "[") + to_text(*ip) + "]";
}

// Bytes that may stand as they are: one bit for each place, and one for what a URI can hold at all.
enum : std::uint8_t { kInPath = 1, kInQuery = 2, kInFragment = 4, kInUri = 8 };

constexpr std::array<std::uint8_t, 256> make_places() {
  std::array<std::uint8_t, 256> table{};
  const auto mark = [&table](std::string_view chars, std::uint8_t bits) {
    for (const char c : chars) {
      auto& entry = table[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | bits);
    }
  };
  constexpr std::uint8_t kAll = kInPath | kInQuery | kInFragment | kInUri;
  mark("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/", kAll);
  mark("!$&'()*+,;=:@", kInPath | kInFragment | kInUri);
  mark("?", kInFragment | kInUri);
  mark("#[]%", kInUri);
  return table;
}
constexpr std::array<std::uint8_t, 256> kPlaces = make_places();

std::uint8_t bit_of(UrlPlace place) {
  return place == UrlPlace::path ? kInPath : place == UrlPlace::query ? kInQuery : kInFragment;
}

/// How many bytes from the `%` at `at` on are text that no path holds, to be encoded; 0 where an escape begins that
/// text of a path brings. Where a path is being written all that a canonical path keeps is one: `%E9` of a
/// Latin-1 name has to stay the same byte. Elsewhere a decoded control would do harm. No canonical path has `%2f` as
/// text, so that it is what `lower(path)` made of `%2F`.
std::size_t literal_bytes(UrlPlace place, std::string_view text, std::size_t at) {
  if (place == UrlPlace::path) {
    const Piece piece = piece_at(text, at);
    const bool kept = !piece.bad && piece.bytes[0] != 0 && keeps_escape(piece) == piece.any_escape;
    return kept ? 0 : piece.source;
  }
  const std::string_view escape = text.substr(at, 3);
  return escape == "%2F" || escape == "%2f" || escape == "%25" ? 0 : 1;
}

}  // namespace

// Plain is printable ASCII that begins with `/`, has no escape, and nothing after a `/` that might be a dot segment or
// an empty one. Each byte is looked at once, for that and for the `?`.
TargetPath path_of_target(std::string_view target) {
  std::uint32_t after_slash = 0;
  std::uint32_t odd = target.starts_with('/') ? 0 : 1;
  for (std::size_t at = 0; at < target.size(); at += kBlockSize) {
    const Block block(BlockBytes(target, at));
    const std::uint32_t end = block.equal('?') | std::uint32_t{1} << std::min(target.size() - at, kBlockSize);
    const std::uint32_t before_end = (end & (0 - end)) - 1;  // all bits below the lowest of the marks
    const std::uint32_t slashes = block.equal('/');
    odd |= before_end &
           (~block.within(' ', '~') | block.equal('%') | ((slashes << 1 | after_slash) & (slashes | block.equal('.'))));
    if (before_end != 0xFFFF) {
      return {at + static_cast<std::size_t>(std::countr_one(before_end)), odd == 0};
    }
    after_slash = slashes >> (kBlockSize - 1);
  }
  return {target.size(), odd == 0};
}

PathError canonical_path(std::string_view raw, std::string& out) {
  if (raw == "*") {
    out += '*';
    return PathError::none;
  }
  if (raw.empty() || raw[0] != '/') return PathError::not_absolute;
  if (is_plain_path(raw)) {
    out += raw;
    return PathError::none;
  }
  const std::size_t base = out.size();
  out.reserve(base + raw.size());
  bool dots = false;
  const PathError error = decode_and_merge(raw, out, dots);
  if (error != PathError::none) {
    out.resize(base);
  } else if (dots) {
    resolve_dots(out, base);
  }
  return error;
}

bool is_canonical_path(std::string_view raw) {
  if (raw == "*") return true;
  if (raw.empty() || raw[0] != '/') return false;
  if (is_plain_path(raw)) return true;
  std::size_t segment = 1;
  for (std::size_t at = 1; at < raw.size();) {
    const auto c = static_cast<unsigned char>(raw[at]);
    if (c == '/') {
      if (at == segment || is_dot_segment(raw.substr(segment, at - segment))) return false;
      segment = ++at;
    } else if (c < 0x80 && c != '%') {
      if (is_control(c)) return false;
      ++at;
    } else {
      const Piece piece = piece_at(raw, at);
      if (!is_canonical_piece(piece)) return false;
      at += piece.source;
    }
  }
  return !is_dot_segment(raw.substr(segment));
}

PathError canonical_path_fragment(std::string_view text, std::string& out, std::size_t& error_at,
                                  std::vector<std::size_t>* origins) {
  for (std::size_t at = 0; at < text.size();) {
    const Piece piece = piece_at(text, at);
    error_at = at;
    if (piece.bad) return PathError::bad_percent;
    if (piece.bytes[0] == 0) return PathError::nul;
    if (keeps_escape(piece)) {
      append_escape(piece.bytes[0], out);
    } else {
      out.append(reinterpret_cast<const char*>(piece.bytes.data()), piece.count);
    }
    if (origins != nullptr) origins->resize(out.size(), at);
    at += piece.source;
  }
  return PathError::none;
}

PathError canonical_path_literal(std::string_view text, std::string& out) {
  // canonical_path takes a raw `?`, `#`, space or control for what its escape stands for, so the forms agree.
  return canonical_path(text, out);
}

std::string port_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const bool apart = colon != std::string_view::npos &&
                     (text.find(':') == colon || (text.starts_with('[') && colon > 0 && text[colon - 1] == ']'));
  const std::string_view digits = apart ? text.substr(colon + 1) : std::string_view{};
  constexpr std::size_t kDigits = 5;
  constexpr int kMost = 65535;
  if (digits.empty() || digits.size() > kDigits || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return {};
  const int port = std::stoi(std::string(digits));
  return port > 0 && port <= kMost ? std::to_string(port) : std::string();
}

std::optional<std::string> canonical_host_literal(std::string_view text) {
  if (!text.empty() && text.front() == '[') return canonical_ip_host(text);
  std::string host;
  if (is_ascii(text)) {
    host.resize(text.size());
    std::transform(text.begin(), text.end(), host.begin(), fold);
  } else {
    std::optional<std::string> labels = to_a_labels(text);
    if (!labels) return std::nullopt;
    host = std::move(*labels);
  }
  if (!host.empty() && host.back() == '.') host.pop_back();
  if (!is_ascii_host(host)) return std::nullopt;
  return host;
}

std::optional<std::string> canonical_domain_literal(std::string_view text) {
  std::string_view prefix;
  if (text.substr(0, 2) == "*.") prefix = text.substr(0, 2);
  if (text.substr(0, 1) == "=") prefix = text.substr(0, 1);
  const std::optional<std::string> host = canonical_host_literal(text.substr(prefix.size()));
  if (!host) return std::nullopt;
  return std::string(prefix) + *host;
}

void append_client_text(UrlPlace place, std::string_view text, std::string& out) {
  const std::uint8_t bit = bit_of(place);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((kPlaces[byte] & bit) != 0) {
      out += c;
    } else if (byte != 0 || place != UrlPlace::path) {
      append_escape(byte, out);
    }
  }
}

void append_path_text(UrlPlace place, std::string_view text, std::string& out) {
  std::size_t done = 0;
  std::size_t literal_until = 0;
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at >= literal_until) literal_until = at + literal_bytes(place, text, at);
    if (at < literal_until) continue;
    append_client_text(place, text.substr(done, at - done), out);
    out += '%';
    done = at + 1;
  }
  append_client_text(place, text.substr(done), out);
}

void append_trusted_text(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((kPlaces[byte] & kInUri) != 0) {
      out += c;
    } else {
      append_escape(byte, out);
    }
  }
}

std::string folded(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), fold);
  return out;
}

}  // namespace sprx
