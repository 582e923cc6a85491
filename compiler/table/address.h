// IP addresses and prefixes in one form: 128 bits, IPv4 as IPv4-mapped IPv6 (RFC 4291 2.5.5.2).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sprx {

/// An address in network byte order. IPv4 and IPv4-mapped IPv6 are the same address.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  [[nodiscard]] bool is_v4() const;
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

/// A prefix; `bits` counts from the start of the 128 (an IPv4 /24 is 120). Host bits are zero.
struct Cidr {
  IpAddress address;
  std::uint8_t bits = 128;
  /// An IPv4 address is in no prefix shorter than ::ffff:0:0/96: `::/0` is every IPv6 address and no IPv4 one.
  [[nodiscard]] bool contains(const IpAddress& ip) const;
  [[nodiscard]] IpAddress last() const;
  friend auto operator<=>(const Cidr&, const Cidr&) = default;
};

/// Reads a textual address: dotted quad without leading zeros, or RFC 4291 text; no zone, no port, no brackets.
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text);

/// What is wrong with a prefix text. `host_bits_set`: `masked` of the result below is what it should have been.
enum class CidrError : std::uint8_t { none, bad_address, bad_length, host_bits_set };
struct CidrResult {
  Cidr cidr;  ///< valid (masked) unless error is bad_address or bad_length
  CidrError error = CidrError::none;
};
/// Reads `address` or `address/length`; a bare address is a /32 or /128.
[[nodiscard]] CidrResult parse_cidr(std::string_view text);

/// Canonical text (RFC 5952; IPv4 as a dotted quad).
[[nodiscard]] std::string to_text(const IpAddress& ip);
[[nodiscard]] std::string to_text(const Cidr& cidr);

}  // namespace sprx
