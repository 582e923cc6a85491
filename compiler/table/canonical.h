// Canonical forms of paths and hosts: done alike by the compiler to literals and data, and by the runtime to requests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sprx {

enum class PathError : std::uint8_t { none, bad_percent, nul, not_absolute };

/// Makes the canonical form (language.md section 6) of a raw path (what comes before `?`), appending to `out`.
/// `*` is canonical as it is. Canonicalising twice changes nothing. Linear; allocates only through `out`.
[[nodiscard]] PathError canonical_path(std::string_view raw, std::string& out);
/// Whether `raw` is its own canonical form (the usual case), so that no copy is needed. Never true for a bad path.
[[nodiscard]] bool is_canonical_path(std::string_view raw);
/// The path of a request's target: how long it is, up to the first `?` or the end, and whether it is surely canonical
/// (as nearly every one; where not, is_canonical_path tells).
struct TargetPath {
  std::size_t size = 0;
  bool plain = false;
};
[[nodiscard]] TargetPath path_of_target(std::string_view target);
/// A literal or a data key: like canonical_path, but bytes that cannot stand raw in a request (space, controls excluded
/// by the rules, `?`, `#`, non-ASCII) are taken as their encoded forms.
[[nodiscard]] PathError canonical_path_literal(std::string_view text, std::string& out);
/// A part of a path (an operand of `contains`, the text of a template): decoded as above, but nothing is merged or
/// resolved. On an error `error_at` gets the byte of `text` where it is; `origins`, if given, gets for each byte
/// appended to `out` the byte of `text` it comes from.
[[nodiscard]] PathError canonical_path_fragment(std::string_view text, std::string& out, std::size_t& error_at,
                                                std::vector<std::size_t>* origins = nullptr);

/// Lower case, no trailing dot, A-labels (libidn2); absent where it is not a host (empty label, bad character, too
/// long). IPv4 and bracketed IPv6 literals are hosts too.
[[nodiscard]] std::optional<std::string> canonical_host_literal(std::string_view text);
/// The port in `a.example.com:8080`, `[::1]:8080` or `:8080`; empty if there is none from 1 to 65535.
[[nodiscard]] std::string port_of(std::string_view text);
/// `domain` key: a host, or one with `*.` or `=` before it (kept).
[[nodiscard]] std::optional<std::string> canonical_domain_literal(std::string_view text);

/// Percent-encoding for places in a URL (language.md section 6).
enum class UrlPlace : std::uint8_t { path, query, fragment };
/// Appends client text: all but what may stand in that place encoded, each `%` too. A NUL, which no path holds, is left
/// out of one.
void append_client_text(UrlPlace place, std::string_view text, std::string& out);
/// Appends text of a canonical path in the same way, but the escapes that it keeps are not encoded again; in a query or
/// fragment only `%2F` and `%25` are not.
void append_path_text(UrlPlace place, std::string_view text, std::string& out);
/// Appends own or wire text: only bytes that a URI cannot hold are encoded (`%` stays as it is).
void append_trusted_text(std::string_view text, std::string& out);

/// ASCII case folding.
[[nodiscard]] constexpr char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
/// `text` in lower case.
[[nodiscard]] std::string folded(std::string_view text);
[[nodiscard]] constexpr bool equal_nocase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (fold(a[i]) != fold(b[i])) return false;
  }
  return true;
}

}  // namespace sprx
