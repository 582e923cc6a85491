#include "compiler/loops.h"

#include <algorithm>
#include <optional>

#include "compiler/loop_hosts.h"
#include "compiler/loop_reports.h"
#include "compiler/sets/concrete.h"
#include "compiler/sets/prove.h"
#include "compiler/sets/rule_finder.h"
#include "compiler/table/canonical.h"

namespace sprx {
namespace {

using sets::Truth;
using sets::Url;

/// Tries to find a request that a rule gets although earlier ones take some.
constexpr int kReachTries = 8;

/// The method that a client follows a redirect with (RFC 9110, 15.4): 303 asks to look elsewhere, after 301 and 302
/// browsers make a GET of a POST, 307 and 308 keep the method.
std::string next_method(std::uint16_t status, const std::string& method) {
  const bool looks = status == 303 && method != "HEAD";
  const bool turned = status < 303 && method == "POST";
  return looks || turned ? "GET" : method;
}

class Loops {
 public:
  Loops(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out)
      : rules_(program.rules), space_(program.rules), finder_(space_), reports_(program, allows, out, space_) {}

  bool run() {
    if (!can_be_followed()) return false;
    const std::vector<Rule>& all = rules_.of(Phase::request);
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      note_hosts(space_, all[i].condition, own_hosts_);
      if (terminal(all[i]) != nullptr) finder_.add(i, all[i].condition);
    }
    for (std::uint32_t i = 0; i < all.size() && !tired(); ++i) {
      const Action* const last = terminal(all[i]);
      if (last != nullptr && last->word == ActionWord::redirect) starts(i);
    }
    reports_.chains();
    return !tired();
  }

 private:
  const RuleSet& rules_;
  sets::Space space_;
  sets::RuleFinder finder_;
  LoopReports reports_;
  std::vector<std::uint32_t> meddlers_;  ///< response rules that could change a redirect made here
  HostSet own_hosts_;                    ///< that conditions name
  std::int64_t walked_ = 0;
  std::uint64_t tested_ = 0;
  std::vector<std::uint32_t> found_;

  /// Whether a bound was reached.
  [[nodiscard]] bool tired() const { return walked_ >= kMaxWalked || tested_ > kMaxWalkTests; }
  [[nodiscard]] const Rule& rule(std::uint32_t i) const { return rules_.of(Phase::request)[i]; }

  [[nodiscard]] const Action* terminal(const Rule& of) const {
    for (std::uint32_t i = 0; i < of.action_count; ++i) {
      const Action& action = rules_.actions[of.first_action + i];
      if (info(action.word).kind == ActionInfo::Kind::terminal) return &action;
    }
    return nullptr;
  }

  [[nodiscard]] bool names_one_of(const Action& action, std::initializer_list<std::string_view> wanted) const {
    for (std::uint32_t i = 0; i < action.name_count; ++i) {
      const std::string_view name = rules_.pool.strings.view(rules_.names[action.first_name + i]);
      for (const std::string_view other : wanted) {
        const bool star = name.ends_with('*');
        const std::string_view head = star ? name.substr(0, name.size() - 1) : name;
        if (star ? equal_nocase(other.substr(0, head.size()), head) : equal_nocase(other, name)) return true;
      }
    }
    return false;
  }

  /// A redirect that sets a cookie may be asked for once only; and edits of the query show in what `keep_query` keeps.
  bool can_be_followed() {
    bool sets_cookie = false;
    bool edits_query = false;
    bool keeps_query = false;
    for (const Action& action : rules_.actions) {
      sets_cookie = sets_cookie || action.target == Target::response_cookie ||
                    (action.target == Target::response_header && names_one_of(action, {"set-cookie"}));
      edits_query = edits_query || action.target == Target::query || action.word == ActionWord::sort;
    }
    for (const AnswerHeader& header : rules_.answer_headers)
      sets_cookie = sets_cookie || equal_nocase(rules_.pool.strings.view(header.name), "set-cookie");
    for (const Answer& answer : rules_.answers) keeps_query = keeps_query || answer.keep_query != KeepQuery::no;
    bool reads_cookie = false;
    for (const Expr& e : rules_.pool.exprs) {
      if (e.op != Op::field) continue;
      const auto field = static_cast<Field>(e.a);
      reads_cookie = reads_cookie || info(field).name.starts_with("cookie") ||
                     (info(field).name.starts_with("header") && rules_.pool.strings.view(StrId{e.b}) == "cookie");
    }
    const std::vector<Rule>& responses = rules_.of(Phase::response);
    for (std::uint32_t i = 0; i < responses.size(); ++i) {
      for (std::uint32_t k = 0; k < responses[i].action_count; ++k) {
        const Action& action = rules_.actions[responses[i].first_action + k];
        const bool changes = info(action.word).kind == ActionInfo::Kind::terminal ||
                             action.target == Target::response_status ||
                             (action.target == Target::response_header && names_one_of(action, {"location"}));
        if (changes && (meddlers_.empty() || meddlers_.back() != i)) meddlers_.push_back(i);
      }
    }
    return !(sets_cookie && reads_cookie) && !(edits_query && keeps_query);
  }

  void starts(std::uint32_t i) {
    std::vector<sets::Claim> claims{{rule(i).condition, true}};
    for (int tries = 0; tries < kReachTries; ++tries) {
      const sets::Proof proof = sets::prove(space_, claims);
      if (proof.verdict == sets::Verdict::empty) return;
      std::string method = "GET";
      const std::optional<Url> url = url_of(proof.box, &method);
      if (!url) return;
      const std::optional<std::uint32_t> first = walk(i, proof.box, *url, method);
      if (first == i) return more_starts(i, proof.box, *url, method);
      if (!first || *first == kNone || space_.reads_captures(rule(*first).condition)) return;
      claims.push_back({rule(*first).condition, false});
    }
  }

  /// Every key of a list or table that the rule asks for the path.
  void more_starts(std::uint32_t i, const sets::Box& box, Url url, const std::string& method) {
    for (const sets::ValueSet& set : box.sets()) {
      const Expr& subject = space_.pool()[set.subject()];
      if (subject.op != Op::field || static_cast<Field>(subject.a) != Field::path) continue;
      for (const sets::Literal& literal : set.literals()) {
        bool folds = false;
        if (!literal.truth) continue;
        const auto texts = space_.finite_texts(literal.atom, &folds);
        if (!texts || texts->size() < 2) continue;
        const std::string walked = url.raw_path;
        for (const std::string_view text : *texts) {
          if (tired()) return;
          url.raw_path.clear();
          append_path_text(UrlPlace::path, text, url.raw_path);
          if (url.raw_path == walked) continue;
          walk(i, box, url, method);
        }
        return;
      }
    }
  }

  std::optional<Url> url_of(const sets::Box& box, std::string* method) {
    Url url;
    std::string path;
    std::string ending;
    std::string query;
    for (const sets::ValueSet& set : box.sets()) {
      const Expr& e = space_.pool()[set.subject()];
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
          append_client_text(UrlPlace::query, space_.pool().strings.view(StrId{e.b}), query);
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

  /// The first rule that ends the request, kNone where none does; nothing where that is not known.
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  std::optional<std::uint32_t> first_rule(sets::ConcreteRequest& request) {
    if (!finder_.candidates([&](ExprId subject) { return request.value(subject); }, found_)) return std::nullopt;
    tested_ += found_.size();
    for (const std::uint32_t i : found_) {
      request.begin_rule();
      const Truth truth = request.test(rule(i).condition);
      if (truth == Truth::unknown) return std::nullopt;
      // Whether `over`, `since` or `until` let it match is not for the request to say.
      if (truth == Truth::yes && rule(i).guard != kNoGuard) return std::nullopt;
      if (truth == Truth::yes) return i;
    }
    return kNone;
  }

  [[nodiscard]] bool may_be_changed(sets::ConcreteRequest& request, std::uint16_t status) {
    request.answered(status);
    return std::any_of(meddlers_.begin(), meddlers_.end(), [&](std::uint32_t i) {
      return request.test(rules_.of(Phase::response)[i].condition) != Truth::no;
    });
  }

  /// Whether headers or cookies were assumed, which a client may not send to another host.
  [[nodiscard]] bool assumes_headers(const sets::Box& box) const {
    return std::any_of(box.sets().begin(), box.sets().end(), [this](const sets::ValueSet& set) {
      const Expr& e = space_.pool()[set.subject()];
      if (e.op != Op::field || !set.value().present) return false;
      const auto field = static_cast<Field>(e.a);
      return field == Field::header || field == Field::cookie;
    });
  }

  /// Follows one request. The rule that ends it, nothing where that is not known.
  std::optional<std::uint32_t> walk(std::uint32_t start, const sets::Box& box, Url url, std::string method) {
    std::vector<RedirectStep> steps;
    std::optional<std::uint32_t> first;
    std::string end;
    bool other_scheme = false;
    while (steps.size() <= kMaxHops) {
      ++walked_;
      const auto seen = std::find_if(steps.begin(), steps.end(), [&](const RedirectStep& step) {
        return step.url == url && step.method == method;
      });
      if (seen != steps.end()) {
        steps.back().followed = steps.back().followed || proves_host(space_, rule(seen->rule).condition);
        reports_.cycle({seen, steps.end()});
        return first;
      }
      std::string canonical;
      if (canonical_path(url.raw_path, canonical) != PathError::none) break;
      sets::ConcreteRequest request(space_, box, url, method, canonical);
      if (!steps.empty() && (other_scheme = other_scheme || url.scheme != steps.front().url.scheme))
        request.other_scheme();
      const std::optional<std::uint32_t> i = first_rule(request);
      if (steps.empty()) first = i;
      if (!i || (steps.empty() && *i != start)) return first;
      if (!steps.empty() && *i != kNone)
        steps.back().followed = steps.back().followed || proves_host(space_, rule(*i).condition);
      const Action* const last = *i == kNone ? nullptr : terminal(rule(*i));
      if (last == nullptr || last->word != ActionWord::redirect) break;
      const Answer& answer = rules_.answers[last->answer];
      request.forget_rows();
      const std::optional<sets::Location> location = request.location(answer);
      if (!location || may_be_changed(request, answer.status)) return first;
      const std::optional<Url> next = sets::resolve(url, location->text);
      const bool other_port = next && next->port != url.port && next->port != 443 && next->port != 80;
      steps.push_back({url, method, *i, request.rows(), location->same_host && !other_port});
      end = next ? shown_url(*next) : location->text;
      if (!next) break;
      const bool own =
          own_hosts_.contains(next->host) || (next->host == url.host && proves_host(space_, rule(*i).condition));
      steps.back().followed = steps.back().followed || own;
      if (next->host != url.host && assumes_headers(box)) break;
      method = next_method(answer.status, method);
      url = *next;
    }
    if (steps.size() > kMaxHops) {
      reports_.endless(steps);
    } else {
      reports_.note_chain(steps, end);
    }
    return first;
  }
};

}  // namespace

bool check_loops(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out) {
  return Loops(program, allows, out).run();
}

}  // namespace sprx
