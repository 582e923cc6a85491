// TargetStates: where in a URL the next byte of a redirect target stands, as a set of what is possible so far. Literal
// text moves it byte by byte; `check_redirects` decides what other values may stand there.
#pragma once

#include <cstdint>
#include <string_view>

namespace sprx {

class TargetStates {
 public:
  enum State : std::uint16_t {
    start = 1,             ///< nothing yet
    scheme = 2,            ///< letters that may be a scheme
    colon = 4,             ///< `https:`
    slash = 8,             ///< `https:/`
    authority_begin = 16,  ///< `https://`
    authority = 32,        ///< in the host
    bracket = 64,          ///< in an IPv6 address
    bracket_end = 128,     ///< after it
    port_begin = 256,      ///< `https://x.org:`
    port = 512,            ///< in the number
    path = 1024,
    query = 2048,
    fragment = 4096,
    port_end = 8192,      ///< after a number of which nothing else is known: no digit makes it another
    label_begin = 16384,  ///< in the host, after a dot
  };
  static constexpr std::uint16_t kPort = bracket | bracket_end | port_begin | port | port_end;
  static constexpr std::uint16_t kEarly =
      start | scheme | colon | slash | authority_begin | authority | label_begin | kPort;
  static constexpr std::uint16_t kLate = path | query | fragment;

  TargetStates() = default;
  explicit TargetStates(std::uint16_t bits) : bits_(bits) {}

  [[nodiscard]] bool any(std::uint16_t states) const { return (bits_ & states) != 0; }
  [[nodiscard]] bool none() const { return bits_ == 0; }
  [[nodiscard]] std::uint16_t bits() const { return bits_; }
  void add(TargetStates other) { bits_ |= other.bits_; }
  void add(std::uint16_t states) { bits_ |= states; }
  void remove(std::uint16_t states) { bits_ &= static_cast<std::uint16_t>(~states); }
  /// From a path on, text of which nothing is known may begin a query or a fragment.
  void widen();
  /// After literal text. `*bad` is set when from some state the text cannot be part of a URL.
  [[nodiscard]] TargetStates after(std::string_view text, bool* bad) const;
  friend bool operator==(TargetStates, TargetStates) = default;

 private:
  std::uint16_t bits_ = start;
};

}  // namespace sprx
