// Reading and writing addresses and prefixes. The reading of an IPv6 address is left to inet_pton, which is strict (no
// zones, no short forms); the text is our own, because inet_ntop writes `::1.2.3.4` for some IPv6
// addresses.
#include "compiler/table/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <bit>
#include <charconv>
#include <cstring>
#include <fmt/format.h>

#include "compiler/table/block.h"

namespace sprx {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::uint8_t kMappedBits = 96;
constexpr std::uint8_t kAllBits = 128;

/// Zeroes every bit after the first `bits`.
IpAddress masked(IpAddress ip, std::uint8_t bits) {
  for (std::size_t i = 0; i < ip.bytes.size(); ++i) {
    const std::size_t begin = i * 8;
    if (bits >= begin + 8) continue;
    const std::size_t kept = bits > begin ? bits - begin : 0;
    ip.bytes[i] = static_cast<std::uint8_t>(ip.bytes[i] & (0xFF00U >> kept));
  }
  return ip;
}

/// Reads a prefix length: digits without leading zeros, at most `most`.
std::optional<std::uint8_t> parse_length(std::string_view text, unsigned most) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  if (value > most) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

/// Without the call that counting bits is on a machine that need not have it.
bool has_three_bits(std::uint32_t mask) {
  const std::uint32_t without_two = mask & (mask - 1) & ((mask & (mask - 1)) - 1);
  return without_two != 0 && (without_two & (without_two - 1)) == 0;
}

/// Four numbers up to 255 without leading zeros, as inet_pton reads them: one is read for every request, so there is no
/// branch on where the dots are.
bool parse_v4(std::string_view text, std::uint8_t* out) {
  constexpr std::size_t kLeast = 7;
  constexpr std::size_t kMost = 15;
  if (text.size() < kLeast || text.size() > kMost) return false;
  const BlockBytes bytes(text, 0);
  const Block block(bytes);
  const std::uint32_t end_mark = std::uint32_t{1} << text.size();
  const std::uint32_t dots = block.equal('.');
  if ((dots | block.within('0', '9')) != end_mark - 1 || !has_three_bits(dots)) return false;
  std::uint32_t ends = dots | end_mark;
  // Bytes before the text, so that three digits can be read whatever their number is.
  constexpr std::size_t kBefore = 3;
  std::array<char, kBefore + kBlockSize> room{};
  std::memcpy(room.data() + kBefore, bytes.words, kBlockSize);
  // What the second and the third digit from the end count in a number of so many.
  constexpr std::array<std::uint8_t, 16> kTens{0, 0, 10, 10};
  constexpr std::array<std::uint8_t, 16> kHundreds{0, 0, 0, 100};
  unsigned odd = 0;
  std::size_t begin = 0;
  for (int part = 0; part < 4; ++part) {
    const auto end = static_cast<std::size_t>(std::countr_zero(ends));
    ends &= ends - 1;
    const std::size_t size = end - begin;
    const auto digit = [&](std::size_t back) { return static_cast<unsigned>(room[kBefore + end - back] - '0'); };
    const unsigned value = digit(1) + kTens[size & 15] * digit(2) + kHundreds[size & 15] * digit(3);
    odd |= static_cast<unsigned>(size - 1 > 2) | static_cast<unsigned>(value > 255) |
           (static_cast<unsigned>(size > 1) & static_cast<unsigned>(room[kBefore + begin] == '0'));
    out[part] = static_cast<std::uint8_t>(value);
    begin = end + 1;
  }
  return odd == 0;
}

struct ZeroRun {
  std::size_t begin = 8;
  std::size_t length = 0;
};

/// The longest run of zero groups, the first of equals; one group alone is not shortened (RFC 5952 4.2).
ZeroRun longest_zero_run(const std::array<unsigned, 8>& groups) {
  ZeroRun best;
  for (std::size_t i = 0; i < groups.size();) {
    std::size_t end = i;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - i > best.length) best = {i, end - i};
    i = std::max(end, i + 1);
  }
  return best.length >= 2 ? best : ZeroRun{};
}

std::string v6_text(const IpAddress& ip) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = (static_cast<unsigned>(ip.bytes[2 * i]) << 8U) | ip.bytes[2 * i + 1];
  }
  const ZeroRun run = longest_zero_run(groups);
  std::string out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == run.begin) {
      out += "::";
      i += run.length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    fmt::format_to(std::back_inserter(out), "{:x}", groups[i]);
  }
  return out;
}

}  // namespace

bool IpAddress::is_v4() const { return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin()); }

bool Cidr::contains(const IpAddress& ip) const {
  // An IPv4 client is in no IPv6 prefix: `::/0` means every IPv6 address, though the mapped range lies inside it.
  if (bits < kMappedBits && ip.is_v4()) return false;
  return masked(ip, bits) == address;
}

IpAddress Cidr::last() const {
  IpAddress ip = address;
  for (std::size_t i = 0; i < ip.bytes.size(); ++i) {
    const std::size_t begin = i * 8;
    if (bits >= begin + 8) continue;
    const std::size_t kept = bits > begin ? bits - begin : 0;
    ip.bytes[i] = static_cast<std::uint8_t>(ip.bytes[i] | (0xFFU >> kept));
  }
  return ip;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  IpAddress ip;
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), ip.bytes.begin());
  if (parse_v4(text, ip.bytes.data() + kMappedPrefix.size())) return ip;
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.size() >= buffer.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::memcpy(buffer.data(), text.data(), text.size());
  if (inet_pton(AF_INET6, buffer.data(), ip.bytes.data()) != 1) return std::nullopt;
  return ip;
}

CidrResult parse_cidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view head = text.substr(0, slash);
  const std::optional<IpAddress> ip = parse_ip(head);
  if (!ip) return {{}, CidrError::bad_address};
  std::uint8_t bits = kAllBits;
  if (slash != std::string_view::npos) {
    const bool v4_text = head.find(':') == std::string_view::npos;
    const std::optional<std::uint8_t> length = parse_length(text.substr(slash + 1), v4_text ? 32 : kAllBits);
    if (!length) return {{}, CidrError::bad_length};
    bits = static_cast<std::uint8_t>(v4_text ? kMappedBits + *length : *length);
  }
  const IpAddress network = masked(*ip, bits);
  return {{network, bits}, network == *ip ? CidrError::none : CidrError::host_bits_set};
}

std::string to_text(const IpAddress& ip) {
  if (!ip.is_v4()) return v6_text(ip);
  std::array<char, INET_ADDRSTRLEN> text;
  char* at = text.data();
  for (std::size_t i = 12; i < 16; ++i) {
    if (i > 12) *at++ = '.';
    at = std::to_chars(at, text.data() + text.size(), ip.bytes[i]).ptr;
  }
  return {text.data(), at};
}

std::string to_text(const Cidr& cidr) {
  if (cidr.address.is_v4() && cidr.bits >= kMappedBits) {
    return fmt::format("{}/{}", to_text(cidr.address), cidr.bits - kMappedBits);
  }
  // A short prefix that happens to begin like a mapped address keeps its IPv6 spelling.
  return fmt::format("{}/{}", v6_text(cidr.address), cidr.bits);
}

}  // namespace sprx
