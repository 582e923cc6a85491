// The part of ParseState that is about blocks which a statement may do without: one whose `{` was not written is found
// by how its lines are laid out.
#include <algorithm>
#include <array>

#include "grammar/parse_state.h"

namespace sprx {
namespace {

/// Words whose statement may end in a block.
bool takes_block(std::string_view word) {
  constexpr std::array<std::string_view, 18> kWords = {
      "respond", "redirect",  "deny", "set",  "add",  "forward", "ban",    "list",  "dynamic",
      "table",   "redirects", "get",  "head", "post", "put",     "delete", "patch", "upstream"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

}  // namespace

bool ParseState::block_without_brace(Offset at) const {
  Offset column = 0;
  Offset own = 0;
  const std::string_view name = scan::name_at(text, at);
  if (name.empty() || scan::is_reserved(name) || interpolation > 0 || at == entry.begin ||
      !takes_block(scan::name_at(text, entry.begin)) || !scan::first_on_line(text, at, &column) ||
      !scan::first_on_line(text, entry.begin, &own) || column <= own) {
    return false;
  }
  // Where the body round it stands no further left, its `}` looks the same as that of the block.
  if (entry.place != Place::file && scan::indentation(text, entry.container) >= own) return false;
  const auto most = static_cast<Offset>(std::min<std::size_t>(text.size(), std::size_t{at} + scan::kLookBack));
  std::int64_t open = 0;
  bool statement = false;
  for (Offset next = at; next < most; next = scan::skip_token(text, next)) {
    Offset here = 0;
    if (text[next] == '}' && open == 0) {
      return statement && scan::first_on_line(text, next, &here) && here >= own && here < column;
    }
    open += text[next] == '{' ? 1 : text[next] == '}' ? -1 : 0;
    statement = statement || text[next] == ';';
    const bool code = !scan::is_blank(text[next]) && text[next] != '#' && text[next] != '}';
    if (code && open == 0 && next != at && scan::first_on_line(text, next, &here) && here <= own) return false;
  }
  return false;
}

bool ParseState::insert_block_brace(Offset at) {
  if (!guess_layout || !block_without_brace(at)) return false;
  const Offset end = previous_end(at);
  std::string_view head = scan::name_at(text, entry.begin);
  if (head == "dynamic") head = "dynamic list";
  SyntaxError error{SyntaxErrorKind::unexpected, span(end, end), {}, {}, "write `{` here", {}};
  error.message = "expected `{` before the block of this " + scan::ticked(head) + ", found " + scan::found(text, at);
  error.fixes.push_back({span(end, end), " {", true});
  label_construct(error);
  report(std::move(error));
  return true;
}

}  // namespace sprx
