// Lists of addresses as VCL writes them: `acl office { "192.0.2.0"/24; }`, and the length of a prefix behind its
// quotes.
#include "grammar/advice_parts.h"
#include "grammar/foreign.h"

namespace sprx {
namespace {

constexpr std::size_t kAclShown = 70;

bool is_address_text(std::string_view text) {
  return text.find_first_of(".:") != std::string_view::npos &&
         text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
}

/// Past `/24` at `at`; `at` where no length stands.
Offset length_end(std::string_view text, Offset at) {
  if (at + 1 >= text.size() || text[at] != '/' || !scan::is_digit(text[at + 1])) return at;
  Offset end = at + 1;
  while (end < text.size() && scan::is_digit(text[end])) ++end;
  return end;
}

/// The rows between the braces of an `acl`.
struct AclRows {
  std::string rows;      ///< `"192.0.2.0/24", "192.0.2.1"`
  Offset end = 0;        ///< past the `}`; 0 where it does not end as it should
  bool plain = true;     ///< addresses and prefixes, nothing else
  bool negated = false;  ///< one is an exception
};

AclRows acl_rows(std::string_view text, Offset open) {
  AclRows out;
  Offset at = scan::skip_blanks(text, open + 1);
  while (at < text.size() && text[at] != '}') {
    if (text[at] == '!') {
      out.negated = true;
      at = scan::skip_blanks(text, at + 1);
    }
    if (at >= text.size() || text[at] != '"') return out;
    const Offset end = scan::skip_string(text, at);
    const std::string_view string = text.substr(at, end - at);
    if (string.size() < 3 || !string.ends_with('"')) return out;
    const std::string_view address = string.substr(1, string.size() - 2);
    const Offset last = length_end(text, end);
    out.plain = out.plain && is_address_text(address);
    out.rows +=
        (out.rows.empty() ? "\"" : ", \"") + std::string(address) + std::string(text.substr(end, last - end)) + "\"";
    at = scan::skip_blanks(text, last);
    if (at < text.size() && text[at] == ';') at = scan::skip_blanks(text, at + 1);
  }
  if (at < text.size()) out.end = at + 1;
  return out;
}

}  // namespace

std::optional<Foreign> vcl_acl(std::string_view text, Offset at) {
  const Offset begin = scan::skip_spaces(text, at + 3);
  const std::string_view name = scan::name_at(text, begin);
  const Offset open = scan::skip_blanks(text, begin + static_cast<Offset>(name.size()));
  if (scan::name_at(text, at) != "acl" || name.empty() || open >= text.size() || text[open] != '{') {
    return std::nullopt;
  }
  const AclRows acl = acl_rows(text, open);
  if (acl.end == 0) return std::nullopt;
  Foreign out{at, at + 3, "`acl` is not a statement of this language", {}, {}};
  const std::string head = "list " + std::string(name) + ": cidr = [";
  const bool whole = acl.plain && !acl.negated && !acl.rows.empty();
  const std::string list = head + (whole ? acl.rows : std::string("\"203.0.113.0/24\"")) + "];";
  const bool shown = list.size() <= kAclShown;
  const std::string write = "write " + scan::ticked(shown ? list : head + "\"203.0.113.0/24\"];");
  out.help = acl.negated ? write + ", and for what `!` takes out a list of its own: `client.ip in " +
                               std::string(name) + " and client.ip not in other`"
                         : write + " and `client.ip in " + std::string(name) + "`";
  out.skip_to = acl.end;
  if (!whole) return out;
  out.replacement = list;
  out.fix_end = acl.end;
  out.certain = true;
  return out;
}

std::optional<Foreign> length_behind_quotes(std::string_view text, Offset at) {
  const Offset end = length_end(text, at);
  if (end == at || at < 2 || text[at - 1] != '"') return std::nullopt;
  const std::size_t open = text.substr(0, at - 1).rfind('"');
  if (open == std::string_view::npos) return std::nullopt;
  const std::string_view address = text.substr(open + 1, at - open - 2);
  if (!is_address_text(address)) return std::nullopt;
  const std::string whole = "\"" + std::string(address) + std::string(text.substr(at, end - at)) + "\"";
  Foreign out = advice::say(SyntaxErrorKind::unexpected, at, end, "the length of a prefix stands in the same quotes",
                            "write " + scan::ticked(whole));
  out.begin = static_cast<Offset>(open);
  return advice::fixed(out, whole, true);
}

}  // namespace sprx
