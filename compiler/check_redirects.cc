// Redirect targets: each part is walked along the states of a URL, so that client text never decides which host is
// meant.
#include <algorithm>
#include <functional>

#include "compiler/checker.h"
#include "compiler/target_state.h"

namespace sprx {
namespace {

constexpr int kTargetBudget = 20'000;

/// The longest quotation of a row in a message.
constexpr std::size_t kQuoted = 60;

std::string quote(std::string_view text) {
  return "`" + std::string(text.substr(0, kQuoted)) + (text.size() > kQuoted ? "…`" : "`");
}

/// What to write instead of a target that is no URL.
std::string url_help(std::string_view text) {
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

/// States in which a target cannot end.
constexpr std::uint16_t kUnfinished =
    TargetStates::scheme | TargetStates::colon | TargetStates::slash | TargetStates::authority_begin;

/// What the checker knows of values at a place.
struct Knowledge {
  std::function<bool(ExprId, const Facts&)> is_present;
  std::function<void(ExprId, bool, Facts&)> learn;
};

/// Walks the parts of one target.
class TargetWalk {
 public:
  TargetWalk(const RuleSet& rules, const std::unordered_map<std::uint32_t, CaptureInfo>& captures, const Facts& facts,
             Knowledge knowledge)
      : rules_(rules), captures_(captures), facts_(&facts), knowledge_(std::move(knowledge)) {}

  enum class Fault : std::uint8_t { none, start, authority, after_authority, absent_host, not_url };
  Fault fault = Fault::none;
  std::string detail;        ///< not_url: the text that is none …
  std::size_t bad_rows = 0;  ///< … and how many like it a list or table has
  std::string unfinished;    ///< a text that only begins a URL

  /// The states after `value`. What is absent is "", so that the next part stands in its place; `certain`: it is there,
  /// or what is made of it has been asked.
  TargetStates walk(ExprId value, TargetStates at, bool certain = false) {
    TargetStates out = present(value, at);
    if (fault != Fault::none || certain || knowledge_.is_present(value, *facts_)) return out;
    if (at.any(TargetStates::colon | TargetStates::slash | TargetStates::authority_begin)) fault = Fault::absent_host;
    out.add(at);
    return out;
  }

 private:
  const RuleSet& rules_;
  const std::unordered_map<std::uint32_t, CaptureInfo>& captures_;
  const Facts* facts_;
  Knowledge knowledge_;
  int budget_ = kTargetBudget;

  TargetStates present(ExprId value, TargetStates at) {
    if (fault != Fault::none || --budget_ < 0) {
      if (budget_ < 0 && fault == Fault::none) fault = Fault::authority;
      return at;
    }
    const Expr& e = rules_.pool[value];
    if (e.op == Op::text) return text(rules_.pool.strings.view(StrId{e.a}), at);
    if (const std::vector<Proof>* const proofs = facts_->proof(value)) {
      if (proofs->front().kind != Proof::Kind::trusted) return proven(*proofs, at);
    }
    switch (e.op) {
      case Op::concat: {
        for (const ExprId part : rules_.pool.list(e)) at = walk(part, at);
        return at;
      }
      case Op::let:
        return walk(rules_.lets[e.a].value, at, true);
      case Op::fallback:
        return first_of(e, at);
      case Op::choose:
        return one_of(e, at);
      case Op::lookup:
        return table(e.a, at);
      case Op::field:
      case Op::capture:
      case Op::call:
      case Op::integer:
      case Op::address:
        return opaque(value, e, at);
      default:
        return opaque(value, e, at);
    }
  }

  TargetStates text(std::string_view value, TargetStates at) {
    bool bad = false;
    const TargetStates out = at.after(value, &bad);
    if (bad && fault == Fault::none) {
      fault = Fault::not_url;
      detail = value;
    }
    if (unfinished.empty() && at.any(TargetStates::start) && out.any(kUnfinished)) unfinished = value;
    return out;
  }

  TargetStates texts(const std::vector<StrId>& values, TargetStates at) {
    TargetStates out(0);
    for (const StrId id : values) {
      bool bad = false;
      const std::string_view value = rules_.pool.strings.view(id);
      static_cast<void>(at.after(value, &bad));
      if (!bad) {
        out.add(text(value, at));
      } else if (++bad_rows == 1) {
        detail = value;
      }
    }
    if (bad_rows != 0) fault = Fault::not_url;
    return out;
  }

  TargetStates table(std::uint32_t id, TargetStates at) {
    const Table& table = rules_.tables[id];
    if (table.value_type == Type::string) return texts(table.texts, at);
    TargetStates out(0);
    for (const std::int64_t number : table.integers) out.add(text(std::to_string(number), at));
    return out;
  }

  TargetStates proven(const std::vector<Proof>& proofs, TargetStates at) {
    TargetStates out(0);
    for (const Proof& proof : proofs) {
      if (proof.kind == Proof::Kind::text) {
        out.add(text(rules_.pool.strings.view(StrId{rules_.pool[ExprId{proof.id}].a}), at));
      } else if (proof.kind == Proof::Kind::table) {
        out.add(texts(rules_.tables[proof.id].keys.texts, at));
      } else if (proof.kind == Proof::Kind::list) {
        out.add(texts(rules_.lists[proof.id].keys.texts, at));
      }
    }
    return out;
  }

  TargetStates first_of(const Expr& e, TargetStates at) {
    TargetStates out(0);
    for (const ExprId item : rules_.pool.list(e)) out.add(walk(item, at, true));
    return out;
  }

  /// Each value of a `choose`, with what its condition proves and those before it do not.
  TargetStates one_of(const Expr& e, TargetStates at) {
    const std::span<const ExprId> items = rules_.pool.list(e);
    const Facts* const outer = facts_;
    Facts before;
    before.parent = outer;
    TargetStates out(0);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      Facts branch;
      branch.parent = &before;
      knowledge_.learn(items[i], true, branch);
      facts_ = &branch;
      out.add(walk(items[i + 1], at, true));
      facts_ = &before;
      knowledge_.learn(items[i], false, before);
    }
    if (items.size() % 2 == 1) out.add(walk(items.back(), at, true));
    facts_ = outer;
    return out;
  }

  const CaptureInfo* info_of(ExprId value, const Expr& e) const {
    if (e.op != Op::capture) return nullptr;
    const auto known = captures_.find(static_cast<std::uint32_t>(value));
    return known == captures_.end() ? nullptr : &known->second;
  }

  bool begins_with_slash(const Expr& e, const CaptureInfo* capture) const {
    if (capture != nullptr) return capture->begins_with_slash;
    if (e.op != Op::field) return false;
    const auto field = static_cast<Field>(e.a);
    return field == Field::path || field == Field::uri || field == Field::raw_path;
  }

  bool from_host(const Expr& e, const CaptureInfo* capture) const {
    if (capture != nullptr) return capture->authority;
    if (e.op == Op::call) {
      const auto function = static_cast<Function>(e.a);
      const bool keeps = function == Function::lower || function == Function::upper || function == Function::trim ||
                         function == Function::substring || function == Function::replace;
      if (!keeps) return false;
      const std::span<const ExprId> items = rules_.pool.list(e);
      return std::all_of(items.begin(), items.end(), [this](ExprId item) {
        const Expr& inner = rules_.pool[item];
        return inner.origin == Origin::own || facts_->proof(item) != nullptr || from_host(inner, info_of(item, inner));
      });
    }
    if (e.op == Op::let) {
      const Expr& inner = rules_.pool[rules_.lets[e.a].value];
      return from_host(inner, info_of(rules_.lets[e.a].value, inner));
    }
    if (e.op != Op::field) return false;
    const auto field = static_cast<Field>(e.a);
    return field == Field::host || field == Field::port;
  }

  /// Text of which only where it comes from is known.
  TargetStates opaque(ExprId value, const Expr& e, TargetStates at) {
    const CaptureInfo* const capture = info_of(value, e);
    if (capture != nullptr && !capture->alternatives.empty()) {
      TargetStates out(0);
      for (const std::string& alternative : capture->alternatives) out.add(text(alternative, at));
      return out;
    }
    TargetStates out(at.bits() & TargetStates::kLate);
    // Client text is encoded for its place and never leaves it; other text may hold `?` and `#`.
    if (e.origin <= Origin::wire) out.widen();
    if (!at.any(TargetStates::kEarly)) return out;
    TargetStates early(at.bits() & TargetStates::kEarly);
    const bool maybe_empty = capture != nullptr && capture->may_be_empty;
    if (e.origin == Origin::own) {
      out.add(TargetStates::kEarly | TargetStates::kLate);
      if (!at.any(TargetStates::start | TargetStates::scheme))
        out.remove(TargetStates::start | TargetStates::scheme | TargetStates::colon | TargetStates::slash);
      return out;
    }
    if (e.op == Op::field && static_cast<Field>(e.a) == Field::scheme) return of_scheme(early, out);
    const bool trusted = facts_->proof(value) != nullptr || from_host(e, capture);
    if (begins_with_slash(e, capture)) return of_path(early, out, e.origin <= Origin::wire, maybe_empty);
    if (trusted && !early.any(TargetStates::start | TargetStates::scheme | TargetStates::colon | TargetStates::slash)) {
      out.add(TargetStates::authority);
      if (maybe_empty) out.add(early);
      return out;
    }
    fault = trusted && !early.any(TargetStates::colon | TargetStates::slash) ? Fault::not_url
            : early.any(TargetStates::start)                                 ? Fault::start
            : early.any(TargetStates::authority)                             ? Fault::after_authority
                                                                             : Fault::authority;
    return at;
  }

  TargetStates of_scheme(TargetStates early, TargetStates out) {
    if (early.any(TargetStates::start | TargetStates::scheme)) out.add(TargetStates::scheme);
    if (early.any(TargetStates::authority_begin | TargetStates::authority)) out.add(TargetStates::authority);
    if (early.any(TargetStates::colon | TargetStates::slash)) fault = Fault::not_url;
    return out;
  }

  TargetStates of_path(TargetStates early, TargetStates out, bool wire, bool maybe_empty) {
    if (early.any(TargetStates::scheme | TargetStates::colon | TargetStates::slash | TargetStates::authority_begin)) {
      fault = Fault::authority;
      return out;
    }
    out.add(TargetStates::path);
    if (wire) out.widen();
    if (maybe_empty) out.add(early);
    return out;
  }
};

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
std::string no_url(const TargetWalk& walk, TargetStates before) {
  const bool starts = before.any(TargetStates::start);
  if (walk.bad_rows > 1)
    return quote(walk.detail) + " and " + std::to_string(walk.bad_rows - 1) + " more of these values " +
           (starts ? "are no redirect targets" : "make no URL of the redirect target");
  if (walk.detail.empty() || (!starts && walk.bad_rows == 0)) return "this makes no URL of the redirect target";
  return quote(walk.detail) + (starts ? " is no redirect target" : " makes no URL of the redirect target");
}

}  // namespace

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
          .help("a value is put into text with `${host}`; a host is letters, digits, `-` and `.`");
      return kNoExpr;
    }
  }
  const auto is_there = [this](ExprId id, const Facts& facts) {
    int budget = kProofBudget;
    return is_present(id, facts, budget);
  };
  const auto learn_it = [this](ExprId id, bool truth, Facts& facts) { learn(id, truth, facts); };
  TargetWalk walk(rules(), capture_info_, env.facts, {is_there, learn_it});
  TargetStates at;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const TargetStates before = at;
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
      default:
        report(Kind::redirect_target, where, no_url(walk, before)).help(url_help(walk.detail));
        break;
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
