#include "runtime/decide/authority.h"

#include <algorithm>

#include "compiler/table/block.h"
#include "compiler/table/canonical.h"

namespace sprx {
namespace {

constexpr std::size_t kMaxHost = 255;
constexpr std::size_t kMaxPortDigits = 5;

/// The port that the digits are, 0 for none at all.
std::optional<std::uint16_t> read_port(std::string_view digits) {
  if (digits.empty()) return std::uint16_t{0};
  if (digits.size() > kMaxPortDigits) return std::nullopt;
  std::uint32_t port = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (port == 0 || port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

}  // namespace

std::optional<Authority> split_authority(std::string_view authority) {
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  Authority out{.host = authority.substr(0, std::min(colon, authority.size()))};
  if (colon != std::string_view::npos) {
    const auto port = read_port(authority.substr(colon + 1));
    if (!port) return std::nullopt;
    out.port = *port;
  }
  if (out.host.size() > 1 && out.host.ends_with('.')) out.host.remove_suffix(1);
  if (out.host.empty() || out.host.size() > kMaxHost) return std::nullopt;
  return out;
}

bool is_host_name(std::string_view host) {
  char before = '.';
  for (const char c : host) {
    const bool letter = (fold(c) >= 'a' && fold(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!letter && (c != '.' || before == '.')) return false;
    before = c;
  }
  return before != '.';
}

bool is_plain_host(std::string_view authority) {
  if (authority.empty() || authority.size() > kMaxHost || authority.back() == '.') return false;
  // A label's first byte has a `.` before it; neither two dots in a row nor one at an end is plain.
  std::uint32_t after_dot = 1;
  for (std::size_t at = 0; at < authority.size(); at += kBlockSize) {
    const Block block(BlockBytes(authority, at));
    const std::uint32_t dots = block.equal('.');
    const std::uint32_t good =
        block.within('a', 'z') | block.within('0', '9') | block.within('-', '.') | block.equal('_');
    const std::uint32_t all = (std::uint32_t{1} << std::min(authority.size() - at, kBlockSize)) - 1;
    if (good != all || (dots & (dots << 1 | after_dot)) != 0) return false;
    after_dot = dots >> (kBlockSize - 1);
  }
  return true;
}

std::optional<std::string> unusual_host(std::string_view host) {
  const auto beyond_ascii = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  if (!host.starts_with('[') && std::none_of(host.begin(), host.end(), beyond_ascii)) return std::nullopt;
  return canonical_host_literal(host);
}

}  // namespace sprx
