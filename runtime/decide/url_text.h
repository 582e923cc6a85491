// UrlText: a redirect location or a path, put together part by part; each part is encoded by its origin and its place.
#pragma once

#include <string>
#include <string_view>

#include "compiler/table/types.h"

namespace sprx {

/// Client text can never become a scheme, an authority, a query's beginning or a second `/` at the start.
class UrlText {
 public:
  explicit UrlText(std::string& out) : out_(out) {}
  /// `is_path`: text of a field that is a path by its nature and so ends an authority, whatever it begins with
  /// (`OPTIONS *`).
  void append(Origin origin, bool is_path, std::string_view text);
  /// The location: relative ones begin with exactly one `/`, or `?` or `#`.
  [[nodiscard]] std::string_view location();
  /// The path of a request line: begins with `/`; `?` and `#` are encoded.
  [[nodiscard]] std::string_view path();

 private:
  enum class Place : std::uint8_t { start, authority, path, query, fragment };
  [[nodiscard]] Place place() const;

  std::string& out_;
  bool foreign_start_ = false;  // the first byte came from wire or client text
};

}  // namespace sprx
