// Redirect targets of a file or a table that are sent as they stand and were hardly meant so: with a blank, with bytes
// of an old encoding, over `http`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "compiler/data_file.h"
#include "compiler/found_rows.h"

namespace sprx {

/// Looks at the targets one by one and tells each kind once.
class OddTargets {
 public:
  /// `starts`: a target begins with these texts.
  explicit OddTargets(bool starts) : starts_(starts) {}

  /// Whether there is anything to say of one.
  [[nodiscard]] bool is_odd(std::string_view target) const;
  void look_at(const DataCell& target);
  /// `format` of the file, none for rows in the rules. `use`: where they become targets, if that is elsewhere.
  void tell(DiagnosticList& out, std::optional<DataFormat> format, Span use = {}) const;

 private:
  void tell_blanks(DiagnosticList& out, std::optional<DataFormat> format, Span use) const;

  bool starts_;
  FoundRows http_;
  FoundRows blanks_;
  FoundRows bytes_;
  bool comment_ = false;    ///< the first blank comes before a `#`
  unsigned char byte_ = 0;  ///< the first that is not UTF-8
};

}  // namespace sprx
