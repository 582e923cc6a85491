#include "compiler/loop_own.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "compiler/loop_follow.h"
#include "compiler/table/condition_nodes.h"
#include "compiler/table/let_value.h"

namespace sprx {
namespace {

/// What a condition reads.
struct ReadParts {
  bool scheme = false;  ///< or the port, or a header that says it
  bool query = false;
  bool raw = false;  ///< what a client may write in several ways: a Location has one of them
  bool cookie = false;
  bool method = false;
  bool path = false;      ///< in whatever form
  bool header = false;    ///< one that a client may send to one place and not to another
  bool switched = false;  ///< flags, dynamic lists and limits: by more than the request
  bool other = false;     ///< what may differ from one request to the next

  void add(const ReadParts& more) {
    scheme = scheme || more.scheme;
    query = query || more.query;
    raw = raw || more.raw;
    cookie = cookie || more.cookie;
    method = method || more.method;
    header = header || more.header;
    switched = switched || more.switched;
    other = other || more.other;
  }
};

/// Headers that a client sends with every request of a walk.
bool is_sent_each_time(std::string_view name) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"user-agent", "accept", "accept-language", "accept-encoding", "dnt", "sec-gpc",
                                       "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform"});
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

void read_field(const RuleSet& rules, const Expr& e, ReadParts& out) {
  switch (static_cast<Field>(e.a)) {
    case Field::path:
    case Field::path_extension:
    case Field::path_file:
      out.path = true;
      return;
    case Field::host:
    case Field::client_ip:
      return;
    case Field::scheme:
    case Field::port:
      out.scheme = true;
      return;
    case Field::raw_path:
      out.path = out.raw = true;
      return;
    case Field::uri:
      out.path = out.raw = true;
      out.query = true;
      return;
    case Field::method:
      out.method = true;
      return;
    case Field::header:
    case Field::header_all:
      // X-Forwarded-Proto and its kind, too, are among the others.
      if (!is_sent_each_time(rules.pool.strings.view(StrId{e.b}))) out.scheme = out.header = true;
      return;
    default:
      break;
  }
  const std::string_view name = info(static_cast<Field>(e.a)).name;
  if (name.starts_with("query") || name == "raw_query") {
    out.query = true;
    out.raw = out.raw || name == "raw_query";
  } else if (name.starts_with("cookie")) {
    out.cookie = true;
  } else if (!name.starts_with("geo.")) {
    out.other = true;
  }
}

/// `method == "GET"`, `method in ["GET", "HEAD"]`: whatever the status, such a request keeps its method.
bool asks_for_get(const RuleSet& rules, const Expr& e) {
  if (e.op != Op::equal && e.op != Op::in_list) return false;
  const Expr& left = rules.pool[ExprId{e.a}];
  if (left.op != Op::field || static_cast<Field>(left.a) != Field::method) return false;
  const auto looks = [&](StrId text) {
    const std::string_view method = rules.pool.strings.view(text);
    return method == "GET" || method == "HEAD";
  };
  if (e.op == Op::in_list) {
    const Keys& keys = rules.lists[e.b].keys;
    return !keys.texts.empty() && std::all_of(keys.texts.begin(), keys.texts.end(), looks);
  }
  const Expr& right = rules.pool[ExprId{e.b}];
  return right.op == Op::text && looks(StrId{right.a});
}

ReadParts parts_read(const RuleSet& rules, ExprId condition) {
  ReadParts out;
  for_each_node(rules, condition, [&](const Expr& e) {
    if (e.op == Op::field) read_field(rules, e, out);
    out.switched = out.switched || e.op == Op::flag || e.op == Op::in_dynamic;
    return true;
  });
  return out;
}

/// Whether one of the conditions that are all to hold is of some kind.
bool some_part(const RuleSet& rules, ExprId condition, const auto& is_it) {
  const Expr& e = rules.pool[condition];
  if (e.op != Op::all) return is_it(e);
  const std::span<const ExprId> items = rules.pool.list(e);
  return std::any_of(items.begin(), items.end(), [&](ExprId id) { return is_it(rules.pool[id]); });
}

/// The text that a field is compared with by `==`, or by `!=`, which is kept in `*negated`.
std::optional<std::string_view> compared_text(const RuleSet& rules, const Expr& e, Field field, bool* negated) {
  *negated = e.op == Op::negate;
  const Expr& equal = *negated ? rules.pool[ExprId{e.a}] : e;
  if (equal.op != Op::equal) return std::nullopt;
  const Expr& left = rules.pool[ExprId{equal.a}];
  const Expr& right = rules.pool[ExprId{equal.b}];
  if (left.op != Op::field || static_cast<Field>(left.a) != field || right.op != Op::text) return std::nullopt;
  return rules.pool.strings.view(StrId{right.a});
}

/// Whether a condition takes requests for http alone.
bool asks_for_http(const RuleSet& rules, ExprId condition) {
  return some_part(rules, condition, [&](const Expr& e) {
    bool negated = false;
    const std::optional<std::string_view> scheme = compared_text(rules, e, Field::scheme, &negated);
    return scheme && *scheme == (negated ? "https" : "http");
  });
}

/// Whether a comparison of `response.status` does not hold for `status`.
bool leaves_status(const RuleSet& rules, const Expr& e, std::int64_t status) {
  if (e.op != Op::in_range && e.op != Op::equal && e.op != Op::greater && e.op != Op::greater_equal) return false;
  const Expr& left = rules.pool[ExprId{e.a}];
  if (left.op != Op::field || static_cast<Field>(left.a) != Field::response_status) return false;
  const std::vector<std::int64_t>& numbers = rules.pool.integers;
  if (e.op == Op::in_range) return status < numbers[e.b] || status > numbers[e.b + 1];
  const Expr& right = rules.pool[ExprId{e.b}];
  if (right.op != Op::integer) return false;
  const std::int64_t number = numbers[right.a];
  return e.op == Op::equal ? status != number : e.op == Op::greater ? status <= number : status < number;
}

/// What of a request is its own target: `uri`, `path`, `raw_path`, or one of them behind `https://${host}`.
struct OwnTarget {
  bool https = false;
  Field part = Field::uri;
};

std::optional<OwnTarget> own_target(const RuleSet& rules, const Answer& answer) {
  if (answer.location == kNoExpr) return std::nullopt;
  const Expr& e = rules.pool[answer.location];
  std::vector<ExprId> parts{answer.location};
  if (e.op == Op::concat) parts.assign(rules.pool.list(e).begin(), rules.pool.list(e).end());
  const auto field = [&](ExprId id) -> std::optional<Field> {
    const Expr& part = rules.pool[resolve_let(rules, id)];
    return part.op == Op::field ? std::optional(static_cast<Field>(part.a)) : std::nullopt;
  };
  if (parts.size() != 1 && parts.size() != 3) return std::nullopt;
  const std::optional<Field> last = field(parts.back());
  if (last != Field::uri && last != Field::path && last != Field::raw_path) return std::nullopt;
  // `uri` with `keep_query` grows.
  if (last == Field::uri && answer.keep_query == KeepQuery::yes) return std::nullopt;
  if (parts.size() == 1) return OwnTarget{false, *last};
  const Expr& scheme = rules.pool[parts[0]];
  if (scheme.op != Op::text || rules.pool.strings.view(StrId{scheme.a}) != "https://" || field(parts[1]) != Field::host)
    return std::nullopt;
  return OwnTarget{true, *last};
}

/// Whether the request that follows from it meets the rule again, and no earlier one.
bool comes_back(const RuleSet& rules, const Rule& rule, const Answer& answer, const OwnTarget& target,
                const ReadParts& own, const ReadParts& before) {
  const bool lone = rule.action_count == 1 && answer.header_count == 0;
  for (const ReadParts* parts : {&own, &before})
    if (parts->raw || parts->header || parts->switched || parts->other) return false;
  if ((own.cookie || before.cookie) && !lone) return false;
  const bool get = some_part(rules, rule.condition, [&](const Expr& e) { return asks_for_get(rules, e); });
  if ((own.method || before.method) && !get && answer.status != 307 && answer.status != 308) return false;
  if (target.https && (own.scheme || before.scheme)) return false;
  return target.part == Field::uri || answer.keep_query != KeepQuery::no || (!own.query && !before.query);
}

/// What an earlier rule reads. Who is refused, being banned or over a limit, was let in nowhere.
ReadParts parts_of_earlier(const RuleSet& rules, const Rule& rule) {
  ReadParts out = parts_read(rules, rule.condition);
  if (rule.guard != kNoGuard && rules.guards[rule.guard].over != kNoLimit) out.switched = true;
  if (refuses(rules, rule)) out.switched = false;
  return out;
}

}  // namespace

std::vector<OwnCircle> own_circles(const RuleSet& rules) {
  std::vector<OwnCircle> out;
  ReadParts before;
  ReadParts before_https;
  const std::vector<Rule>& all = rules.of(Phase::request);
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const Action* const last = terminal_of(rules, all[i]);
    if (last == nullptr) continue;
    if (last->word == ActionWord::redirect && is_lasting(rules, all[i])) {
      const Answer& answer = rules.answers[last->answer];
      const std::optional<OwnTarget> target = own_target(rules, answer);
      const ReadParts own = target ? parts_read(rules, all[i].condition) : ReadParts{};
      const bool drops = target && target->part != Field::uri && answer.keep_query == KeepQuery::no;
      if (target && comes_back(rules, all[i], answer, *target, own, target->https ? before_https : before))
        out.push_back({i, answer.status, target->https, drops, own.path});
    }
    const ReadParts parts = parts_of_earlier(rules, all[i]);
    before.add(parts);
    if (!asks_for_http(rules, all[i].condition)) before_https.add(parts);
  }
  return out;
}

bool leaves_answer(const RuleSet& rules, ExprId condition, std::uint16_t status) {
  return some_part(rules, condition, [&](const Expr& e) {
    bool negated = false;
    const std::optional<std::string_view> source = compared_text(rules, e, Field::response_source, &negated);
    return leaves_status(rules, e, status) || (source && (*source == "rule") == negated);
  });
}

}  // namespace sprx
