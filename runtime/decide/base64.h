// Base64 (RFC 4648).
#pragma once

#include <string>
#include <string_view>

namespace sprx {

/// Appends the standard alphabet with padding.
void append_base64(std::string_view bytes, std::string& out);

/// Appends what `text` stands for. Either alphabet (`+/` or `-_`), padding may be left out but not be wrong, and every
/// text has one spelling an alphabet: blanks, line ends and bits left over are refused. False: it is none, `out` is as
/// it was.
[[nodiscard]] bool append_base64_decoded(std::string_view text, std::string& out);

}  // namespace sprx
