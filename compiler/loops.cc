#include "compiler/loops.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "compiler/loop_hosts.h"
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
constexpr std::size_t kShown = 3;
constexpr std::size_t kShownUrls = 6;
constexpr std::size_t kShownUrl = 120;

/// One request of a walk.
struct Step {
  Url url;
  std::string method;
  std::uint32_t rule = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> rows;  ///< of tables that the target was looked up in
  bool followed = false;                                      ///< where it leads is certain to come here again
};

/// The method that a client follows a redirect with (RFC 9110, 15.4): 303 asks to look elsewhere, after 301 and 302
/// browsers make a GET of a POST, 307 and 308 keep the method.
std::string next_method(std::uint16_t status, const std::string& method) {
  const bool looks = status == 303 && method != "HEAD";
  const bool turned = status < 303 && method == "POST";
  return looks || turned ? "GET" : method;
}

/// Chains that begin in one file or table.
struct Chains {
  std::uint32_t rule = 0;  ///< the first of them
  bool of_data = false;    ///< rows or lines that lead to others of the same table or file
  std::size_t count = 0;
  std::vector<Span> places;
  std::string way;  ///< of the first
};

class Loops {
 public:
  Loops(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out)
      : program_(program), rules_(program.rules), allows_(allows), out_(out), space_(program.rules), finder_(space_) {}

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
    for (const auto& [at, chains] : chains_) report_chains(chains);
    return !tired();
  }

 private:
  const CheckedProgram& program_;
  const RuleSet& rules_;
  AllowSet& allows_;
  DiagnosticList& out_;
  sets::Space space_;
  sets::RuleFinder finder_;
  std::vector<std::uint32_t> meddlers_;  ///< response rules that could change a redirect made here
  HostSet own_hosts_;                    ///< that conditions name
  std::set<std::set<std::string>> known_cycles_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Chains> chains_;  ///< by file and begin of the declaration or rule
  std::int64_t walked_ = 0;
  std::uint64_t tested_ = 0;
  std::vector<std::uint32_t> found_;

  /// Whether a bound was reached.
  [[nodiscard]] bool tired() const { return walked_ >= kMaxWalked || tested_ > kMaxWalkTests; }
  [[nodiscard]] const Rule& rule(std::uint32_t i) const { return rules_.of(Phase::request)[i]; }
  [[nodiscard]] Span place(std::uint32_t i) const { return program_.rule_names[0][i]; }
  [[nodiscard]] Span owner(std::uint32_t i) const { return program_.rule_owners[0][i]; }
  [[nodiscard]] std::string name(std::uint32_t i) const {
    return "`" + std::string(rules_.pool.strings.view(rule(i).name)) + "`";
  }

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
    std::vector<Step> steps;
    std::optional<std::uint32_t> first;
    std::string end;
    bool other_scheme = false;
    while (steps.size() <= kMaxHops) {
      ++walked_;
      const auto seen = std::find_if(steps.begin(), steps.end(),
                                     [&](const Step& step) { return step.url == url && step.method == method; });
      if (seen != steps.end()) {
        steps.back().followed = steps.back().followed || proves_host(space_, rule(seen->rule).condition);
        report_cycle({seen, steps.end()});
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
      end = next ? shown(*next) : location->text;
      if (!next) break;
      const bool own =
          own_hosts_.contains(next->host) || (next->host == url.host && proves_host(space_, rule(*i).condition));
      steps.back().followed = steps.back().followed || own;
      if (next->host != url.host && assumes_headers(box)) break;
      method = next_method(answer.status, method);
      url = *next;
    }
    if (steps.size() > kMaxHops) {
      report_endless(steps);
    } else {
      note_chain(steps, end);
    }
    return first;
  }

  [[nodiscard]] static std::string shown(const Url& url) {
    std::string text = url.text();
    if (text.size() > kShownUrl) text = text.substr(0, kShownUrl) + "...";
    return text;
  }

  [[nodiscard]] static std::string way(const std::vector<Step>& steps, std::size_t count) {
    std::string out;
    for (std::size_t k = 0; k < std::min(count, kShownUrls); ++k) out += (k == 0 ? "" : " -> ") + shown(steps[k].url);
    return out + (count > kShownUrls ? " -> ..." : "");
  }

  /// Where the reader should look for a step: the row of the table, or the rule.
  [[nodiscard]] Span place_of(const Step& step) const {
    for (const auto& [table, row] : step.rows) {
      if (table < program_.table_rows.size() && row < program_.table_rows[table].size())
        return program_.table_rows[table][row];
    }
    return place(step.rule);
  }

  bool allowed(Kind kind, const std::vector<Step>& steps) {
    return std::any_of(steps.begin(), steps.end(),
                       [&](const Step& step) { return allows_.silences(kind, place(step.rule), owner(step.rule)); });
  }

  void report_cycle(std::vector<Step> cycle) {
    std::set<std::string> urls;
    for (const Step& step : cycle) {
      if (!step.followed) return cycle.size() == 1 ? lint_own_target(cycle[0]) : void();
      urls.insert(step.url.text());
    }
    if (!known_cycles_.insert(urls).second) return;
    const auto earliest = std::min_element(cycle.begin(), cycle.end(), [](const Step& a, const Step& b) {
      return a.rule != b.rule ? a.rule < b.rule : a.rows < b.rows;
    });
    std::rotate(cycle.begin(), earliest, cycle.end());
    if (allowed(Kind::redirect_loop, cycle)) return;
    const std::string self = shown(cycle[0].url);
    out_.belongs_to(owner(cycle[0].rule));
    Diagnostic& d = out_.add(Kind::redirect_loop, place_of(cycle[0]),
                             cycle.size() == 1 ? name(cycle[0].rule) + " redirects " + self + " to itself"
                                               : name(cycle[0].rule) + " begins a circle of redirects");
    out_.belongs_to({});
    if (cycle.size() > 1) d.note(way(cycle, cycle.size()) + (cycle.size() > kShownUrls ? "" : " -> " + self));
    for (std::size_t k = 0; k < cycle.size(); ++k) {
      const Span where = place_of(cycle[k]);
      if (k > 0 && where != place_of(cycle[0]))
        d.label(where, "and this leads on to " + shown(cycle[(k + 1) % cycle.size()].url));
      const bool said = std::any_of(cycle.begin(), cycle.begin() + static_cast<std::ptrdiff_t>(k),
                                    [&](const Step& step) { return step.rule == cycle[k].rule; });
      if (!cycle[k].rows.empty() && !said) d.label(place(cycle[k].rule), "used by " + name(cycle[k].rule));
    }
    d.help(cycle.size() == 1 ? "leave the target out of what the rule matches, or correct the target"
                             : "correct one of the targets, or leave it out of what the next rule matches");
  }

  /// A rule that names hosts which it does not take, and its target's, which is nearly one of them, is none of these.
  void lint_own_target(const Step& step) {
    const std::string kin = kin_left_out(space_, rule(step.rule).condition, step.url.host);
    const std::vector<Step> one{step};
    if (kin.empty() || !known_cycles_.insert({step.url.text()}).second || allowed(Kind::own_target_host, one)) return;
    out_.belongs_to(owner(step.rule));
    out_.add(Kind::own_target_host, place(step.rule),
             name(step.rule) + " takes requests for `" + step.url.host + "` too, where it redirects to")
        .note("where that host comes here as well, its visitors go in a circle: " + shown(step.url))
        .help("correct the target, if `" + kin + "` is meant, or leave `" + step.url.host + "` out as well");
    out_.belongs_to({});
  }

  /// More redirects than a browser follows, though no URL comes twice.
  void report_endless(const std::vector<Step>& steps) {
    if (std::any_of(steps.begin(), steps.end(), [](const Step& step) { return !step.followed; })) return;
    std::set<std::string> who;
    for (const Step& step : steps) who.insert(name(step.rule));
    if (!known_cycles_.insert(who).second || allowed(Kind::redirect_loop, steps)) return;
    out_.belongs_to(owner(steps[0].rule));
    Diagnostic& d = out_.add(Kind::redirect_loop, place(steps[0].rule),
                             name(steps[0].rule) + " leads to more than " + std::to_string(kMaxHops) +
                                 " redirects in a row, more than browsers follow");
    out_.belongs_to({});
    d.note(way(steps, steps.size()));
    d.help("leave the targets out of what the rules match");
  }

  void note_chain(const std::vector<Step>& steps, const std::string& end) {
    std::size_t length = 0;
    while (length + 1 < steps.size() && steps[length].followed) ++length;
    ++length;
    if (steps.size() < 2 || length < 2) return;
    const std::uint32_t a = steps[0].rule;
    const bool one_table = a == steps[1].rule && !steps[0].rows.empty() && !steps[1].rows.empty();
    const bool one_file = owner(a).known() && owner(a) == owner(steps[1].rule);
    if (!one_table && !one_file && length <= kLongChain) return;
    const Span at = one_file ? owner(a) : place(a);
    Chains& chains = chains_[{static_cast<std::uint32_t>(at.file), at.begin}];
    if (chains.count++ == 0) {
      chains.rule = a;
      chains.of_data = one_table || one_file;
      chains.way = way(steps, length) + " -> " + end;
    }
    if (chains.places.size() < kShown) chains.places.push_back(place_of(steps[0]));
  }

  void report_chains(const Chains& chains) {
    // By the rule that begins them, or the file.
    const Span line_owner = owner(chains.rule);
    if (allows_.silences(Kind::redirect_chain, place(chains.rule), line_owner)) return;
    const std::string which = line_owner.known() ? "lines" : "rows";
    const std::string several = std::to_string(chains.count) + " " + which + " lead to others that redirect again";
    out_.belongs_to(line_owner);
    Diagnostic& d = out_.add(
        Kind::redirect_chain, chains.of_data ? chains.places[0] : place(chains.rule),
        !chains.of_data ? name(chains.rule) + " begins more than " + std::to_string(kLongChain) + " redirects in a row"
        : chains.count == 1 ? "this leads to another of the same " + which + ", which redirects again"
                            : several);
    out_.belongs_to({});
    for (std::size_t k = 1; chains.of_data && k < chains.places.size(); ++k) d.label(chains.places[k], "and this");
    d.note("for example " + chains.way);
    d.help("let each lead to the last target at once: every step costs the visitor a round trip");
  }
};

}  // namespace

bool check_loops(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out) {
  return Loops(program, allows, out).run();
}

}  // namespace sprx
