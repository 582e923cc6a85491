// Redirect targets: each part is walked along the states of a URL, so that client text never decides which host is
// meant.
#include <algorithm>

#include "compiler/rule_state.h"
#include "compiler/table/condition_nodes.h"
#include "compiler/table/let_value.h"
#include "compiler/target_help.h"
#include "compiler/target_walk.h"

namespace sprx {
namespace {

/// Nodes of a value that are looked at for where its text comes from.
constexpr std::size_t kLookedAt = 1000;

/// `//` and `/\` at the start of a relative target collapse to `/`.
std::string collapsed(std::string_view text) {
  std::size_t slashes = 0;
  while (slashes < text.size() && (text[slashes] == '/' || text[slashes] == '\\')) ++slashes;
  if (slashes < 2 || text[0] != '/') return std::string(text);
  return "/" + std::string(text.substr(slashes));
}

/// `regex_replace(path, r"/$", "")`
bool strips_last_slash(std::string_view call) {
  std::string text;
  for (const char c : call) text += c == ' ' ? std::string_view{} : std::string_view(&c, 1);
  return text == "regex_replace(path,r\"/$\",\"\")" || text == "regex_replace(path,r\"/+$\",\"\")";
}

/// `"https://${host}…"` where the value at `where` follows a scheme and its `:` without `//`; "" elsewhere.
std::string scheme_before(const SourceSet& sources, Span where) {
  constexpr std::uint32_t kLookedBack = 20;
  const std::uint32_t begin = where.begin - std::min(where.begin, kLookedBack);
  const std::string_view before = sources.text({where.file, begin, where.begin});
  for (const std::string_view scheme : {"\"https:", "\"http:", "\"${scheme}:"}) {
    if (before.ends_with(std::string(scheme) + "${"))
      return std::string(scheme) + "//${" + std::string(sources.text(where)) + "}…\"";
  }
  return {};
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

/// Whether a value may decide which host a URL names.
bool decides_host(TargetWalk::Fault fault) {
  return fault == TargetWalk::Fault::start || fault == TargetWalk::Fault::authority ||
         fault == TargetWalk::Fault::after_authority;
}

/// The place of part `i` of what `e` says, as exactly as can be said.
Span place_of(const ast::Expr& e, std::size_t i, std::size_t parts) {
  if (!e.is(ast::Expr::Kind::string) || e.children.empty()) return e.span;
  std::vector<Span> places;
  for (const ast::Expr& child : e.children) {
    if (!child.is(ast::Expr::Kind::piece) || !child.text.empty()) places.push_back(child.span);
  }
  return places.size() == parts ? places[i] : e.span;
}

/// Whether text that the request brought can be in a value; a capture counts if `captures`, whose source is not known
/// here.
bool from_request(const RuleSet& rules, ExprId value, bool captures) {
  std::vector<ExprId> open{value};
  for (std::size_t steps = 0; !open.empty() && steps < kLookedAt; ++steps) {
    const Expr& e = rules.pool[open.back()];
    open.pop_back();
    // What a table gives is the author's, whatever it was looked up with.
    if (e.origin == Origin::own) continue;
    const bool read =
        e.op == Op::field && e.origin != Origin::own && info(static_cast<Field>(e.a)).phase == Phase::request;
    if (read || (captures && e.op == Op::capture && e.origin == Origin::client)) return true;
    if (e.op == Op::let) open.push_back(rules.lets[e.a].value);
    for_each_operand(rules.pool, e, [&](ExprId operand) { open.push_back(operand); });
  }
  return false;
}

/// What is put into the `Location` that the origin sent, in a call that replaces a part of it; kNoExpr in any other.
ExprId put_into_location(const RuleSet& rules, ExprId value) {
  ExprId put = kNoExpr;
  for (std::size_t steps = 0; steps < kLookedAt; ++steps) {
    const Expr& e = rules.pool[resolve_let(rules, value)];
    if (e.op == Op::field)
      return static_cast<Field>(e.a) == Field::response_header && rules.pool.strings.view(StrId{e.b}) == "location"
                 ? put
                 : kNoExpr;
    const bool replaces =
        e.op == Op::call && put == kNoExpr &&
        (static_cast<Function>(e.a) == Function::replace || static_cast<Function>(e.a) == Function::regex_replace);
    if (!replaces && e.op != Op::fallback) return kNoExpr;
    const std::span<const ExprId> items = rules.pool.list(e);
    if (replaces) put = items.back();
    value = items[0];
  }
  return kNoExpr;
}

/// Whether a value is the host of the request, for the place that it stands in.
bool is_made_of_host(const RuleSet& rules, ExprId value) {
  bool host = false;
  bool other = false;
  for_each_node(rules, value, [&](const Expr& e) {
    const bool is_host = e.op == Op::field && static_cast<Field>(e.a) == Field::host;
    host = host || is_host;
    other = other || (e.op == Op::field && !is_host) || e.op == Op::capture || e.op == Op::lookup;
    return true;
  });
  return host && !other;
}

/// Whether all of it is the author's, or the request's host where a host stands: `https://${host}`.
bool is_of_author(const CheckView& view, const std::vector<ExprId>& parts, const Facts& facts) {
  std::string_view before;
  for (const ExprId part : parts) {
    const Expr& e = view.pool()[resolve_let(view.rules, part)];
    const bool host = before.ends_with("://") && is_made_of_host(view.rules, part);
    if (e.op != Op::text && e.origin != Origin::own && !host && facts.proof(part) == nullptr) return false;
    before = e.op == Op::text ? view.text(StrId{e.a}) : std::string_view{};
  }
  return true;
}

/// A blank in the author's own text.
void lint_target_blank(const CheckView& view, const std::vector<ExprId>& parts, const ast::Expr& e) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Expr& part = view.pool()[parts[i]];
    if (part.op != Op::text || view.text(StrId{part.a}).find(' ') == std::string_view::npos) continue;
    view.out
        .add(Kind::blank_in_target, place_of(e, i, parts.size()),
             "this blank is part of the target and goes out as `%20`")
        .help("take it out, or write `%20` where it is meant");
    return;
  }
}

}  // namespace

void Checker::lint_location(std::string_view header, const ast::Expr& e, ExprId value, const RuleState& rule) {
  if (!equal_nocase(header, "location")) return;
  const ExprId flat = flatten({value, Type::string, e.span});
  if (flat == kNoExpr) return;
  const std::span<const ExprId> seen = pool().list(pool()[flat]);
  const std::vector<ExprId> parts(seen.begin(), seen.end());
  TargetWalk walk(rules(), prover_.captures(), rule.env.facts, prover_.knowledge());
  TargetStates at;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Expr& before = pool()[parts[i == 0 ? 0 : i - 1]];
    // A redirect takes `//` for one `/`; here what follows it is a host.
    const bool slashes = i == 1 && before.op == Op::text && pool().strings.view(StrId{before.a}) == "/" &&
                         rule.env.facts.proof(parts[i]) == nullptr;
    walk.last = i + 1 == parts.size();
    at = walk.walk(parts[i], at);
    if (walk.fault == TargetWalk::Fault::none && !slashes) continue;
    const bool host = slashes || decides_host(walk.fault);
    if (const ExprId put = put_into_location(rules(), parts[i]); i == 0 && put != kNoExpr) {
      const ExprId put_flat = flatten({put, Type::string, e.span});
      const std::vector<ExprId> put_parts =
          put_flat == kNoExpr
              ? std::vector<ExprId>{put}
              : std::vector<ExprId>(pool().list(pool()[put_flat]).begin(), pool().list(pool()[put_flat]).end());
      if (is_of_author(view_, put_parts, rule.env.facts)) return;
    }
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

/// What is wrong with a part of a target at `where`, and what to write instead.
void Checker::report_target_fault(const TargetWalk& walk, ExprId part, Span where, TargetStates before,
                                  const ast::Expr& e, const Env& env) {
  const bool of_file = e.is(ast::Expr::Kind::path);
  const std::string text =
      where.end - where.begin <= kQuotedTarget ? "`" + std::string(sources_.text(where)) + "`" : "this value";
  const auto fault = [before, of_file](std::string_view row) {
    return std::optional(std::pair(no_url(row, before), in_words_of(of_file, url_help(row, before))));
  };
  switch (walk.fault) {
    case TargetWalk::Fault::start: {
      Diagnostic& d = report(Kind::redirect_start, where,
                             text + " is client text at the start of a redirect target, it could name any host");
      if (strips_last_slash(sources_.text(where))) {
        d.help("the path without its last `/` is a capture: `when path matches r\"^(?<p>/.+)/$\"; redirect 301 p;`");
        return;
      }
      d.help(in_words_of(of_file,
                         "begin with `/`, or with a scheme and a host that the rule decides: `\"/${…}\"`, "
                         "`\"https://${host}/${…}\"`"));
      if (!of_file) d.note("a list or a table proves it too: `when … in LIST;`");
      return;
    }
    case TargetWalk::Fault::authority:
      report(Kind::redirect_authority, where, text + " is client text in the host of a redirect target")
          .help(!scheme_before(sources_, where).empty()
                    ? "`//` stands between a scheme and a host: `" + scheme_before(sources_, where) + "`"
                : of_file ? "in the host stand literals, `{host}` and captures of the source's host"
                          : "in the host stand literals, tables, `host`, captures of `host`, or what `when … in LIST;` "
                            "proves");
      return;
    case TargetWalk::Fault::after_authority:
      report(Kind::redirect_after_authority, where,
             text + " stands directly after the host of a redirect target, it could go on with `.evil.example`")
          .help(of_file ? "put a `/` between them"
                        : "put a `/` between them, or a value that begins with `/` such as "
                          "`path` or `uri`");
      return;
    case TargetWalk::Fault::absent_host:
      if (need_present({part, Type::string, where}, env, "the host of a redirect target"))
        report(Kind::may_be_absent, where, text + " may be absent, and then the redirect target has no host")
            .help("prove that it is there in a condition, or give a default with `\?\?`");
      return;
    default: {
      const bool row = walk.bad_rows.count != 0;
      if (row && report_bad_rows(walk.bad_rows, Kind::redirect_target, where, fault)) return;
      const std::string_view said = row || before.any(TargetStates::start) ? std::string_view(walk.detail) : "";
      report(Kind::redirect_target, where, no_url(said, before))
          .help(in_words_of(of_file, url_help(walk.detail, before)));
    }
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
    if (const auto [host, meant] = host_of_other_letters(text); !host.empty()) {
      report(Kind::redirect_target, e.span, quoted_target(host) + " is a host in letters that no URL has")
          .help(meant.empty() ? "a host is letters, digits, `-` and `.`" : "write `" + meant + "`");
      return kNoExpr;
    }
    if (const std::string_view host = bad_authority(text); !host.empty()) {
      report(Kind::redirect_target, e.span, quoted_target(host) + " is no host for a redirect target")
          .help(help_for_authority(host, e.is(ast::Expr::Kind::path)));
      return kNoExpr;
    }
  }
  if (!e.is(ast::Expr::Kind::path)) lint_target_blank(view_, parts, e);
  TargetWalk walk(rules(), prover_.captures(), env.facts, prover_.knowledge());
  TargetStates at;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const TargetStates before = at;
    walk.last = i + 1 == parts.size();
    at = walk.walk(parts[i], at);
    if (walk.fault == TargetWalk::Fault::none) continue;
    report_target_fault(walk, parts[i], place_of(e, i, parts.size()), before, e, env);
    return kNoExpr;
  }
  const bool empty = at.bits() == TargetStates::start;
  if (at.any(kUnfinished) || empty) {
    report(Kind::redirect_target, e.span,
           empty                     ? "this redirect target is empty"
           : walk.unfinished.empty() ? "this is no redirect target"
                                     : quoted_target(walk.unfinished) + " is no redirect target")
        .help("a target begins with `/`, `?`, `#` or a scheme and a host: `https://www.example.com/`");
    return kNoExpr;
  }
  target_rows_.note(parts, e.span);
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
