// UrlText: a redirect location or a path, put together part by part; each part is encoded by its origin and its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/decide/text_part.h"

namespace sprx {

/// Client text can never become a scheme, an authority, a query's beginning or a second `/` at the start; and no `.` or
/// `..` that it brings takes away what the author wrote before it. Linear in the text, whatever it holds.
class UrlText {
 public:
  enum class Kind : std::uint8_t {
    location,  ///< of a redirect
    path,      ///< of a request line: `?` and `#` are characters of it
  };
  UrlText(Kind kind, std::string& out) : out_(out), kind_(kind), resolving_(kind == Kind::path) {}
  void append(const TextPart& part);
  /// The whole. A location that is relative begins with exactly one `/`, or with `?` or `#`; a path with one `/`.
  [[nodiscard]] std::string_view finish();

 private:
  enum class Place : std::uint8_t { start, authority, path, query, fragment };
  [[nodiscard]] Place place() const;
  void encode(const TextPart& part);
  /// Resolves dot segments in what was appended from `from` on.
  void resolve(std::size_t from, bool own, bool fixed);
  /// Takes the piece that ends the first `end` bytes away if it is a dot segment: the bytes that are left.
  [[nodiscard]] std::size_t without_dots(std::size_t end, bool fixed);
  [[nodiscard]] std::string_view location();
  [[nodiscard]] std::string_view path();

  std::string& out_;
  Kind kind_;
  bool foreign_start_ = false;  // the first byte came from wire or client text
  // Resolving goes on in a path; in that of a location from the first text of the author's in it.
  bool resolving_;
  bool ended_ = false;     // the location's path is over
  bool touched_ = false;   // the last piece holds text that is not the author's
  std::size_t piece_ = 0;  // where the last piece begins
  std::size_t floor_ = 0;  // what is before it stays
};

}  // namespace sprx
