// Templates: what stands after `like` on paths and hosts, and the sources of redirects files. Parsed here, matched
// here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sprx {

/// What a template describes decides what a segment is: `/` ends one of a path, `.` one of a host.
enum class TemplateKind : std::uint8_t { path, host };

/// One step of a template. The whole value must match from the first token to the last.
struct TemplateToken {
  enum class Kind : std::uint8_t {
    literal,  ///< `text`
    segment,  ///< `{name}`: one or more characters, none of them the separator
    one_of,   ///< `{name:a|b}`: the first of `alternatives` with which the rest matches
    rest,     ///< `{name...}`: zero or more of anything
    run,      ///< `*`: zero or more of anything, not captured
    open,     ///< `[`: try what follows; else go on at `jump` (its `close`) with the captures inside ""
    close,    ///< `]`
  };
  Kind kind = Kind::literal;
  std::int16_t capture = -1;  ///< index into Template::names, -1: unnamed
  std::uint16_t jump = 0;     ///< for `open`: index of its `close`
  std::string text;
  std::vector<std::string> alternatives;
};

/// A compiled template. `names[i]` is the name of capture i.
struct Template {
  TemplateKind kind = TemplateKind::path;
  std::string source;
  std::vector<TemplateToken> tokens;
  std::vector<std::string> names;

  /// The literal text every match begins with (path) or ends with (host), and whether it is all there is.
  [[nodiscard]] std::string_view fixed_part() const;
  [[nodiscard]] bool is_literal() const;
};

/// Bounds of one template; past them it is a compile error (E8xxx).
inline constexpr std::size_t kMaxTemplateTokens = 128;
inline constexpr std::size_t kMaxTemplateCaptures = 16;
inline constexpr std::size_t kMaxTemplateOptionals = 4;
/// Values up to this length are matched without allocation, whatever the template.
inline constexpr std::size_t kTemplateStackBytes = 2048;

/// A mistake in a template at byte `begin` to `end` of its (unescaped) text.
struct TemplateError {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string message;  ///< in the words of a diagnostic
  std::string help;     ///< may be empty
};

struct TemplateResult {
  std::optional<Template> value;  ///< absent when there are errors
  std::vector<TemplateError> errors;
};

/// Reads template text. Literal parts are made canonical (path: canonical_path's rules; host: lower case, A-labels);
/// text that canonicalising would merge or resolve across tokens (`*//*`, `/../`) is an error.
[[nodiscard]] TemplateResult parse_template(std::string_view text, TemplateKind kind);

/// Whether `value` matches, and if so sets `captures[i]` (views into `value`, "" for those in an unused optional part).
/// `captures` has room for `names.size()`. Captures are greedy, leftmost first; `[…]` is tried with before without.
/// Time is bounded by O(tokens x value) whatever the input; no allocation for values up to kTemplateStackBytes.
[[nodiscard]] bool match(const Template& pattern, std::string_view value, bool nocase,
                         std::span<std::string_view> captures);
/// The same, adding to `steps` the elementary steps it took (for tests of the bound and for cost reports).
[[nodiscard]] bool match(const Template& pattern, std::string_view value, bool nocase,
                         std::span<std::string_view> captures, std::uint64_t& steps);

}  // namespace sprx
