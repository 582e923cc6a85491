// Lists of addresses that nginx lets in and keeps out.
#include "grammar/advice_parts.h"
#include "grammar/foreign_parts.h"

namespace sprx {
namespace {

/// `allow 10.0.0.0/8;`, `deny all;`
struct Access {
  bool allows = false;
  bool all = false;
  std::string address;  ///< in quotes
  Offset end = 0;       ///< past its `;`
};

std::optional<Access> access_at(std::string_view text, Offset at) {
  const std::string_view name = scan::name_at(text, at);
  if (name != "allow" && name != "deny") return std::nullopt;
  const Offset word = at + static_cast<Offset>(name.size());
  const Offset begin = scan::skip_spaces(text, word);
  const Offset bare = begin + (begin < text.size() && text[begin] == '"' ? 1 : 0);
  const Offset end = advice::bare_end(text, bare, ";\"}{");
  const Offset past = bare > begin && end < text.size() && text[end] == '"' ? end + 1 : end;
  if (begin == word || past >= text.size() || text[past] != ';') return std::nullopt;
  const std::string_view value = text.substr(bare, end - bare);
  const bool all = value == "all";
  const bool address = value.find_first_of(".:") != std::string_view::npos &&
                       value.find_first_not_of("0123456789abcdefABCDEF.:/") == std::string_view::npos;
  if (!all && !address) return std::nullopt;
  return Access{name == "allow", all, "\"" + std::string(value) + "\"", past + 1};
}

/// The lines of one list: what they name, and whether the rest is kept out (or let in).
struct AccessList {
  std::string rows;
  Offset end = 0;
  bool closed = false;
};
constexpr std::size_t kShownRows = 120;

AccessList access_list(std::string_view text, const Access& first) {
  AccessList out{first.address, first.end, !first.allows};
  for (auto next = access_at(text, scan::skip_blanks(text, out.end)); next;
       next = access_at(text, scan::skip_blanks(text, out.end))) {
    if (next->all == (next->allows == first.allows)) break;
    out.end = next->end;
    out.closed = out.closed || next->all;
    if (next->all) break;
    if (out.rows.size() < kShownRows) out.rows += ", " + next->address;
  }
  return out;
}

}  // namespace

std::optional<Foreign> foreign::nginx_access(std::string_view text, Offset at, std::string_view name, Place place) {
  const std::optional<Access> first = access_at(text, at);
  // `deny all;` alone is nearly ours.
  if (!first || (first->all && !first->allows) || (place == Place::file && first->all)) return std::nullopt;
  if (first->all) {
    Foreign out =
        found(at, name.size(), "`allow` does not let requests in", "what no rule denies passes; remove the line");
    out.skip_to = first->end;
    return out;
  }
  const AccessList list = access_list(text, *first);
  const std::string rule =
      "when client.ip " + std::string(first->allows ? "not in [" : "in [") + list.rows + "]; deny;";
  const bool shown = list.rows.size() < kShownRows;
  const std::string said =
      shown ? rule : "when client.ip " + std::string(first->allows ? "not in" : "in") + " office; deny;";
  Foreign out =
      found(at, name.size(), first->allows ? "`allow` does not let addresses in" : "`deny` names no addresses",
            "write " + scan::ticked(place == Place::rule ? said : "rule name { " + said + " }"));
  out.skip_to = list.end;
  if (place == Place::rule && shown) {
    out.replacement = rule;
    out.fix_end = list.end;
    out.certain = list.closed;
  }
  return out;
}

}  // namespace sprx
