// Declarations that begin with another word, or say the type of their rows in another place.
#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"

namespace sprx::advice {
namespace {

struct TypeWord {
  std::string_view word;
  std::string_view type;
};
/// Words before a name that say of what type a list of that name would be.
constexpr std::array kTypeWords = {TypeWord{"acl", "cidr"},
                                   TypeWord{"ipset", "cidr"},
                                   TypeWord{"ip_list", "cidr"},
                                   TypeWord{"ip_set", "cidr"},
                                   TypeWord{"cidr", "cidr"},
                                   TypeWord{"cidrs", "cidr"},
                                   TypeWord{"subnet", "cidr"},
                                   TypeWord{"subnets", "cidr"},
                                   TypeWord{"network", "cidr"},
                                   TypeWord{"networks", "cidr"},
                                   TypeWord{"ip", "ip"},
                                   TypeWord{"ips", "ip"},
                                   TypeWord{"domain", "domain"},
                                   TypeWord{"domains", "domain"},
                                   TypeWord{"host", "host"},
                                   TypeWord{"hosts", "host"},
                                   TypeWord{"path", "path"},
                                   TypeWord{"paths", "path"},
                                   TypeWord{"int", "int"},
                                   TypeWord{"string", "string"},
                                   TypeWord{"strings", "string"},
                                   TypeWord{"pattern", "pattern"},
                                   TypeWord{"patterns", "pattern"},
                                   TypeWord{"regex", "pattern"},
                                   TypeWord{"regexp", "pattern"},
                                   TypeWord{"re", "pattern"},
                                   TypeWord{"rx", "pattern"}};

std::string_view type_said_by(std::string_view word) {
  const auto known =
      std::find_if(kTypeWords.begin(), kTypeWords.end(), [&](const auto& one) { return one.word == word; });
  return known == kTypeWords.end() ? std::string_view{} : known->type;
}

bool begins_pattern(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  return rest.starts_with("r\"") || (rest.starts_with('/') && !rest.starts_with("//") && !rest.starts_with("/*"));
}

/// Past a pattern and its flag.
Offset past_pattern(std::string_view text, Offset at) {
  const Offset end = scan::skip_regex(text, at);
  return scan::name_at(text, end) == "i" ? end + 1 : end;
}

/// The type that the first of the rows has by the look of it.
std::string_view type_of_rows(std::string_view text, Offset open) {
  const Offset at = scan::skip_blanks(text, open + 1);
  if (at >= text.size()) return "string";
  if (begins_pattern(text, at)) return "pattern";
  if (scan::is_digit(text[at])) return "int";
  if (text[at] != '"') return "string";
  const Offset end = scan::skip_string(text, at);
  const std::string_view inner = text.substr(at + 1, end > at + 2 ? end - at - 2 : 0);
  const bool digits = inner.find_first_not_of("0123456789abcdefABCDEF.:/") == std::string_view::npos;
  const bool v4 = std::count(inner.begin(), inner.end(), '.') == 3 &&
                  inner.find_first_not_of("0123456789./") == std::string_view::npos;
  if (v4 || (digits && std::count(inner.begin(), inner.end(), ':') >= 2)) return "cidr";
  return inner.starts_with('/') ? "path" : "string";
}

/// `WORD NAME =`, at the head of a declaration.
struct Assigned {
  std::string_view word;
  std::string_view name;
  Offset begin = 0;
  Offset end = 0;    ///< of the name
  Offset value = 0;  ///< where its value begins
};

Foreign not_ours(const Assigned& seen, std::string help) {
  return say(SyntaxErrorKind::foreign_spelling, seen.begin, seen.begin + static_cast<Offset>(seen.word.size()),
             scan::ticked(seen.word) + " is not a statement of this language", std::move(help));
}

/// `pattern bots = /bot/i;`: patterns have no names of their own, lists of them do.
std::optional<Foreign> named_pattern(std::string_view text, const Assigned& seen) {
  const bool quoted = text[seen.value] == '"' && type_said_by(seen.word) == "pattern";
  if (!quoted && !begins_pattern(text, seen.value)) return std::nullopt;
  const Offset end = quoted ? scan::skip_string(text, seen.value) : past_pattern(text, seen.value);
  std::string pattern(text.substr(seen.value, end - seen.value));
  bool certain = !quoted && scan::skip_blanks(text, end) < text.size() && text[scan::skip_blanks(text, end)] == ';';
  if (quoted) {
    const std::optional<QuotedPattern> meant = sprx::quoted_pattern(pattern);
    if (!meant) return std::nullopt;
    certain = false;
    pattern = "r\"" + meant->text + "\"";
  }
  const std::string name(seen.name);
  constexpr std::size_t kShown = 40;
  const std::string shown = pattern.size() <= kShown ? pattern : "r\"...\"";
  Foreign out = say(SyntaxErrorKind::foreign_spelling, seen.begin, seen.end, "a pattern by itself has no name",
                    "write `list " + name + ": pattern = [" + shown + "];` and `header[\"User-Agent\"] matches " +
                        name + "`, or the pattern after `matches`");
  out.fix_end = end;
  return fixed(out, "list " + name + ": pattern = [" + pattern + "]", certain);
}

std::optional<Foreign> named_rows(std::string_view text, const Assigned& seen) {
  const std::string name(seen.name);
  if (text[seen.value] == '{') {
    Foreign out = not_ours(seen, "write `table " + name + ": string -> string = { \"key\" => \"value\"; };`");
    out.fix_end = seen.end;
    return fixed(out, "table " + name + ": string -> string", false);
  }
  if (text[seen.value] != '[') return std::nullopt;
  const std::string_view said = type_said_by(seen.word);
  const std::string head = "list " + name + ": " + std::string(said.empty() ? type_of_rows(text, seen.value) : said);
  const bool addresses = head.ends_with("cidr");
  Foreign out = not_ours(seen, "write " + scan::ticked(head + " = [...];") +
                                   (addresses ? " and " + scan::ticked("client.ip in " + name) : std::string()));
  out.fix_end = seen.end;
  return fixed(out, head, !said.empty() || head.ends_with("pattern"));
}

}  // namespace

std::optional<Foreign> named_value(std::string_view text, Offset at) {
  Assigned seen{scan::name_at(text, at), {}, at, 0, 0};
  if (seen.word.empty() || seen.word == "let" || scan::is_reserved(seen.word)) return std::nullopt;
  const Offset name = scan::skip_spaces(text, at + static_cast<Offset>(seen.word.size()));
  seen.name = scan::name_at(text, name);
  if (seen.name.empty() || scan::is_reserved(seen.name)) return std::nullopt;
  seen.end = name + static_cast<Offset>(seen.name.size());
  const Offset sign = scan::skip_spaces(text, seen.end);
  const bool colon = text.substr(sign).starts_with(":=");
  if (!colon && (!text.substr(sign).starts_with('=') || text.substr(sign).starts_with("=="))) return std::nullopt;
  seen.value = scan::skip_blanks(text, sign + (colon ? 2 : 1));
  if (seen.value >= text.size()) return std::nullopt;
  if (auto pattern = named_pattern(text, seen)) return pattern;
  if (auto rows = named_rows(text, seen)) return rows;
  Offset end = seen.value;
  while (end < text.size() && scan::is_digit(text[end])) ++end;
  if (end > seen.value && text.substr(end).starts_with('/')) {
    return not_ours(seen, "write `limit " + std::string(seen.name) + " { key client.ip; rate 10/s; }`, and `over " +
                              std::string(seen.name) + ";` in a rule");
  }
  const std::string_view line = text.substr(seen.value, scan::line_end(text, seen.value) - seen.value);
  const std::string_view value = line.substr(0, std::min(line.find(';'), line.size()));
  Foreign out =
      not_ours(seen, "a value with a name is a `let`: `let " + std::string(seen.name) + " = " +
                         (value.size() <= 40 && line.size() > value.size() ? std::string(value) : "...") + ";`");
  if (!colon) out.fix_end = at + static_cast<Offset>(seen.word.size());
  return colon ? out : fixed(out, "let", true);
}

std::optional<Foreign> type_of_list(std::string_view text, Offset at) {
  const Offset first_end = scan::before_blanks(text, at);
  const std::string_view first = name_before(text, first_end, false);
  const Offset begin = first_end - static_cast<Offset>(first.size());
  const std::string_view head = word_before(text, begin);
  if (head == "table" && !first.empty() && text[at] == '=') {
    const std::string whole = std::string(first) + ": string -> string";
    Foreign out = say(SyntaxErrorKind::unexpected, begin, first_end,
                      "expected `:` and the types of keys and values after this name, found `=`",
                      "write " + scan::ticked("table " + whole + " = { \"key\" => \"value\"; };"));
    out.fix_end = first_end;
    return fixed(out, whole, false);
  }
  const std::string_view second = scan::name_at(text, at);
  if (head == "table" && !first.empty() && !second.empty() &&
      text.substr(scan::skip_spaces(text, at + static_cast<Offset>(second.size()))).starts_with("->")) {
    const std::string whole = std::string(first) + ": " + std::string(second);
    Foreign out =
        say(SyntaxErrorKind::unexpected, begin, at + static_cast<Offset>(second.size()),
            "expected `:` between the name and the types", "write " + scan::ticked("table " + whole + " -> ..."));
    out.fix_end = out.end;
    return fixed(out, whole, true);
  }
  if (head != "list" || first.empty()) return std::nullopt;
  Offset end = second.empty() ? first_end : at + static_cast<Offset>(second.size());
  Offset sign = scan::skip_spaces(text, end);
  if (!second.empty() && text.substr(sign).starts_with(':')) sign = scan::skip_spaces(text, end = sign + 1);
  if (!text.substr(sign).starts_with('=')) return std::nullopt;
  std::string_view name = first;
  std::string_view type = type_said_by(second);
  if (!second.empty() && type.empty()) {  // `list cidr office =`
    name = second;
    type = type_said_by(first);
    if (type.empty()) return std::nullopt;
  }
  const Offset rows = scan::skip_blanks(text, sign + 1);
  const bool guessed = type.empty();
  if (guessed) type = rows < text.size() && text[rows] == '[' ? type_of_rows(text, rows) : "string";
  const std::string whole = std::string(name) + ": " + std::string(type);
  Foreign out = say(SyntaxErrorKind::unexpected, begin, second.empty() ? first_end : end,
                    second.empty() ? "expected `:` and a type after this name, found `=`"
                                   : "the type of a list stands after its name and a `:`",
                    "write " + scan::ticked("list " + whole + " = [...];"));
  out.fix_end = end;
  return fixed(out, whole, !guessed || type == "pattern");
}

std::optional<Foreign> other_declaration(std::string_view text, Offset at) {
  const std::string_view word = scan::name_at(text, at);
  if (word.empty()) return std::nullopt;
  const Offset end = at + static_cast<Offset>(word.size());
  const Offset next = scan::skip_spaces(text, end);
  const char c = next < text.size() ? text[next] : '\0';
  const std::string_view second = scan::name_at(text, next);
  const Offset second_end = next + static_cast<Offset>(second.size());
  constexpr std::array<std::string_view, 6> kSections = {"upstream", "client", "tunnel", "limits", "client_ip", "http"};
  if (c == '{' && std::find(kSections.begin(), kSections.end(), word) != kSections.end()) {
    return say(SyntaxErrorKind::unexpected, at, end, scan::ticked(word) + " is a section of the settings",
               "write `settings { " + std::string(word) + " { ... } }`");
  }
  if (word == "nocase") {
    return say(SyntaxErrorKind::unexpected, at, end, "`nocase` begins no declaration",
               "it stands after the rows and before the block: `from \"file.tsv\" nocase { ... }`");
  }
  if (word == "request" && second == "rule") {
    Foreign out = say(SyntaxErrorKind::foreign_spelling, at, second_end, "a rule about requests is a `rule`",
                      "write `rule name { when ...; deny; }`; only `response rule` has a word before it");
    return fixed(out, "rule", true);
  }
  if (end < text.size() && text[end] == '.') {  // `www.example.com {`
    const Offset last = bare_end(text, at, "{;,\"");
    const std::string_view host = text.substr(at, last - at);
    if (text.substr(scan::skip_spaces(text, last)).starts_with('{') && plain_url(host)) {
      return say(
          SyntaxErrorKind::foreign_spelling, at, last, "no declaration begins with a host",
          "write `group name when host == \"" + std::string(host.substr(0, host.find_first_of("/:"))) + "\" { ... }`");
    }
  }
  constexpr std::array<std::string_view, 4> kNamed = {"rule", "group", "test", "limit"};
  const Offset open = scan::skip_spaces(text, second_end);
  if (std::find(kNamed.begin(), kNamed.end(), second) != kNamed.end() && text.substr(open).starts_with('{')) {
    const std::string whole = std::string(second) + " " + std::string(word);
    Foreign out = say(SyntaxErrorKind::unexpected, at, second_end, "a name stands after " + scan::ticked(second),
                      "write " + scan::ticked(whole + " { ... }"));
    return fixed(out, whole, true);
  }
  if (word == "response_rule" || word == "request_rule" || (word == "response" && c == '{')) {
    const std::string ours = word == "request_rule" ? "rule" : "response rule";
    Foreign out =
        say(SyntaxErrorKind::unexpected, at, end, "a rule begins with " + scan::ticked(ours) + " and its name",
            "write `" + ours + " name { when " + (ours == "rule" ? "path == \"/old\"" : "response.status == 404") +
                "; ... }`");
    if (c != '{') fixed(out, ours, true);
    return out;
  }
  if (word == "response" && !second.empty() && !scan::is_reserved(second) && text.substr(open).starts_with('{')) {
    const std::string whole = "response rule " + std::string(second);
    Foreign out = say(SyntaxErrorKind::unexpected, next, second_end,
                      "expected `rule` after `response`, found " + scan::found(text, next),
                      "write " + scan::ticked(whole + " { ... }"));
    out.begin = at;
    return fixed(out, whole, true);
  }
  if (word == "dynamic" && second == "table") {
    return say(SyntaxErrorKind::unexpected, at, second_end, "tables do not change at run time",
               "what does is a `dynamic list name: ip { ttl 1h; max 10_000; }`, and a `flag`");
  }
  if (word == "dynamic" && second != "list" && !second.empty()) {
    Foreign out =
        say(SyntaxErrorKind::unexpected, at, end, "expected `list` after `dynamic`, found " + scan::found(text, next),
            "write `dynamic list " + std::string(second) + ": ip { ttl 1h; max 10_000; }`");
    return fixed(out, "dynamic list", true);
  }
  if (word == "limit_req_zone" || word == "limit_req" || word == "ratelimit") {
    Foreign out =
        say(SyntaxErrorKind::foreign_spelling, at, end, scan::ticked(word) + " is not a statement of this language",
            "write `limit name { key client.ip; rate 10/s; }`, and `over name;` in a rule");
    return out;
  }
  const bool colon = text.substr(next).starts_with(":=");
  const bool assigns = colon || (c == '=' && !text.substr(next).starts_with("=="));
  if (assigns && !scan::is_reserved(word) && !is_declaration_word(word)) {
    Foreign out = say(SyntaxErrorKind::unexpected, at, end,
                      "expected a declaration such as `rule` or `list`, found " + scan::ticked(word),
                      "a value with a name is a `let`: `let " + std::string(word) + " = ...;`");
    if (colon) out.fix_end = next + 2;
    // Or `flag`, `list`: a word that was left out.
    return fixed(out, "let " + std::string(word) + (colon ? " =" : ""), false);
  }
  return std::nullopt;
}

}  // namespace sprx::advice
