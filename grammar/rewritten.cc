#include "grammar/rewritten.h"

#include <algorithm>
#include <array>

namespace sprx::rewritten {
namespace {

constexpr std::size_t kRuleShown = 150;
constexpr std::size_t kMostWords = 12;

struct Variable {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array kInTargets = {
    Variable{"%{HTTP_HOST}", "${host}"}, Variable{"%{SERVER_NAME}", "${host}"}, Variable{"%{REQUEST_URI}", "${path}"},
    Variable{"$request_uri", "${uri}"},  Variable{"$http_host", "${host}"},     Variable{"$server_name", "${host}"},
    Variable{"$host", "${host}"},        Variable{"$uri", "${path}"},           Variable{"$scheme", "${scheme}"},
};

bool is_meta(char c) { return std::string_view(".[]()*+?{}|^$").find(c) != std::string_view::npos; }

/// The inside of `^...$`: groups get names, and what is plain is noted.
bool read_body(std::string_view body, Regex& out) {
  for (std::size_t at = 0; at < body.size(); ++at) {
    const char c = body[at];
    if (c == '"' || static_cast<unsigned char>(c) < 0x21) return false;
    if (c == '\\') {
      if (++at == body.size()) return false;
      const bool sign = !scan::is_name_char(body[at]);
      out.plain = out.plain && sign;
      out.text += body[at];
      out.pattern += body[at] == '/' ? "/" : std::string("\\") + body[at];
      continue;
    }
    out.plain = out.plain && !is_meta(c);
    out.text += c;
    out.pattern += c;
    if (c != '(' || body.substr(at).starts_with("(?")) continue;
    out.pattern += "?P<p" + std::to_string(++out.groups) + ">";
  }
  return true;
}

std::string_view unquoted(std::string_view word) {
  return word.size() > 1 && word.front() == word.back() && (word.front() == '"' || word.front() == '\'')
             ? word.substr(1, word.size() - 2)
             : word;
}

/// Past the word that begins at `at`.
Offset word_end(std::string_view text, Offset at, Offset line) {
  const char quote = text[at];
  const std::size_t close = quote == '"' || quote == '\'' ? text.substr(0, line).find(quote, at + 1) : 0;
  if (close != 0 && close != std::string_view::npos) return static_cast<Offset>(close) + 1;
  while (at < line && !scan::is_blank(text[at])) ++at;
  return at;
}

}  // namespace

std::optional<Regex> read_regex(std::string_view source) {
  Regex out;
  out.begins = source.starts_with('^');
  if (out.begins) source.remove_prefix(1);
  out.ends = source.ends_with('$') && !source.ends_with("\\$");
  if (out.ends) source.remove_suffix(1);
  if (!read_body(source, out)) return std::nullopt;
  out.pattern = (out.begins ? "^" : "") + out.pattern + (out.ends ? "$" : "");
  return out;
}

std::optional<Regex> path_regex(std::string_view source, std::string_view target) {
  const std::string_view body = source.substr(source.starts_with('^') ? 1 : 0);
  const char first = body.empty() ? '/' : body[0];
  const bool below = first == '(' && target.find("/$1") != std::string_view::npos && !body.starts_with("(/");
  const bool bare = source.starts_with('^') && (scan::is_name_char(first) || below);
  return read_regex(bare ? "^/" + std::string(body) : std::string(source));
}

std::string condition(std::string_view field, const Regex& regex, bool negated, bool nocase) {
  const bool any = regex.pattern.empty() || regex.pattern == "^" || regex.pattern == "$" || regex.pattern == ".*" ||
                   regex.pattern == "^.*$";
  if (any && !negated) return {};
  const std::string left(field);
  if (!regex.plain || regex.text.empty()) {
    return left + (negated ? " not matches r\"" : " matches r\"") + regex.pattern + "\"" + (nocase ? "i" : "");
  }
  const std::string value = " \"" + regex.text + "\"";
  const std::string how = nocase && field != "host" ? " nocase " : " ";
  if (regex.begins && regex.ends) return left + how + (negated ? "!=" : "==") + value;
  const std::string no = negated ? " not" : "";
  return left + no + how + (regex.begins ? "starts_with" : regex.ends ? "ends_with" : "contains") + value;
}

std::optional<std::string> target(std::string_view source, std::uint32_t groups) {
  std::string out;
  for (std::size_t at = 0; at < source.size();) {
    const std::string_view rest = source.substr(at);
    const auto* const known = std::find_if(kInTargets.begin(), kInTargets.end(),
                                           [&](const Variable& one) { return rest.starts_with(one.theirs); });
    if (known != kInTargets.end()) {
      out += known->ours;
      at += known->theirs.size();
      continue;
    }
    const bool group = (rest[0] == '$' || rest[0] == '\\') && rest.size() > 1 && scan::is_digit(rest[1]);
    if (group) {
      if (rest[1] == '0' || static_cast<std::uint32_t>(rest[1] - '0') > groups) return std::nullopt;
      out += std::string("${p") + rest[1] + "}";
      at += 2;
      continue;
    }
    const bool percent =
        rest.starts_with("%{") || rest.starts_with("%[") ||
        (rest.size() > 1 && rest[0] == '%' && scan::is_digit(rest[1]) && (rest.size() < 3 || rest[2] == '/'));
    if (percent || rest[0] == '$' || rest[0] == '\\' || rest[0] == '"') return std::nullopt;
    out += rest[0];
    ++at;
  }
  return out;
}

Words words_of_line(std::string_view text, Offset at) {
  Words out;
  const Offset line = scan::line_end(text.substr(0, std::size_t{at} + scan::kLookBack), at);
  while (at < line && out.words.size() < kMostWords) {
    at = scan::skip_spaces(text, at);
    if (at >= line || text[at] == '#' || text[at] == '\r') break;
    const Offset end = word_end(text, at, line);
    std::string_view word = text.substr(at, end - at);
    at = end;
    const std::size_t semicolon = word.find(';');
    if (semicolon != std::string_view::npos && (word[0] != '"' || semicolon + 1 == word.size())) {
      out.ended = true;
      out.end = end - static_cast<Offset>(word.size() - semicolon) + 1;
      word = word.substr(0, semicolon);
    }
    if (!word.empty()) out.words.push_back(unquoted(word));
    if (out.ended) return out;
    if (end < line && text[end] == ';') {
      out.ended = true;
      out.end = end + 1;
      return out;
    }
  }
  out.end = line;
  return out;
}

std::optional<Foreign> directive(std::string_view text, Offset at, const Words& line, std::string help, Place place) {
  if (help.empty()) return std::nullopt;
  const std::string_view name = line.words[0];
  Foreign out{at,
              at + static_cast<Offset>(name.size()),
              scan::ticked(name) + " is not a statement of this language",
              std::move(help),
              {}};
  out.skip_to = line.end;
  // In a rule of one line its `}` closes the rule.
  const std::size_t brace = text.substr(at, line.end - at).rfind(" }");
  if (!line.ended && place != Place::file && brace != std::string_view::npos)
    out.skip_to = at + static_cast<Offset>(brace) + 1;
  return out;
}

std::string write_rule(std::string_view condition, std::string_view action, Place place) {
  const std::string when = condition.empty() ? std::string() : "when " + std::string(condition) + "; ";
  const std::string body = when + std::string(action) + ";";
  const std::string whole = place == Place::rule ? body : "rule name { " + body + " }";
  return whole.size() <= kRuleShown ? "write " + scan::ticked(whole) : std::string();
}

std::string write_rewrite(std::string_view pattern, std::string_view to, std::string_view status, bool nocase,
                          Place place) {
  const std::optional<Regex> regex = path_regex(pattern, to);
  if (!regex) return {};
  const bool drops = to.ends_with('?');
  if (drops) to.remove_suffix(1);
  const std::optional<std::string> ours = target(to, regex->groups);
  if (!ours || ours->empty()) return {};
  const bool url = ours->find("://") != std::string::npos || ours->starts_with("${scheme}");
  const bool query = ours->find('?') != std::string::npos || ours->find("${uri}") != std::string::npos;
  if (status.empty() && !url && query) return {};  // a path holds no query
  if (!url && !ours->starts_with('/')) return {};
  const std::string code(status.empty() ? "302" : status);
  const std::string action = status.empty() && !url
                                 ? "set path = \"" + *ours + "\""
                                 : "redirect " + code + " \"" + *ours + "\"" + (drops || query ? "" : " keep_query");
  return write_rule(condition("path", *regex, false, nocase), action, place);
}

std::optional<Foreign> nginx_rewrite(std::string_view text, Offset at, Place place) {
  const Words line = words_of_line(text, at);
  if (line.words.size() < 3 || line.words[0] != "rewrite") return std::nullopt;
  const std::string_view flag = line.words.size() > 3 ? line.words[3] : "";
  const std::string_view status = flag == "permanent" ? "301" : flag == "redirect" ? "302" : "";
  Foreign out{at, at + 7, "`rewrite` is not a statement of this language", {}, {}};
  out.help = write_rewrite(line.words[1], line.words[2], status, false, place);
  if (out.help.empty()) return std::nullopt;
  out.skip_to = line.end;
  return out;
}

}  // namespace sprx::rewritten
