#include "compiler/loops.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>

#include "compiler/loop_follow.h"
#include "compiler/loop_hosts.h"
#include "compiler/loop_needs.h"
#include "compiler/loop_own.h"
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

/// Redirects that are tried again with what other rules want, requests for one of them and in all, and rules that are
/// kept of a walk. What is not tried is not claimed: they bound the time alone.
constexpr std::size_t kMaxRetries = 2'000;
constexpr std::size_t kMaxSamplesOfRule = 8;
constexpr std::int64_t kMaxSamples = 4'000;
constexpr std::size_t kMaxMissed = 16;
constexpr std::uint64_t kMaxSampleTests = 2'000'000;
/// Rules before one whose requests are not its own.
constexpr std::size_t kNearestBefore = 16;

/// The method that a client follows a redirect with (RFC 9110, 15.4): 303 asks to look elsewhere, after 301 and 302
/// browsers make a GET of a POST, 307 and 308 keep the method.
std::string next_method(std::uint16_t status, const std::string& method) {
  const bool looks = status == 303 && method != "HEAD";
  const bool turned = status < 303 && method == "POST";
  return looks || turned ? "GET" : method;
}

/// A redirect whose first request led nowhere, past rules that want more of captures or headers.
struct Retry {
  std::uint32_t rule = 0;
  std::vector<sets::Claim> claims;
  std::vector<std::uint32_t> missed;
};

class Loops {
 public:
  Loops(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out)
      : rules_(program.rules), space_(program.rules), finder_(space_), reports_(program, allows, out, space_) {}

  bool run() {
    if (!can_be_followed(rules_)) return false;
    meddlers_ = redirect_meddlers(rules_);
    referrer_policy_ = says_referrer_policy(rules_);
    own_ = own_circles(rules_);
    const std::vector<Rule>& all = rules_.of(Phase::request);
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      note_hosts(space_, all[i].condition, own_hosts_);
      if (terminal(all[i]) != nullptr) finder_.add(i, all[i].condition);
    }
    for (std::uint32_t i = 0; i < all.size() && !tired(); ++i) {
      if (is_redirect(i)) starts(i);
    }
    sampling_ = true;
    if (tired()) retries_.clear();
    for (const Retry& retry : retries_) starts_by_needs(retry);
    tell_own();
    reports_.chains();
    return !tired();
  }

 private:
  const RuleSet& rules_;
  sets::Space space_;
  sets::RuleFinder finder_;
  LoopReports reports_;
  std::vector<std::uint32_t> meddlers_;  ///< response rules that could change a redirect made here
  std::vector<OwnCircle> own_;           ///< redirects to what was asked for
  HostSet own_hosts_;                    ///< that conditions name
  bool referrer_policy_ = false;         ///< a rule says one
  std::int64_t walked_ = 0;
  std::uint64_t tested_ = 0;
  std::vector<std::uint32_t> found_;
  std::vector<std::uint32_t> missed_;       ///< redirects that a walk came to and whose conditions did not hold
  std::vector<Retry> retries_;              ///< to be tried once the first walks of all are made
  bool sampling_ = false;                   ///< those are tried
  bool circled_ = false;                    ///< the last walk was a circle that is told
  std::set<std::set<std::uint32_t>> told_;  ///< the rules of circles
  std::int64_t samples_ = 0;
  std::uint64_t sample_tests_ = 0;

  /// Whether a bound was reached.
  [[nodiscard]] bool tired() const { return walked_ >= kMaxWalked || tested_ > kMaxWalkTests; }
  [[nodiscard]] const Rule& rule(std::uint32_t i) const { return rules_.of(Phase::request)[i]; }

  [[nodiscard]] const Action* terminal(const Rule& of) const { return terminal_of(rules_, of); }
  [[nodiscard]] bool is_redirect(std::uint32_t i) const {
    const Action* const last = terminal(rule(i));
    return last != nullptr && last->word == ActionWord::redirect;
  }

  void starts(std::uint32_t i) {
    std::vector<sets::Claim> claims{{rule(i).condition, true}};
    for (int tries = 0; tries < kReachTries; ++tries) {
      const sets::Proof proof = sets::prove(space_, claims);
      if (proof.verdict == sets::Verdict::empty) return;
      std::string method = "GET";
      const std::optional<Url> url = first_url(space_, proof.box, &method);
      circled_ = false;
      if (!url) return walk_from_target(i, proof.box, Url{}, method);
      missed_.clear();
      const std::optional<std::uint32_t> first = walk(i, proof.box, *url, method);
      if (!circled_ && !missed_.empty() && retries_.size() < kMaxRetries) retries_.push_back({i, claims, missed_});
      if (!circled_ && tries == 0) walk_from_target(i, proof.box, *url, method);
      if (first == i) return more_starts(i, proof.box, *url, method);
      if (!first || *first == kNone || space_.reads_captures(rule(*first).condition)) return;
      claims.push_back({rule(*first).condition, false});
    }
  }

  /// What a rule gets, the nearest of those before it taking what they do.
  [[nodiscard]] std::vector<sets::Claim> left_for(std::uint32_t i) {
    std::vector<sets::Claim> out{{rule(i).condition, true}};
    for (std::uint32_t k = i; k > 0 && out.size() <= kNearestBefore; --k) {
      const Rule& earlier = rule(k - 1);
      if (terminal(earlier) == nullptr || earlier.guard != kNoGuard || space_.reads_captures(earlier.condition))
        continue;
      out.push_back({earlier.condition, false});
    }
    return out;
  }

  /// Redirects to what was asked for, of which no request was followed.
  void tell_own() {
    for (const OwnCircle& circle : own_) {
      const bool left = std::all_of(meddlers_.begin(), meddlers_.end(), [&](std::uint32_t i) {
        return leaves_answer(rules_, rules_.of(Phase::response)[i].condition, circle.status);
      });
      if (!left) continue;
      if (!told_.contains({circle.rule}) && sets::prove(space_, left_for(circle.rule)).verdict != sets::Verdict::empty)
        reports_.own(circle);
    }
  }

  /// The target of a redirect, where it is the same for all requests, may be what its own rule takes.
  void walk_from_target(std::uint32_t i, const sets::Box& box, const Url& from, const std::string& method) {
    const ExprPool& pool = space_.pool();
    const ExprId location = rules_.answers[terminal(rule(i))->answer].location;
    if (location == kNoExpr) return;
    const std::span<const ExprId> parts =
        pool[location].op == Op::concat ? pool.list(pool[location]) : std::span(&location, 1);
    std::string text;
    for (const ExprId part : parts) {
      if (pool[part].op != Op::text) return;
      text += pool.strings.view(StrId{pool[part].a});
    }
    const std::optional<Url> target = sets::resolve(from, text);
    const bool same_port = target && is_port_here(target->port, from.port);
    if (same_port && target->host == from.host) walk(i, box, *target, method);
  }

  /// Walks that begin at `retry.rule` with what rules ask for which earlier walks came to in vain, breadth first.
  void starts_by_needs(const Retry& retry) {
    std::set<std::set<std::uint32_t>> known;
    std::vector<std::set<std::uint32_t>> open{{}};
    const auto go_on = [&](const std::set<std::uint32_t>& from) {
      for (const std::uint32_t j : missed_) {
        std::set<std::uint32_t> next = from;
        if (next.insert(j).second && known.insert(next).second) open.push_back(std::move(next));
      }
    };
    missed_ = retry.missed;
    go_on({});
    for (std::size_t at = 1;
         at < open.size() && at <= kMaxSamplesOfRule && samples_ < kMaxSamples && sample_tests_ < kMaxSampleTests;
         ++at) {
      const std::set<std::uint32_t> wanted = open[at];
      missed_.clear();
      if (walk_with_needs(retry, wanted)) return;
      go_on(wanted);
    }
  }

  /// Whether a circle was found.
  bool walk_with_needs(const Retry& retry, const std::set<std::uint32_t>& wanted) {
    ++samples_;
    LoopNeeds needs(space_);
    bool some = needs.add(rule(retry.rule).condition);
    for (const std::uint32_t j : wanted) some = needs.add(rule(j).condition) || some;
    if (!some) return false;
    std::vector<sets::Claim> claims = retry.claims;
    claims.insert(claims.end(), needs.claims().begin(), needs.claims().end());
    const sets::Proof proof = sets::prove(space_, claims);
    if (proof.verdict == sets::Verdict::empty || is_pieced_together(proof.box)) return false;
    std::string method = "GET";
    std::optional<Url> url = first_url(space_, proof.box, &method);
    if (!url) return false;
    circled_ = false;
    std::vector<std::string> paths = needs.paths(rule(retry.rule).condition);
    if (paths.empty() && !needs.claims().empty()) walk(retry.rule, proof.box, *url, method);
    for (const std::string& path : paths) {
      if (circled_ || !path.starts_with('/')) continue;
      url->raw_path.clear();
      append_path_text(UrlPlace::path, path, url->raw_path);
      walk(retry.rule, proof.box, *url, method);
    }
    return circled_;
  }

  /// Whether a header is made of parts that several comparisons want: nobody sends `lang=delang=en`.
  [[nodiscard]] bool is_pieced_together(const sets::Box& box) const {
    return std::any_of(box.sets().begin(), box.sets().end(), [this](const sets::ValueSet& set) {
      const Expr& subject = space_.pool()[set.subject()];
      if (subject.op != Op::field || static_cast<Field>(subject.a) == Field::path) return false;
      return std::count_if(set.literals().begin(), set.literals().end(), [this](const sets::Literal& literal) {
               const Op op = space_.pool()[literal.atom].op;
               return literal.truth && (op == Op::contains || op == Op::starts_with || op == Op::ends_with);
             }) > 1;
    });
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

  /// The first rule that ends the request, kNone where none does; nothing where that is not known.
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  std::optional<std::uint32_t> first_rule(sets::ConcreteRequest& request) {
    finder_.candidates([&](ExprId subject) { return request.value(subject); }, found_);
    (sampling_ ? sample_tests_ : tested_) += found_.size() + finder_.asked();
    for (const std::uint32_t i : found_) {
      request.begin_rule();
      const Truth truth = request.test(rule(i).condition);
      if (truth == Truth::unknown) return std::nullopt;
      if (truth == Truth::yes && is_passed_over(rules_, rule(i))) continue;
      // Whether `over` or `until` let it match is not for the request to say; some day all of `since` have come.
      if (truth == Truth::yes && !is_lasting(rules_, rule(i))) return std::nullopt;
      if (truth == Truth::yes) return i;
      if (missed_.size() < kMaxMissed && is_redirect(i)) missed_.push_back(i);
    }
    return kNone;
  }

  [[nodiscard]] bool may_be_changed(sets::ConcreteRequest& request, std::uint16_t status) {
    request.answered(status);
    (sampling_ ? sample_tests_ : tested_) += meddlers_.size();
    return std::any_of(meddlers_.begin(), meddlers_.end(), [&](std::uint32_t i) {
      return request.test(rules_.of(Phase::response)[i].condition) != Truth::no;
    });
  }

  /// What listens on another port is not known.
  [[nodiscard]] static bool is_port_here(std::int64_t port, std::int64_t first) {
    return port == first || port == 80 || port == 443;
  }

  /// Whether headers or cookies were assumed, which a client may not send to another host.
  [[nodiscard]] bool assumes_headers(const sets::Box& box) const {
    return any_header_sent(space_, box, [](Field, std::string_view) { return true; });
  }

  /// Reports a circle by `tell`, which says whether it is one that is told. Of the same rules there may be one for each
  /// text that a capture can have: of those that are sampled the first is enough.
  template <typename Step>
  void note_circle(Step begin, Step end, const auto& tell) {
    std::set<std::uint32_t> who;
    for (Step step = begin; step != end; ++step) who.insert(step->rule);
    if (sampling_ && told_.contains(who)) {
      circled_ = true;
    } else if (tell()) {
      circled_ = true;
      told_.insert(std::move(who));
    }
  }

  [[nodiscard]] static bool has_guess(const sets::Box& box) {
    return std::any_of(box.sets().begin(), box.sets().end(), sets::is_guess);
  }
  [[nodiscard]] bool is_own(std::uint32_t i) const {
    return std::any_of(own_.begin(), own_.end(), [i](const OwnCircle& circle) { return circle.rule == i; });
  }

  /// Whether a walk has been here before; that circle is told then.
  bool closes(std::vector<RedirectStep>& steps, const sets::Box& box, const Url& url, const std::string& method) {
    const auto seen = std::find_if(steps.begin(), steps.end(),
                                   [&](const RedirectStep& step) { return step.url == url && step.method == method; });
    if (seen == steps.end()) return false;
    // It needs no request of which a pattern says all that is known.
    if (seen + 1 == steps.end() && has_guess(box) && is_own(seen->rule)) return circled_ = true;
    steps.back().followed = steps.back().followed || proves_host(space_, rule(seen->rule).condition);
    const auto tell = [&] { return reports_.cycle({seen, steps.end()}, assumptions(space_, box)); };
    note_circle(seen, steps.end(), tell);
    return true;
  }

  /// A walk that came to an end, or goes on for longer than browsers follow.
  void note_end(const std::vector<RedirectStep>& steps, const std::string& end) {
    if (steps.size() > kMaxHops) {
      note_circle(steps.begin(), steps.end(), [&] { return reports_.endless(steps); });
    } else if (!sampling_) {
      reports_.note_chain(steps, end);
    }
  }

  /// Follows one request. The rule that ends it, nothing where that is not known.
  std::optional<std::uint32_t> walk(std::uint32_t start, const sets::Box& box, Url url, std::string method) {
    std::vector<RedirectStep> steps;
    std::optional<std::uint32_t> first;
    std::string end;
    bool other_scheme = false;
    const std::int64_t first_port = url.port;
    while (steps.size() <= kMaxHops) {
      if (!sampling_) ++walked_;
      if (closes(steps, box, url, method)) return first;
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
      const bool other_port = next && !is_port_here(next->port, first_port);
      steps.push_back({url, method, *i, request.rows(), location->same_host && !other_port});
      end = next ? shown_url(*next) : location->text;
      if (!next || other_port || loses_headers(space_, box, answer.status, referrer_policy_)) break;
      const bool own =
          own_hosts_.contains(next->host) || (next->host == url.host && proves_host(space_, rule(*i).condition));
      steps.back().followed = steps.back().followed || own;
      if (next->host != url.host && assumes_headers(box)) break;
      method = next_method(answer.status, method);
      url = *next;
    }
    note_end(steps, end);
    return first;
  }
};

}  // namespace

bool check_loops(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out) {
  return Loops(program, allows, out).run();
}

}  // namespace sprx
