#include "compiler/loop_follow.h"

#include <initializer_list>
#include <string_view>

#include "compiler/table/canonical.h"

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

bool sets_cookies(const RuleSet& rules) {
  for (const Action& action : rules.actions) {
    if (action.target == Target::response_cookie ||
        (action.target == Target::response_header && names_one_of(rules, action, {"set-cookie"})))
      return true;
  }
  for (const AnswerHeader& header : rules.answer_headers) {
    if (equal_nocase(rules.pool.strings.view(header.name), "set-cookie")) return true;
  }
  return false;
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

}  // namespace

bool can_be_followed(const RuleSet& rules) {
  bool edits_query = false;
  for (const Action& action : rules.actions)
    edits_query = edits_query || action.target == Target::query || action.word == ActionWord::sort;
  bool keeps_query = false;
  for (const Answer& answer : rules.answers) keeps_query = keeps_query || answer.keep_query != KeepQuery::no;
  return !(sets_cookies(rules) && reads_cookies(rules)) && !(edits_query && keeps_query);
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

const Action* terminal_of(const RuleSet& rules, const Rule& rule) {
  for (std::uint32_t i = 0; i < rule.action_count; ++i) {
    const Action& action = rules.actions[rule.first_action + i];
    if (info(action.word).kind == ActionInfo::Kind::terminal) return &action;
  }
  return nullptr;
}

std::optional<sets::Url> first_url(const sets::Space& space, const sets::Box& box, std::string* method) {
  sets::Url url;
  std::string path;
  std::string ending;
  std::string query;
  for (const sets::ValueSet& set : box.sets()) {
    const Expr& e = space.pool()[set.subject()];
    const sets::Value& value = set.value();
    if (e.op != Op::field || !value.present) continue;
    if (!value.certain) return std::nullopt;
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
        *method = value.text;
        break;
      case Field::path:
        path = value.text;
        break;
      case Field::path_extension:
        ending = "." + value.text;
        break;
      case Field::path_file:
        if (path.empty()) path = "/" + value.text;
        break;
      case Field::query:
        query += query.empty() ? "" : "&";
        append_client_text(UrlPlace::query, space.pool().strings.view(StrId{e.b}), query);
        query += '=';
        append_client_text(UrlPlace::query, value.text, query);
        break;
      default:
        break;
    }
  }
  const bool port_named = url.port != 443;
  if (!port_named) url.port = url.scheme == "https" ? 443 : 80;
  if (path.empty()) path = ending.empty() ? "/" : "/x" + ending;
  url.raw_path.clear();
  append_path_text(UrlPlace::path, path, url.raw_path);
  url.has_query = !query.empty();
  url.raw_query = query;
  if (url.host.empty() || path.front() != '/') return std::nullopt;
  return url;
}

std::string sent_headers(const sets::Space& space, const sets::Box& box) {
  constexpr std::size_t kShownHeaders = 3;
  constexpr std::size_t kShownValue = 60;
  std::string out;
  std::size_t count = 0;
  for (const sets::ValueSet& set : box.sets()) {
    const Expr& e = space.pool()[set.subject()];
    if (e.op != Op::field || !set.value().present || set.value().text.size() > kShownValue) continue;
    const auto field = static_cast<Field>(e.a);
    if ((field != Field::header && field != Field::cookie) || ++count > kShownHeaders) continue;
    const std::string name(space.pool().strings.view(StrId{e.b}));
    const std::string line = field == Field::header ? name + ": " : "Cookie: " + name + "=";
    out += (out.empty() ? "`" : ", `") + line + set.value().text + "`";
  }
  return out;
}

}  // namespace sprx
