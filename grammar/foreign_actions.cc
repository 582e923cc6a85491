// Actions of HAProxy: `http-request set-path /b`, `silent-drop`, `track-sc0 src`.
#include <algorithm>
#include <array>
#include <span>

#include "grammar/rewritten.h"

namespace sprx::rewritten {
namespace {

using Values = std::span<const std::string_view>;

constexpr std::string_view kWhenBefore = ", its condition before it: `when path under \"/old\";`";

struct Answered {
  std::string_view action;
  std::string_view help;
};
/// Actions whose arguments do not matter, and those that there are not.
constexpr std::array kAnswered = {
    Answered{"silent-drop", "write `drop;`"},
    Answered{"reject", "write `drop;`"},
    Answered{"tarpit", "nobody is kept waiting; write `drop;` or `deny 429;`"},
    Answered{"allow", "write `forward;`"},
    Answered{"auth", "passwords and users belong to the origin; a rule can ask `header[\"Authorization\"]`"},
    Answered{"set-method", "the method is forwarded as it came; a rule can ask `method`"},
    Answered{"set-query", "write `set query[\"name\"] = \"value\";` for each parameter"},
    Answered{"set-uri", "write `set path = \"/new\";` and `set query[\"name\"] = \"value\";`"},
    Answered{"set-log-level", "write `log key = \"value\";`: a field of the access log's line"},
    Answered{"capture", "write `log key = header[\"X-Name\"] \?\? \"\";`: a field of the access log's line"},
    Answered{"set-src", "write `settings { client_ip { header \"True-Client-IP\"; } }`"},
    Answered{"cache-use", "caching belongs to another proxy of the chain"},
    Answered{"cache-store", "caching belongs to another proxy of the chain"},
};

bool plain_value(std::string_view text) {
  return !text.empty() && text.find_first_of("\"%\\$[]") == std::string_view::npos;
}

std::string header_action(std::string_view action, Values given, bool response) {
  if (given.empty() || !plain_value(given[0])) return {};
  const std::string field = std::string(response ? "response.header[\"" : "header[\"") + std::string(given[0]) + "\"]";
  const std::string where = response ? " in a `response rule`" : "";
  if (action == "del-header") return "write `unset " + field + ";`" + where;
  const std::string value(given.size() > 1 && plain_value(given[1]) ? given[1] : "value");
  return "write `" + std::string(action == "add-header" ? "add " : "set ") + field + " = \"" + value + "\";`" + where;
}

/// The value behind one of `words`.
std::string_view behind(Values given, std::string_view word) {
  for (std::size_t i = 0; i + 1 < given.size(); ++i) {
    if (given[i] == word) return given[i + 1];
  }
  return {};
}

std::string answer_action(std::string_view action, Values given, bool response) {
  const std::string_view word = action == "return" ? "status" : action == "redirect" ? "code" : "deny_status";
  const std::string_view said = behind(given, word);
  const bool number = said.size() == 3 && said.find_first_not_of("0123456789") == std::string_view::npos;
  const std::string where = response ? " in a `response rule`" : "";
  if (action != "redirect") {
    const std::string status(number ? said : action == "return" ? "200" : "");
    return "write `" + std::string(action == "return" ? "respond" : "deny") + (status.empty() ? "" : " ") + status +
           ";`" + where;
  }
  const std::string status(number ? said : "302");
  if (const std::string_view scheme = behind(given, "scheme"); plain_value(scheme))
    return "write `redirect " + status + " \"" + std::string(scheme) + "://${host}${uri}\";`" + where;
  if (const std::string_view prefix = behind(given, "prefix"); plain_value(prefix))
    return "write `redirect " + status + " \"" + std::string(prefix) + "${uri}\";`" + where;
  const std::string_view to = behind(given, "location");
  return "write `redirect " + status + " \"" + std::string(plain_value(to) ? to : "/new") + "\";`" + where;
}

std::string help_of_action(std::string_view action, Values given, bool response, Place place) {
  if (action.starts_with("track-sc") || action.starts_with("sc-"))
    return "requests are counted by a limit: `limit name { key client.ip; rate 10/s; }` at the top of a file, and "
           "`over name;` in a rule";
  if (action.starts_with("set-var")) return "a value with a name is a `let`: `let name = path;`";
  for (const Answered& known : kAnswered) {
    if (known.action == action) return std::string(known.help);
  }
  if (action == "set-header" || action == "add-header" || action == "del-header")
    return header_action(action, given, response);
  if (action == "deny" || action == "return" || action == "redirect") return answer_action(action, given, response);
  if (action == "set-path" && !given.empty())
    return "write `set path = \"" + std::string(plain_value(given[0]) ? given[0] : "/new") + "\";`";
  if (action == "set-status" && !given.empty() && plain_value(given[0]))
    return "write `set response.status = " + std::string(given[0]) + ";` in a `response rule`";
  if (action == "replace-path" && given.size() > 1) return write_rewrite(given[0], given[1], "", false, place);
  return {};
}

/// Whether the word by itself, without `http-request` before it, is one of HAProxy's.
bool only_theirs(std::string_view action) {
  return action.find('-') != std::string_view::npos &&
         (action.starts_with("set-") || action.starts_with("track-sc") || action.starts_with("del-") ||
          action.starts_with("add-") || action.starts_with("replace-") || action == "silent-drop");
}

}  // namespace

std::optional<Foreign> haproxy_action(std::string_view text, Offset at, Place place) {
  if (place != Place::file && place != Place::group && place != Place::rule) return std::nullopt;
  const Words line = words_of_line(text, at);
  if (line.words.empty()) return std::nullopt;
  const bool request = line.words[0] == "http-request";
  const bool response = line.words[0] == "http-response" || line.words[0] == "http-after-response";
  if (!request && !response && !only_theirs(line.words[0])) return std::nullopt;
  const Values all(line.words);
  Values given = all.subspan(request || response ? 1 : 0);
  if (given.empty()) return std::nullopt;
  const std::string_view action = given[0];
  const auto asked =
      std::find_if(given.begin(), given.end(), [](std::string_view word) { return word == "if" || word == "unless"; });
  const bool conditional = asked != given.end();
  given = given.subspan(1, static_cast<std::size_t>(asked - given.begin()) - (asked == given.begin() ? 0 : 1));
  std::string help = help_of_action(action, given, response, place);
  const bool written = help.starts_with("write `");
  if (written && help.find("`rule ") == std::string::npos && place != Place::rule)
    help += response ? "" : " in a `rule name { ... }`";
  if (conditional && written) help += kWhenBefore;
  return directive(text, at, line, std::move(help), place);
}

}  // namespace sprx::rewritten
