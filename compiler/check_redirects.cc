// Redirect targets: each part is walked along the states of a URL, so that client text never decides which host is
// meant.
#include <algorithm>
#include <functional>

#include "compiler/rule_state.h"
#include "compiler/target_walk.h"
#include "grammar/haproxy.h"

namespace sprx {
namespace {

/// `www.example.com$uri` and `www.example.com{path}` put a value in as other languages do. `of_file`: in a line of a
/// `redirects`.
std::string help_for_authority(std::string_view host, bool of_file) {
  const std::size_t sign = host.find_first_of("${%");
  if (sign != std::string_view::npos) {
    const std::size_t begin = host.find_first_not_of("${%", sign);
    const std::string_view rest = begin == std::string_view::npos ? std::string_view{} : host.substr(begin);
    const std::string_view name =
        rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"));
    const std::string_view ours = equal_nocase(name, "request_uri") ? std::string_view("uri") : name;
    if (!of_file && !ours.empty() && ours[0] >= '0' && ours[0] <= '9')
      return "give the part a name, `{name}` in a template, and write `${name}`";
    if (!ours.empty())
      return "a value is put into text with `" + std::string(of_file ? "{" : "${") + std::string(ours) + "}`";
  }
  return "a value is put into text with `${host}`; a host is letters, digits, `-` and `.`";
}

/// The longest quotation of a row in a message.
constexpr std::size_t kQuoted = 60;
/// Nodes of a value that are looked at for where its text comes from.
constexpr std::size_t kLookedAt = 1000;

std::string quote(std::string_view text) {
  return "`" + std::string(text.substr(0, kQuoted)) + (text.size() > kQuoted ? "…`" : "`");
}

/// What to write instead of a target that is no URL.
std::string url_help(std::string_view text, TargetStates before) {
  constexpr std::string_view kPort = "a port is a number up to 65535 after the host: `https://www.example.com:8443/`";
  if (const std::size_t open = text.find("%["), close = text.find(']', open); close != std::string_view::npos) {
    const std::string field = haproxy_field(text.substr(open + 2, close - open - 2));
    if (!field.empty()) return "a value is put into text with `${" + field + "}`";
  }
  if (const std::string_view path = path_in_target_fault(text, before, true); !path.empty()) return std::string(path);
  if (before.any(TargetStates::authority_begin | TargetStates::authority)) {
    if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos)
      return "the scheme stands before this, so write the host alone: " +
             quote(text.substr(scheme + 3, text.find_first_of("/?#", scheme + 3) - scheme - 3));
    if (text.find(':') != std::string_view::npos) return std::string(kPort);
    return "this stands in the host, which is letters, digits, `-` and `.`; a path begins with `/`";
  }
  if (before.any(TargetStates::port_begin)) return std::string(kPort);
  if (before.any(TargetStates::kPort)) return "after a port stands `/`, `?`, `#` or nothing";
  if (text.starts_with("http://") || text.starts_with("https://")) {
    const std::size_t host = text.find("://") + 3;
    const std::string_view authority = text.substr(host, text.find_first_of("/?#", host) - host);
    if (authority.find(':') != std::string_view::npos) return std::string(kPort);
  }
  const std::size_t dot = text.find('.');
  const bool host = dot != std::string_view::npos && dot > 0 && dot + 1 < text.size() && dot < text.find('/') &&
                    text.find_first_of(": @") == std::string_view::npos && text.size() <= kQuoted;
  if (host) return "to name another host write `https://" + std::string(text) + "`; a path of this one begins with `/`";
  if (text.find('$') != std::string_view::npos || text.starts_with('{'))
    return "a value is put into text with `${…}`: `\"https://${host}${uri}\"`";
  if (text.starts_with("http:") || text.starts_with("https:"))
    return "after the scheme stand `//` and a host: `https://www.example.com/`";
  return "a target begins with `/`, `?`, `#` or a scheme and a host: `https://www.example.com/`";
}

/// `//` and `/\` at the start of a relative target collapse to `/`.
std::string collapsed(std::string_view text) {
  std::size_t slashes = 0;
  while (slashes < text.size() && (text[slashes] == '/' || text[slashes] == '\\')) ++slashes;
  if (slashes < 2 || text[0] != '/') return std::string(text);
  return "/" + std::string(text.substr(slashes));
}

}  // namespace

ExprId Checker::flatten(const Value& value) {
  std::vector<ExprId> parts;
  std::vector<ExprId> open{value.id};
  while (!open.empty()) {
    const ExprId id = open.back();
    open.pop_back();
    const Expr& e = pool()[id];
    if (e.op == Op::concat) {
      const std::span<const ExprId> items = pool().list(e);
      open.insert(open.end(), items.rbegin(), items.rend());
    } else if (e.op == Op::let && e.origin != Origin::own && pool()[rules().lets[e.a].value].op == Op::concat) {
      open.push_back(rules().lets[e.a].value);
    } else {
      parts.push_back(id);
    }
    if (parts.size() + open.size() > limits_.expression_nodes) {
      report(Kind::limit_expression, value.span,
             "this text has more than " + std::to_string(limits_.expression_nodes) + " parts with its lets put in");
      return kNoExpr;
    }
  }
  return concat(std::move(parts));
}

namespace {

/// The place of part `i` of what `e` says, as exactly as can be said.
Span place_of(const ast::Expr& e, std::size_t i, std::size_t parts) {
  if (!e.is(ast::Expr::Kind::string) || e.children.empty()) return e.span;
  std::vector<Span> places;
  for (const ast::Expr& child : e.children) {
    if (!child.is(ast::Expr::Kind::piece) || !child.text.empty()) places.push_back(child.span);
  }
  return places.size() == parts ? places[i] : e.span;
}

/// Text that stands where a redirect's host would and that no host holds, such as `$host`.
std::string_view bad_authority(std::string_view text) {
  const std::size_t begin = text.find("://");
  if (begin == std::string_view::npos || text.substr(0, begin).find_first_of("/?#") != std::string_view::npos)
    return {};
  const std::string_view host = text.substr(begin + 3, text.find_first_of("/?#", begin + 3) - begin - 3);
  return host.find_first_of("${}<>()*^|\"\\` ") == std::string_view::npos ? std::string_view{} : host;
}

/// What is said of text that makes no URL.
std::string no_url(std::string_view text, TargetStates before) {
  const bool starts = before.any(TargetStates::start);
  return (text.empty() ? "this" : quote(text)) +
         (starts ? " is no redirect target" : " makes no URL of the redirect target");
}

}  // namespace

Knowledge Checker::knowledge() const {
  const auto is_there = [this](ExprId id, const Facts& facts) {
    int budget = kProofBudget;
    return is_present(id, facts, budget);
  };
  return {is_there, [this](ExprId id, bool truth, Facts& facts) { learn(id, truth, facts); }};
}

namespace {

/// Whether text that the request brought can be in a value; a capture counts if `captures`, whose source is not known
/// here.
bool from_request(const RuleSet& rules, ExprId value, bool captures) {
  std::vector<ExprId> open{value};
  for (std::size_t steps = 0; !open.empty() && steps < kLookedAt; ++steps) {
    const Expr& e = rules.pool[open.back()];
    open.pop_back();
    const bool read =
        e.op == Op::field && e.origin != Origin::own && info(static_cast<Field>(e.a)).phase == Phase::request;
    if (read || (captures && e.op == Op::capture && e.origin == Origin::client)) return true;
    if (e.op == Op::let) open.push_back(rules.lets[e.a].value);
    for_each_operand(rules.pool, e, [&](ExprId operand) { open.push_back(operand); });
  }
  return false;
}

}  // namespace

void Checker::lint_location(std::string_view header, const ast::Expr& e, ExprId value, const RuleState& rule) {
  if (!equal_nocase(header, "location")) return;
  const ExprId flat = flatten({value, Type::string, e.span});
  if (flat == kNoExpr) return;
  const std::span<const ExprId> seen = pool().list(pool()[flat]);
  const std::vector<ExprId> parts(seen.begin(), seen.end());
  TargetWalk walk(rules(), capture_info_, rule.env.facts, knowledge());
  TargetStates at;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Expr& before = pool()[parts[i == 0 ? 0 : i - 1]];
    // A redirect takes `//` for one `/`; here what follows it is a host.
    const bool slashes = i == 1 && before.op == Op::text && pool().strings.view(StrId{before.a}) == "/";
    walk.last = i + 1 == parts.size();
    at = walk.walk(parts[i], at);
    if (walk.fault == TargetWalk::Fault::none && !slashes) continue;
    const bool host = slashes || walk.fault == TargetWalk::Fault::start || walk.fault == TargetWalk::Fault::authority ||
                      walk.fault == TargetWalk::Fault::after_authority;
    // In a response rule a capture may be of what the origin sent.
    if (!host || !from_request(rules(), parts[i], rule.phase == Phase::request)) {
      if (slashes && walk.fault == TargetWalk::Fault::none) continue;
      return;
    }
    out_.add(Kind::location_by_hand, place_of(e, i, parts.size()),
             "client text decides where this `Location` leads, it could name any host")
        .help("write `redirect 302 …;`, whose target is proved, or ask for what is known: `when … in LIST;`");
    return;
  }
}

ExprId Checker::target(const Value& value, const ast::Expr& e, const Env& env) {
  ExprId flat = flatten(value);
  if (flat == kNoExpr) return kNoExpr;
  const std::span<const ExprId> seen = pool().list(pool()[flat]);
  std::vector<ExprId> parts(seen.begin(), seen.end());
  if (const Expr& first = parts.empty() ? Expr{} : pool()[parts[0]]; first.op == Op::text) {
    const std::string text(pool().strings.view(StrId{first.a}));
    if (const std::string one = collapsed(text); one != text) {
      out_.add(Kind::target_slashes, place_of(e, 0, parts.size()),
               "a relative target begins with one `/`, more are taken as one")
          .help("to name another host write `https://…`");
      parts[0] = pool().text(one);
      flat = concat(parts);
    }
    if (const std::string_view host = bad_authority(text); !host.empty()) {
      report(Kind::redirect_target, e.span, quote(host) + " is no host for a redirect target")
          .help(help_for_authority(host, e.is(ast::Expr::Kind::path)));
      return kNoExpr;
    }
  }
  TargetWalk walk(rules(), capture_info_, env.facts, knowledge());
  TargetStates at;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const TargetStates before = at;
    walk.last = i + 1 == parts.size();
    at = walk.walk(parts[i], at);
    if (walk.fault == TargetWalk::Fault::none) continue;
    const Span where = place_of(e, i, parts.size());
    const std::string text =
        where.end - where.begin <= kQuoted ? "`" + std::string(sources_.text(where)) + "`" : "this value";
    switch (walk.fault) {
      case TargetWalk::Fault::start:
        report(Kind::redirect_start, where,
               text + " is client text at the start of a redirect target, it could name any host")
            .help(
                "begin with `/`, or with a scheme and a host that the rule decides: `\"/${…}\"`, "
                "`\"https://${host}/${…}\"`")
            .note("a list or a table proves it too: `when … in LIST;`");
        break;
      case TargetWalk::Fault::authority:
        report(Kind::redirect_authority, where, text + " is client text in the host of a redirect target")
            .help("in the host stand literals, tables, `host`, captures of `host`, or what `when … in LIST;` proves");
        break;
      case TargetWalk::Fault::after_authority:
        report(Kind::redirect_after_authority, where,
               text + " stands directly after the host of a redirect target, it could go on with `.evil.example`")
            .help("put a `/` between them, or a value that begins with `/` such as `path` or `uri`");
        break;
      case TargetWalk::Fault::absent_host:
        if (need_present({parts[i], Type::string, where}, env, "the host of a redirect target"))
          report(Kind::may_be_absent, where, text + " may be absent, and then the redirect target has no host")
              .help("prove that it is there in a condition, or give a default with `\?\?`");
        break;
      default: {
        const auto fault = [before](std::string_view row) {
          return std::optional(std::pair(no_url(row, before), url_help(row, before)));
        };
        if (walk.bad_rows.count != 0 && report_bad_rows(walk.bad_rows, Kind::redirect_target, where, fault)) break;
        const bool row = walk.bad_rows.count != 0;
        report(Kind::redirect_target, where,
               no_url(row || before.any(TargetStates::start) ? std::string_view(walk.detail) : "", before))
            .help(url_help(walk.detail, before));
        break;
      }
    }
    return kNoExpr;
  }
  const bool empty = at.bits() == TargetStates::start;
  if (at.any(kUnfinished) || empty) {
    report(Kind::redirect_target, e.span,
           empty                     ? "this redirect target is empty"
           : walk.unfinished.empty() ? "this is no redirect target"
                                     : quote(walk.unfinished) + " is no redirect target")
        .help("a target begins with `/`, `?`, `#` or a scheme and a host: `https://www.example.com/`");
    return kNoExpr;
  }
  return concat(proven_own(std::move(parts), env));
}

std::vector<ExprId> Checker::proven_own(std::vector<ExprId> parts, const Env& env) {
  for (ExprId& part : parts) {
    Expr e = pool()[part];
    const std::vector<Proof>* const proofs = env.facts.proof(part);
    const bool leaf = e.op == Op::field || e.op == Op::capture || e.op == Op::let;
    if (!leaf || e.origin == Origin::own || proofs == nullptr || proofs->front().kind == Proof::Kind::trusted) continue;
    e.origin = Origin::own;
    part = pool().add(e);
  }
  return parts;
}

}  // namespace sprx
