#include "compiler/loop_follow.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string_view>

#include "compiler/table/canonical.h"
#include "compiler/table/condition_nodes.h"

namespace sprx {
namespace {

bool names_one_of(const RuleSet& rules, const Action& action, std::initializer_list<std::string_view> wanted) {
  for (std::uint32_t i = 0; i < action.name_count; ++i) {
    const std::string_view name = rules.pool.strings.view(rules.names[action.first_name + i]);
    for (const std::string_view other : wanted) {
      const bool star = name.ends_with('*');
      const std::string_view head = star ? name.substr(0, name.size() - 1) : name;
      if (star ? equal_nocase(other.substr(0, head.size()), head) : equal_nocase(other, name)) return true;
    }
  }
  return false;
}

/// Whether some rule says one of these headers to the client.
bool says_header(const RuleSet& rules, std::initializer_list<std::string_view> wanted) {
  const auto says = [&](const Action& action) {
    return action.target == Target::response_header && names_one_of(rules, action, wanted);
  };
  if (std::any_of(rules.actions.begin(), rules.actions.end(), says)) return true;
  return std::any_of(rules.answer_headers.begin(), rules.answer_headers.end(), [&](const AnswerHeader& header) {
    const std::string_view name = rules.pool.strings.view(header.name);
    return std::any_of(wanted.begin(), wanted.end(), [&](std::string_view one) { return equal_nocase(one, name); });
  });
}

bool sets_cookies(const RuleSet& rules) {
  const auto sets = [](const Action& action) { return action.target == Target::response_cookie; };
  return std::any_of(rules.actions.begin(), rules.actions.end(), sets) ||
         says_header(rules, {"set-cookie", "clear-site-data"});
}

/// Whether a rule of the request phase says where a redirect leads, of whatever rule it is.
bool sets_location(const RuleSet& rules) {
  const std::vector<Rule>& requests = rules.of(Phase::request);
  return std::any_of(requests.begin(), requests.end(), [&](const Rule& rule) {
    const auto begin = rules.actions.begin() + rule.first_action;
    return std::any_of(begin, begin + rule.action_count, [&](const Action& action) {
      return action.target == Target::response_header && names_one_of(rules, action, {"location"});
    });
  });
}

bool reads_cookies(const RuleSet& rules) {
  for (const Expr& e : rules.pool.exprs) {
    if (e.op != Op::field) continue;
    const auto field = static_cast<Field>(e.a);
    if (info(field).name.starts_with("cookie") ||
        (info(field).name.starts_with("header") && rules.pool.strings.view(StrId{e.b}) == "cookie"))
      return true;
  }
  return false;
}

constexpr std::size_t kShownHeaders = 3;
constexpr std::size_t kShownValue = 60;

/// The headers and cookies that the requests of a box have, `\`X-Lang: de\``, the first few; "" without any.
std::string sent_headers(const sets::Space& space, const sets::Box& box) {
  std::string out;
  std::size_t count = 0;
  for (const sets::ValueSet& set : box.sets()) {
    const Expr& e = space.pool()[set.subject()];
    if (e.op != Op::field || !set.value().present || set.value().text.size() > kShownValue) continue;
    const auto field = static_cast<Field>(e.a);
    if ((field != Field::header && field != Field::cookie) || ++count > kShownHeaders) continue;
    const std::string name(space.pool().strings.view(StrId{e.b}));
    const std::string line = field == Field::header ? name + ": " : "Cookie: " + name + "=";
    out += out.empty() ? "" : ", ";
    out += set.value().certain ? "`" + line + set.value().text + "`" : "a `" + name + "` that these rules ask for";
  }
  return out;
}

/// What the URL of a first request is made of.
struct FirstParts {
  std::string* method;
  std::string path;
  std::string ending;
  std::string query;
};

void take_part(const sets::Space& space, const Expr& e, const sets::Value& value, sets::Url& url, FirstParts& parts) {
  switch (static_cast<Field>(e.a)) {
    case Field::scheme:
      url.scheme = value.text;
      break;
    case Field::host:
      url.host = value.text;
      break;
    case Field::port:
      url.port = value.integer;
      break;
    case Field::method:
      *parts.method = value.text;
      break;
    case Field::path:
      parts.path = value.text;
      break;
    case Field::path_extension:
      parts.ending = "." + value.text;
      break;
    case Field::path_file:
      if (parts.path.empty()) parts.path = "/" + value.text;
      break;
    case Field::query:
      parts.query += parts.query.empty() ? "" : "&";
      append_client_text(UrlPlace::query, space.pool().strings.view(StrId{e.b}), parts.query);
      parts.query += '=';
      append_client_text(UrlPlace::query, value.text, parts.query);
      break;
    default:
      break;
  }
}

}  // namespace

bool can_be_followed(const RuleSet& rules) {
  bool edits_query = false;
  for (const Action& action : rules.actions)
    edits_query = edits_query || action.target == Target::query || action.word == ActionWord::sort;
  bool keeps_query = false;
  for (const Answer& answer : rules.answers) keeps_query = keeps_query || answer.keep_query != KeepQuery::no;
  return !(sets_cookies(rules) && reads_cookies(rules)) && !(edits_query && keeps_query) && !sets_location(rules);
}

bool says_referrer_policy(const RuleSet& rules) { return says_header(rules, {"referrer-policy"}); }

bool any_header_sent(const sets::Space& space, const sets::Box& box,
                     const std::function<bool(Field, std::string_view)>& is_it) {
  bool found = false;
  const auto look = [&](ExprId id) {
    for_each_node(space.rules(), id, [&](const Expr& e) {
      if (e.op == Op::field) {
        const auto field = static_cast<Field>(e.a);
        if (field == Field::header || field == Field::header_all || field == Field::cookie)
          found = found || is_it(field, space.pool().strings.view(StrId{e.b}));
      }
      return !found;
    });
  };
  for (const sets::ValueSet& set : box.sets()) {
    if (set.value().present) look(set.subject());
  }
  for (const sets::Box::Opaque& known : box.opaque()) look(known.atom);
  return found;
}

bool loses_headers(const sets::Space& space, const sets::Box& box, std::uint16_t status, bool referrer_policy) {
  const bool same_content = status == 307 || status == 308;
  return any_header_sent(space, box, [&](Field field, std::string_view name) {
    if (field == Field::cookie) return false;
    if (name == "referer") return referrer_policy;
    return !same_content && (name.starts_with("content-") || name == "transfer-encoding" || name == "origin");
  });
}

std::vector<std::uint32_t> redirect_meddlers(const RuleSet& rules) {
  std::vector<std::uint32_t> out;
  const std::vector<Rule>& responses = rules.of(Phase::response);
  for (std::uint32_t i = 0; i < responses.size(); ++i) {
    for (std::uint32_t k = 0; k < responses[i].action_count; ++k) {
      const Action& action = rules.actions[responses[i].first_action + k];
      const bool changes = info(action.word).kind == ActionInfo::Kind::terminal ||
                           action.target == Target::response_status ||
                           (action.target == Target::response_header && names_one_of(rules, action, {"location"}));
      if (changes && (out.empty() || out.back() != i)) out.push_back(i);
    }
  }
  return out;
}

bool is_lasting(const RuleSet& rules, const Rule& rule) {
  if (rule.guard == kNoGuard) return true;
  const Guard& guard = rules.guards[rule.guard];
  return guard.over == kNoLimit && !guard.dry_run && guard.until_us == std::numeric_limits<std::int64_t>::max();
}

bool refuses(const RuleSet& rules, const Rule& rule) {
  const Action* const last = terminal_of(rules, rule);
  return last != nullptr && (last->word == ActionWord::deny ||
                             (last->word == ActionWord::respond && rules.answers[last->answer].status >= 400));
}

bool is_passed_over(const RuleSet& rules, const Rule& rule) {
  if (rule.guard == kNoGuard) return false;
  const Guard& guard = rules.guards[rule.guard];
  return guard.dry_run || (guard.over != kNoLimit && refuses(rules, rule));
}

const Action* terminal_of(const RuleSet& rules, const Rule& rule) {
  for (std::uint32_t i = 0; i < rule.action_count; ++i) {
    const Action& action = rules.actions[rule.first_action + i];
    if (info(action.word).kind == ActionInfo::Kind::terminal) return &action;
  }
  return nullptr;
}

std::optional<sets::Url> first_url(const sets::Space& space, const sets::Box& box, std::string* method) {
  sets::Url url;
  FirstParts parts{method, {}, {}, {}};
  for (const sets::ValueSet& set : box.sets()) {
    const Expr& e = space.pool()[set.subject()];
    if (e.op != Op::field || !set.value().present) continue;
    const auto field = static_cast<Field>(e.a);
    const bool sent = field == Field::header || field == Field::cookie;
    if (!set.value().certain && !(sent && sets::is_guess(set))) return std::nullopt;
    take_part(space, e, set.value(), url, parts);
  }
  const bool port_named = url.port != 443;
  if (!port_named) url.port = url.scheme == "https" ? 443 : 80;
  if (parts.path.empty()) parts.path = parts.ending.empty() ? "/" : "/x" + parts.ending;
  url.raw_path.clear();
  append_path_text(UrlPlace::path, parts.path, url.raw_path);
  url.has_query = !parts.query.empty();
  url.raw_query = parts.query;
  if (url.host.empty() || parts.path.front() != '/') return std::nullopt;
  return url;
}

std::vector<std::string> assumptions(const sets::Space& space, const sets::Box& box) {
  const RuleSet& rules = space.rules();
  std::vector<std::string> out;
  if (const std::string headers = sent_headers(space, box); !headers.empty())
    out.push_back("of requests with " + headers);
  std::string states;
  for (const sets::Box::Opaque& known : box.opaque()) {
    const Expr& e = rules.pool[known.atom];
    const auto name = [&](StrId id) { return "`" + std::string(rules.pool.strings.view(id)) + "`"; };
    std::string state;
    if (e.op == Op::flag && rules.flags[e.a].on != known.truth)
      state = name(rules.flags[e.a].name) + (known.truth ? " is on" : " is off");
    if (e.op == Op::in_dynamic && known.truth) {
      const Expr& key = rules.pool[space.resolve(ExprId{e.a})];
      const bool client = key.op == Op::field && static_cast<Field>(key.a) == Field::client_ip;
      state = (client ? "the client is in " : "the key is in ") + name(rules.dynamic_lists[e.b].name);
    }
    if (!state.empty()) states += (states.empty() ? "while " : " and ") + state;
  }
  if (!states.empty()) out.push_back(states);
  return out;
}

}  // namespace sprx
