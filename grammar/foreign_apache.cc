// Directives of Apache: a line with its words, each with what serves instead.
#include <algorithm>
#include <array>
#include <span>

#include "grammar/rewritten.h"

namespace sprx::rewritten {
namespace {

using Arguments = std::span<const std::string_view>;

constexpr std::string_view kPasswords =
    "passwords and users belong to the origin; a rule can ask `header[\"Authorization\"]`";

struct Asked {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array kAsked = {
    Asked{"HTTP_HOST", "host"},
    Asked{"SERVER_NAME", "host"},
    Asked{"REQUEST_URI", "path"},
    Asked{"REQUEST_METHOD", "method"},
    Asked{"QUERY_STRING", "raw_query"},
    Asked{"HTTP_USER_AGENT", "header[\"User-Agent\"] \?\? \"\""},
    Asked{"HTTP_REFERER", "header[\"Referer\"] \?\? \"\""},
    Asked{"HTTP_ACCEPT", "header[\"Accept\"] \?\? \"\""},
    Asked{"HTTP_COOKIE", "header[\"Cookie\"] \?\? \"\""},
};

bool has_flag(std::string_view flags, std::string_view flag) {
  if (flags.starts_with('[')) flags.remove_prefix(1);
  if (flags.ends_with(']')) flags.remove_suffix(1);
  while (!flags.empty()) {
    const std::size_t comma = std::min(flags.find(','), flags.size());
    if (flags.substr(0, comma) == flag) return true;
    flags.remove_prefix(std::min(comma + 1, flags.size()));
  }
  return false;
}

/// The status of `[R=301,L]`; "302" for `[R]`, "" without one.
std::string flagged_status(std::string_view flags) {
  const std::size_t at = flags.find("R=");
  if (at != std::string_view::npos) {
    const std::string_view status = flags.substr(at + 2, flags.find_first_of(",]", at) - at - 2);
    return status == "permanent" ? "301" : status == "temp" ? "302" : std::string(status);
  }
  return has_flag(flags, "R") ? "302" : "";
}

bool is_redirect(std::string_view status) {
  return status.empty() || status == "301" || status == "302" || status == "303" || status == "307" || status == "308";
}

std::string rewrite_rule(Arguments given, Place place) {
  if (given.size() < 2) return {};
  const std::string_view flags = given.size() > 2 ? given[2] : "";
  const bool nocase = has_flag(flags, "NC") || has_flag(flags, "nocase");
  const bool forbidden = has_flag(flags, "F") || has_flag(flags, "forbidden");
  if (forbidden || has_flag(flags, "G") || has_flag(flags, "gone")) {
    const std::optional<Regex> regex = path_regex(given[0], {});
    if (!regex) return {};
    return write_rule(condition("path", *regex, false, nocase), forbidden ? "deny" : "respond 410", place);
  }
  const std::string status = flagged_status(flags);
  if (given[1] == "-" || !is_redirect(status)) return {};
  return write_rewrite(given[0], given[1], status, nocase, place);
}

std::string rewrite_condition(Arguments given) {
  if (given.size() < 2) return {};
  std::string_view pattern = given[1];
  const bool negated = pattern.starts_with('!');
  if (negated) pattern.remove_prefix(1);
  constexpr std::array<std::string_view, 5> kFiles = {"-f", "-d", "-s", "-l", "-F"};
  if (std::find(kFiles.begin(), kFiles.end(), pattern) != kFiles.end())
    return "what files there are is known to the origin only; remove the line";
  std::string_view name = given[0];
  if (!name.starts_with("%{") || !name.ends_with('}')) return {};
  name = name.substr(2, name.size() - 3);
  if (name == "HTTPS") {
    const bool on = (pattern == "on") != negated;
    return on ? "write `when scheme == \"https\";`" : "write `when scheme == \"http\";`";
  }
  const auto* const known =
      std::find_if(kAsked.begin(), kAsked.end(), [&](const Asked& one) { return one.theirs == name; });
  const std::optional<Regex> regex = read_regex(pattern);
  if (known == kAsked.end() || !regex) return {};
  const bool nocase = given.size() > 2 && has_flag(given[2], "NC");
  const std::string said = condition(known->ours, *regex, negated, nocase);
  constexpr std::size_t kShown = 90;
  if (said.empty() || said.size() > kShown) return {};
  return "it is a condition of the rule that the next line becomes: `when " + said + ";`";
}

std::string redirected(Arguments given, bool pattern, Place place) {
  std::string_view status = "302";
  if (!given.empty() && (given[0] == "permanent" || given[0] == "temp" || given[0] == "seeother" ||
                         given[0] == "gone" || scan::is_digit(given[0].empty() ? 'x' : given[0][0]))) {
    status = given[0] == "permanent"  ? "301"
             : given[0] == "temp"     ? "302"
             : given[0] == "seeother" ? "303"
             : given[0] == "gone"     ? "410"
                                      : given[0];
    given = given.subspan(1);
  }
  if (given.empty()) return {};
  // What follows the path of a `Redirect` is kept.
  std::string source(given[0]);
  if (!pattern) {
    if (!source.starts_with('/') || source.find_first_of(".*+?()[]{}|^$\\") != std::string::npos) return {};
    source = "^" + source + "(" + (source.ends_with('/') ? ".*" : "(?:/.*)?") + ")$";
  }
  if (status == "410") {
    const std::optional<Regex> regex = read_regex(source);
    return regex ? write_rule(condition("path", *regex, false, false), "respond 410", place) : std::string();
  }
  if (given.size() != 2 || !is_redirect(status)) return {};
  return write_rewrite(source, std::string(given[1]) + (pattern ? "" : "$1"), status, false, place);
}

std::string header_edit(Arguments given, bool response, Place place) {
  if (!given.empty() && (given[0] == "always" || given[0] == "onsuccess")) given = given.subspan(1);
  if (given.size() < 2) return {};
  const std::string_view how = given[0];
  const std::string field = std::string(response ? "response.header[\"" : "header[\"") + std::string(given[1]) + "\"]";
  const bool removes = how == "unset";
  const bool adds = how == "add" || how == "append" || how == "merge";
  const bool value = given.size() > 2 && given[2].find_first_of("\"%\\$") == std::string_view::npos;
  if (!removes && ((!adds && how != "set" && how != "setifempty") || !value)) return {};
  const std::string edit =
      removes ? "unset " + field : (adds ? "add " : "set ") + field + " = \"" + std::string(given[2]) + "\"";
  if (place == Place::rule) return "write `" + edit + ";`" + (response ? " in a `response rule`" : "");
  return "write `" + std::string(response ? "response rule" : "rule") + " name { " + edit + "; }`";
}

/// `Require ip 10.0.0.0/8`, `Deny from all`, `Order deny,allow`.
std::string access(std::string_view name, Arguments given, Place place) {
  if (name == "Order" || name == "Satisfy")
    return "rules are tried in order and what none denies passes; remove the line";
  if (given.size() < 2) return {};
  const bool lets = name == "Allow" || (name == "Require" && given[1] != "denied");
  const bool all = given[1] == "all" || given[0] == "all";
  if (all) {
    return lets                   ? "what no rule denies passes; remove the line"
           : place == Place::rule ? "write `deny;`"
                                  : "write `rule name { deny; }`, with a `when` for less than everything";
  }
  if (name == "Require" && given[0] != "ip") return std::string(kPasswords);
  std::string rows;
  for (const std::string_view address : given.subspan(1)) {
    if (address.find_first_not_of("0123456789abcdefABCDEF.:/") != std::string_view::npos) return {};
    rows += (rows.empty() ? "\"" : ", \"") + std::string(address) + "\"";
  }
  return write_rule(std::string(lets ? "client.ip not in [" : "client.ip in [") + rows + "]", "deny", place);
}

std::string error_document(Arguments given) {
  if (given.size() < 2 || given[0].find_first_not_of("0123456789") != std::string_view::npos) return {};
  const std::string status(given[0]);
  const std::size_t name = given[1].rfind('/');
  const std::string page(name == std::string_view::npos ? "page.html" : given[1].substr(name + 1));
  return "write `response rule name { when response.status == " + status + "; respond " + status + " { body file \"" +
         page + "\"; } }` with the page beside the rules";
}

std::string help_of(std::string_view name, Arguments given, Place place) {
  constexpr std::array<std::string_view, 8> kOfPasswords = {"AuthType",         "AuthName",          "AuthUserFile",
                                                            "AuthGroupFile",    "AuthBasicProvider", "AuthLDAPURL",
                                                            "AuthDigestDomain", "AuthMerging"};
  if (std::find(kOfPasswords.begin(), kOfPasswords.end(), name) != kOfPasswords.end()) return std::string(kPasswords);
  if (name == "RewriteRule") return rewrite_rule(given, place);
  if (name == "RewriteCond") return rewrite_condition(given);
  if (name == "RedirectMatch") return redirected(given, true, place);
  if (name == "Redirect") return redirected(given, false, place);
  if (name == "RedirectPermanent" && given.size() == 2) {
    const std::array<std::string_view, 3> whole = {"permanent", given[0], given[1]};
    return redirected(whole, false, place);
  }
  if (name == "ErrorDocument") return error_document(given);
  if (name == "Header" || name == "RequestHeader") return header_edit(given, name == "Header", place);
  if (name == "Require" || name == "Order" || name == "Deny" || name == "Allow" || name == "Satisfy")
    return access(name, given, place);
  return {};
}

/// In a rule these may be statements of ours that begin with a capital.
bool may_be_ours(std::string_view name, std::string_view line, Arguments given) {
  if (name == "Redirect") return line.find('"') != std::string_view::npos;
  if (name == "Deny" || name == "Allow") return given.empty() || given[0] != "from";
  return name == "Header" && (given.size() < 2 || given[0].find_first_of("\"=") != std::string_view::npos);
}

}  // namespace

std::optional<Foreign> apache_line(std::string_view text, Offset at, std::string_view name, Place place) {
  if (name.empty() || name[0] < 'A' || name[0] > 'Z') return std::nullopt;
  const Words line = words_of_line(text, at);
  if (line.words.empty() || line.words[0] != name) return std::nullopt;
  const Arguments given = Arguments(line.words).subspan(1);
  if (place == Place::rule && may_be_ours(name, text.substr(at, line.end - at), given)) return std::nullopt;
  return directive(text, at, line, help_of(name, given, place), place);
}

}  // namespace sprx::rewritten
