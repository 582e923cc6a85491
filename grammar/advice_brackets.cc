// Lists and calls in other brackets, and brackets that are closed and were never opened.
#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"
#include "grammar/foreign_parts.h"

namespace sprx::advice {
namespace {

struct Method {
  std::string_view theirs;
  std::string_view ours;  ///< the operator, or the function with its `(`
};
constexpr std::array kTheirMethods = {Method{"startsWith", "starts_with"},
                                      Method{"starts_with", "starts_with"},
                                      Method{"startswith", "starts_with"},
                                      Method{"endsWith", "ends_with"},
                                      Method{"ends_with", "ends_with"},
                                      Method{"endswith", "ends_with"},
                                      Method{"contains", "contains"},
                                      Method{"includes", "contains"},
                                      Method{"indexOf", "contains"},
                                      Method{"matches", "matches"},
                                      Method{"match", "matches"},
                                      Method{"test", "matches"},
                                      Method{"equals", "=="},
                                      Method{"under", "under"},
                                      Method{"in", "in"},
                                      Method{"toLowerCase", "lower("},
                                      Method{"lower", "lower("},
                                      Method{"toUpperCase", "upper("},
                                      Method{"upper", "upper("},
                                      Method{"length", "length("},
                                      Method{"size", "length("},
                                      Method{"trim", "trim("},
                                      Method{"replace", "replace("}};

/// The end of a list in other brackets that begins at `open`, on its line; 0 if it is none.
Offset list_end(std::string_view text, Offset open) {
  const char close = text[open] == '(' ? ')' : '}';
  const Offset end = scan::line_end(text, open);
  for (Offset at = open + 1; at < end; at = scan::skip_token(text, at)) {
    if (text[at] == close) {
      return at + 1;
    }
    if (std::string_view("([{;").find(text[at]) != std::string_view::npos) {
      return 0;
    }
  }
  return 0;
}

/// Where a bracket stands, in the rest of the statement on this line, that closes nothing of it; `at` if none does.
Offset stray_close(std::string_view text, Offset at) {
  const Offset begin = at;
  const Offset end = scan::line_end(text, at);
  std::uint32_t open = 0;
  for (; at < end && text[at] != ';' && text[at] != '{' && text[at] != '#'; at = scan::skip_token(text, at)) {
    const char c = text[at];
    if ((c == ')' || c == ']') && open == 0) {
      return at;
    }
    open += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1U : 0;
  }
  return begin;
}

/// The beginning of the string that ends at `end`, on its line; `end` if none does.
Offset string_begin(std::string_view text, Offset end) {
  if (end < 2 || text[end - 1] != '"') {
    return end;
  }
  for (Offset at = end - 1; at-- > 0 && text[at] != '\n';) {
    if (text[at] == '"' && (at == 0 || text[at - 1] != '\\')) {
      return at;
    }
  }
  return end;
}

/// A bracket that is missing between a name and what begins at `at`.
std::optional<Foreign> open_before(std::string_view text, Offset at, char bracket) {
  constexpr Offset kShown = 60;
  const Offset end = scan::before_blanks(text, at);
  const std::string_view name = name_before(text, end, bracket == '[');
  if (name.empty() || scan::is_reserved(name) || scan::is_digit(name[0])) {
    return std::nullopt;
  }
  const Offset last = std::min(stray_close(text, at) + 1, at + kShown);
  const std::string shown = std::string(name) + bracket + std::string(text.substr(at, last - at));
  const std::string sign(1, bracket);
  Foreign out =
      say(SyntaxErrorKind::unexpected, at, scan::token_end(text, at),
          "expected " + scan::ticked(sign) + " after " + scan::ticked(name) + ", found " + scan::found(text, at),
          "write " + scan::ticked(shown));
  // The blank between them goes, or a byte is put in.
  out.begin = end;
  out.end = std::max(at, end);
  return fixed(out, sign, true);
}

/// `path in "a", "b"]`, whose first item is [begin, end).
Foreign open_list(std::string_view text, Offset begin, Offset end) {
  Foreign out = say(SyntaxErrorKind::unexpected, begin, end, "expected `[` before this: the list's `]` has none",
                    "write `[\"a\", \"b\"]`");
  return fixed(out, "[" + std::string(text.substr(begin, end - begin)), true);
}

}  // namespace

std::optional<Foreign> never_opened(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  if (at >= text.size()) {
    return std::nullopt;
  }
  const char c = text[at];
  if (c == ']') {
    // `set header "X"] = "1"`: the name and its key were read as two values.
    const Offset key = string_begin(text, scan::before_blanks(text, at));
    return key == scan::before_blanks(text, at)        ? std::nullopt
           : scan::is_reserved(word_before(text, key)) ? open_list(text, key, scan::before_blanks(text, at))
                                                       : open_before(text, key, '[');
  }
  const Offset stray = stray_close(text, at);
  if (stray == at) {
    return std::nullopt;
  }
  const bool value = c == '"' || scan::is_name_char(c);
  if (text[stray] == ']' && c == '"') {
    return open_before(text, at, '[');
  }
  if (text[stray] == ')' && value && failure.wanted.role == Role::terminator) {
    return open_before(text, at, '(');
  }
  const Offset first = string_begin(text, scan::before_blanks(text, at));
  const std::string_view before = first < at ? word_before(text, first) : std::string_view{};
  if (c != ',' || failure.wanted.role != Role::terminator) {
    return std::nullopt;
  }
  if (text[stray] == ']' && scan::is_reserved(before)) {
    return open_list(text, first, scan::before_blanks(text, at));
  }
  if (text[stray] == ')') {
    // `splitheader["X"], ",")`
    return say(SyntaxErrorKind::unexpected, stray, stray + 1, "this `)` closes nothing",
               "a function's values stand between `(` and `)`: `split(header[\"X\"], \",\")`");
  }
  return std::nullopt;
}

namespace {

/// What a declaration says before its `=`, which stands before `at`.
struct Declared {
  Offset equal = 0;
  std::string_view type;  ///< of its values, if it is a table
  bool table = false;
};

Declared declared_before(std::string_view text, Offset at) {
  Declared out;
  while (at > 0 && scan::is_blank(text[at - 1])) {
    --at;
  }
  out.equal = at > 0 && text[at - 1] == '=' ? at - 1 : at;
  out.type = word_before(text, out.equal);
  const Offset type = scan::before_blanks(text, out.equal) - static_cast<Offset>(out.type.size());
  out.table = text.substr(0, scan::before_blanks(text, type)).ends_with("->");
  return out;
}

/// `= "partners.txt"`: rows of a file.
std::optional<Foreign> file_as_row(std::string_view text, Offset at, const Declared& declared) {
  constexpr std::array<std::string_view, 4> kEndings = {".txt\"", ".tsv\"", ".csv\"", ".json\""};
  const Offset end = scan::skip_string(text, at);
  const std::string_view name = text.substr(at, end - at);
  const bool file = std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) {
    return name.size() > ending.size() + 1 && name.ends_with(ending);
  });
  const Offset next = scan::skip_blanks(text, end);
  if (!file || (next < text.size() && text[next] == ',')) {
    return std::nullopt;
  }
  constexpr std::size_t kShown = 60;
  const std::string from = "from " + std::string(name);
  Foreign out = say(SyntaxErrorKind::unexpected, at, end, "the name of a file with rows stands after `from`",
                    from.size() <= kShown ? "write " + scan::ticked(from) : "write `from \"file.txt\"`");
  out.begin = declared.equal;
  // Among text it may be a key all the same.
  return fixed(out, from,
               declared.table || (declared.type != "string" && declared.type != "host" && declared.type != "domain" &&
                                  declared.type != "path"));
}

}  // namespace

Foreign list_without_brackets(std::string_view text, Offset at) {
  const Declared declared = declared_before(text, at);
  if (auto file = file_as_row(text, at, declared)) {
    return *file;
  }
  Offset end = scan::skip_string(text, at);
  if (declared.table) {
    return say(SyntaxErrorKind::unexpected, at, end, "the rows of a table stand in braces",
               "write `= { \"key\" => \"value\"; }` or `from \"file.tsv\"`");
  }
  for (Offset comma = scan::skip_blanks(text, end); text.substr(comma).starts_with(',');
       comma = scan::skip_blanks(text, end)) {
    const Offset next = scan::skip_blanks(text, comma + 1);
    if (!text.substr(next).starts_with('"')) {
      break;
    }
    end = scan::skip_string(text, next);
  }
  const bool closed = text.substr(scan::skip_blanks(text, end)).starts_with(']');
  const bool patterns = declared.type == "pattern";
  Foreign out = say(SyntaxErrorKind::unexpected, at, end, "a list stands in square brackets",
                    patterns ? "write `[r\"^a\", r\"^b\"]`" : "write `[\"a\", \"b\"]`");
  return fixed(out, "[" + std::string(text.substr(at, end - at)) + (closed ? "" : "]"), !patterns);
}

std::optional<Foreign> method_call(std::string_view text, Offset at) {
  const std::string_view name = name_before(text, at, true);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) {
    return std::nullopt;
  }
  const std::string_view field = name.substr(0, dot);
  const std::string_view method = name.substr(dot + 1);
  std::string help =
      "values have no methods: write an operator, such as `path starts_with \"/old\"`, or a function, such as "
      "`lower(path)`";
  for (const Method& known : kTheirMethods) {
    if (known.theirs != method) {
      continue;
    }
    help = known.ours.ends_with('(') ? "write `" + std::string(known.ours) + std::string(field) + ")`"
                                     : "write `" + std::string(field) + " " + std::string(known.ours) + " " +
                                           (known.ours == "matches" ? "r\"...\"`"
                                            : known.ours == "in"    ? "[\"...\"]`"
                                                                    : "\"...\"`");
  }
  return say(SyntaxErrorKind::foreign_spelling, at - static_cast<Offset>(name.size()), at,
             scan::ticked(name) + " is a call of a method", std::move(help));
}

std::optional<Foreign> other_list(std::string_view text, Offset open) {
  const std::string_view before = word_before(text, open);
  if (before != "in" && before != "contains" && before != "starts_with" && before != "ends_with" && before != "under" &&
      before != "like" && before != "matches") {
    return std::nullopt;
  }
  Foreign out = say(SyntaxErrorKind::foreign_spelling, open, open + 1, "a list stands in square brackets",
                    "write `[\"a\", \"b\"]`");
  const Offset end = list_end(text, open);
  if (end == 0) {
    return out;
  }
  const std::string_view inner = text.substr(open + 1, end - open - 2);
  const bool commas = inner.find(',') != std::string_view::npos;
  const bool addresses = inner.find('"') == std::string_view::npos && inner.find('.') != std::string_view::npos;
  std::string items;
  if (commas && !addresses) {
    items = inner;
  } else {
    for (Offset at = open + 1; at < end - 1;) {
      if (scan::is_blank(text[at]) || text[at] == ',') {
        ++at;
        continue;
      }
      const Offset last = text[at] == '"' ? scan::skip_string(text, at) : bare_end(text.substr(0, end - 1), at, ",");
      const std::string item(text.substr(at, last - at));
      items += (items.empty() ? "" : ", ") + (addresses ? "\"" + item + "\"" : item);
      at = std::max(last, at + 1);
    }
  }
  constexpr std::size_t kShown = 50;
  out.fix_end = end;
  fixed(out, "[" + items + "]", !items.empty());
  if (out.replacement.size() <= kShown && out.certain) {
    out.help = "write " + scan::ticked(out.replacement);
  }
  return out;
}

}  // namespace sprx::advice

namespace sprx {

std::optional<Foreign> foreign::method_behind(std::string_view text, Offset at) {
  const std::string_view name = scan::name_at(text, at + 1);
  if (at == 0 || (text[at - 1] != ']' && text[at - 1] != ')') || name.empty()) return std::nullopt;
  const auto* const known = std::find_if(advice::kTheirMethods.begin(), advice::kTheirMethods.end(),
                                         [&](const advice::Method& method) { return method.theirs == name; });
  if (known == advice::kTheirMethods.end()) return std::nullopt;
  const Offset begin = advice::value_begin(text, at);
  const bool whole = begin != at;
  const std::string value = whole ? std::string(text.substr(begin, at - begin)) : "...";
  const std::string ours(known->ours);
  const bool function = ours.ends_with('(');
  const Offset argument = at + 2 + static_cast<Offset>(name.size());
  const bool given = ours != "matches" && ours != "in" && argument < text.size() && text[argument - 1] == '(' &&
                     text[argument] == '"' && scan::skip_string(text, argument) - argument <= 40;
  const std::string right = given ? std::string(text.substr(argument, scan::skip_string(text, argument) - argument))
                            : ours == "matches" ? "r\"...\""
                            : ours == "in"      ? "[\"...\"]"
                                                : "\"...\"";
  const std::string said = function ? ours + value + ")" : value + " " + ours + " " + right;
  Offset end = at + 1 + static_cast<Offset>(name.size());
  Foreign out = found(whole ? begin : at, end - (whole ? begin : at),
                      "values have no methods: " + scan::ticked("." + std::string(name)) + " stands behind one",
                      "write " + scan::ticked(said));
  if (!function || !whole || known->ours == "replace(") return out;
  out.fix_end = text.substr(end).starts_with("()") ? end + 2 : end;
  return advice::fixed(out, said, !text.substr(out.fix_end).starts_with('('));
}

bool key_without_bracket(std::string_view text, Offset at) {
  const Offset stray = advice::stray_close(text, at);
  const std::string_view name = advice::name_before(text, scan::before_blanks(text, at), true);
  return text[at] == '"' && text[stray] == ']' && !name.empty() && !scan::is_reserved(name) && !scan::is_digit(name[0]);
}

}  // namespace sprx
