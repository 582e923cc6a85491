#include "compiler/target_walk.h"

#include <algorithm>

#include "compiler/data_file.h"
#include "compiler/table/dot_segments.h"
#include "compiler/target_help.h"

namespace sprx {
namespace {

/// Where a host begins or goes on.
constexpr std::uint16_t kHost = TargetStates::authority_begin | TargetStates::authority | TargetStates::label_begin;

/// Whether `text`, standing in the host or beginning a URL, names a port past 65535.
bool port_out_of_range(std::string_view text, TargetStates at) {
  std::size_t colon = std::string_view::npos;
  if (at.any(TargetStates::start)) {
    const std::size_t host = text.find("://");
    if (host != std::string_view::npos) colon = text.substr(0, text.find_first_of("/?#", host + 3)).rfind(':');
    if (colon == host) colon = std::string_view::npos;
  } else if (at.any(TargetStates::authority | TargetStates::label_begin | TargetStates::bracket_end) &&
             text.starts_with(':')) {
    colon = 0;
  }
  if (colon == std::string_view::npos && !at.any(TargetStates::port_begin)) return false;
  std::uint32_t port = 0;
  for (const char c : text.substr(colon == std::string_view::npos ? 0 : colon + 1)) {
    if (c < '0' || c > '9') break;
    port = std::min(port * 10 + static_cast<std::uint32_t>(c - '0'), 65'536U);
  }
  return port > 65'535;
}

/// What of `text` is path: nothing where a query may have begun before it.
std::string_view path_in(std::string_view text, TargetStates at) {
  std::size_t begin = 0;
  if (at.any(TargetStates::query | TargetStates::fragment)) return {};
  if (at.any(TargetStates::start)) {
    const std::size_t scheme = text.find("://");
    if (scheme != std::string_view::npos && text.find_first_of("/?#") > scheme) begin = text.find('/', scheme + 3);
  } else if (!at.any(TargetStates::path)) {
    begin = text.find('/');
  }
  if (begin == std::string_view::npos || text.find_first_of("?#") < begin) return {};
  return text.substr(begin, text.find_first_of("?#", begin) - begin);
}

/// Also in capitals or without: neither touches the `/`.
bool begins_with_slash(const ExprPool& pool, const Expr& e, const CaptureInfo* capture) {
  if (capture != nullptr) return capture->begins_with_slash;
  if (e.op == Op::call &&
      (static_cast<Function>(e.a) == Function::lower || static_cast<Function>(e.a) == Function::upper))
    return begins_with_slash(pool, pool[pool.list(e)[0]], nullptr);
  if (e.op != Op::field) return false;
  const auto field = static_cast<Field>(e.a);
  return field == Field::path || field == Field::uri || field == Field::raw_path;
}

}  // namespace

std::string_view path_in_target_fault(std::string_view text, TargetStates at, bool last) {
  const std::string_view path = path_in(text, at);
  const std::size_t escape = bad_escape(path);
  const bool group = escape + 1 < path.size() && path[escape + 1] >= '1' && path[escape + 1] <= '9';
  if (escape != std::string_view::npos && group)
    return "give the part a name, `{name}` in a template, and write `${name}`; a `%` itself is written `%25`";
  if (escape != std::string_view::npos)
    return "after `%` stand two hexadecimal digits, not `00`; a `%` itself is written `%25`";
  bool dots = false;
  const std::uint8_t left = segment_after(path, kNameBegun, &dots);
  const bool ends = last || text.find_first_of("?#") != std::string_view::npos;
  const bool bad = dots || (ends && (left & (kOneDot | kTwoDots)) != 0);
  return bad ? "a path has no `.` and no `..` segment, clients take them out: write the path that is meant" : "";
}

TargetStates TargetWalk::walk(ExprId value, TargetStates at, bool certain) {
  TargetStates out = present(value, at);
  if (fault != Fault::none || certain || knowledge_.is_present(value, *facts_)) return out;
  if (at.any(TargetStates::colon | TargetStates::slash | TargetStates::authority_begin)) fault = Fault::absent_host;
  out.add(at);
  return out;
}

TargetStates TargetWalk::present(ExprId value, TargetStates at) {
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
      const bool ends = last;
      const std::span<const ExprId> parts = rules_.pool.list(e);
      for (std::size_t i = 0; i < parts.size(); ++i) {
        last = ends && i + 1 == parts.size();
        at = walk(parts[i], at);
      }
      last = ends;
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

TargetStates TargetWalk::text(std::string_view value, TargetStates at) {
  bool bad = false;
  const TargetStates out = at.after(value, &bad);
  bad = bad || port_out_of_range(value, at) || !meant_scheme(value, at).empty() || comma_in_host(value, at) ||
        !path_in_target_fault(value, at, last).empty();
  if (bad && fault == Fault::none) {
    fault = Fault::not_url;
    detail = value;
  }
  if (unfinished.empty() && at.any(TargetStates::start) && out.any(kUnfinished)) unfinished = value;
  return out;
}

TargetStates TargetWalk::texts(const std::vector<StrId>& values, TargetStates at, BadRows where) {
  TargetStates out(0);
  for (std::uint32_t row = 0; row < values.size(); ++row) {
    bool bad = false;
    const std::string_view value = rules_.pool.strings.view(values[row]);
    const TargetStates after = at.after(value, &bad);
    if (!bad && !(last && after.any(kUnfinished)) && !port_out_of_range(value, at) && meant_scheme(value, at).empty() &&
        !comma_in_host(value, at) && path_in_target_fault(value, at, last).empty()) {
      out.add(text(value, at));
      continue;
    }
    if (where.count++ == 0) detail = value;
    if (where.rows.size() < kMaxDataErrors) where.rows.push_back(row);
  }
  if (where.count != 0) {
    fault = Fault::not_url;
    bad_rows = std::move(where);
  }
  return out;
}

TargetStates TargetWalk::table(std::uint32_t id, TargetStates at) {
  const Table& table = rules_.tables[id];
  if (table.value_type == Type::string) return texts(table.texts, at, {true, true, id, {}, 0});
  TargetStates out(0);
  for (const std::int64_t number : table.integers) out.add(text(std::to_string(number), at));
  return out;
}

TargetStates TargetWalk::proven(const std::vector<Proof>& proofs, TargetStates at) {
  TargetStates out(0);
  for (const Proof& proof : proofs) {
    if (fault != Fault::none) break;
    if (proof.kind == Proof::Kind::text) {
      out.add(text(rules_.pool.strings.view(StrId{rules_.pool[ExprId{proof.id}].a}), at));
    } else if (proof.kind == Proof::Kind::table) {
      out.add(texts(rules_.tables[proof.id].keys.texts, at, {true, false, proof.id, {}, 0}));
    } else if (proof.kind == Proof::Kind::list) {
      out.add(texts(rules_.lists[proof.id].keys.texts, at, {false, false, proof.id, {}, 0}));
    }
  }
  return out;
}

TargetStates TargetWalk::first_of(const Expr& e, TargetStates at) {
  TargetStates out(0);
  for (const ExprId item : rules_.pool.list(e)) out.add(walk(item, at, true));
  return out;
}

/// Each value of a `choose`, with what its condition proves and those before it do not.
TargetStates TargetWalk::one_of(const Expr& e, TargetStates at) {
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

const CaptureInfo* TargetWalk::info_of(ExprId value, const Expr& e) const {
  if (e.op != Op::capture) return nullptr;
  const auto known = captures_.find(static_cast<std::uint32_t>(value));
  return known == captures_.end() ? nullptr : &known->second;
}

bool TargetWalk::from_host(const Expr& e, const CaptureInfo* capture) const {
  if (capture != nullptr) return capture->authority;
  if (e.op == Op::call) {
    const auto function = static_cast<Function>(e.a);
    const bool keeps = function == Function::lower || function == Function::upper || function == Function::trim ||
                       function == Function::substring || function == Function::replace ||
                       function == Function::regex_replace || function == Function::split;
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
TargetStates TargetWalk::opaque(ExprId value, const Expr& e, TargetStates at) {
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
  const bool slash = begins_with_slash(rules_.pool, e, capture);
  if (e.origin == Origin::own && !slash) return of_own(early, out);
  if (e.op == Op::field && static_cast<Field>(e.a) == Field::scheme) return of_scheme(early, out);
  const bool trusted = facts_->proof(value) != nullptr || from_host(e, capture);
  if (slash) return of_path(early, out, e.origin <= Origin::wire, maybe_empty);
  if (trusted && !early.any(TargetStates::start | TargetStates::scheme | TargetStates::colon | TargetStates::slash)) {
    if (maybe_empty) out.add(early);
    return of_host(early, out, e.type == Type::integer);
  }
  if (trusted && !early.any(TargetStates::colon | TargetStates::slash)) {
    fault = Fault::not_url;
  } else if (early.any(TargetStates::start)) {
    fault = Fault::start;
  } else {
    constexpr std::uint16_t kAfter = TargetStates::authority | TargetStates::label_begin | TargetStates::kPort;
    fault = early.any(kAfter) ? Fault::after_authority : Fault::authority;
  }
  return at;
}

/// What the author's text may be that is not known before a request is there.
TargetStates TargetWalk::of_own(TargetStates early, TargetStates out) {
  constexpr std::uint16_t kBefore = TargetStates::start | TargetStates::scheme | TargetStates::colon |
                                    TargetStates::slash | TargetStates::authority_begin;
  out.add(TargetStates::kLate);
  if (early.any(TargetStates::start | TargetStates::scheme)) out.add(kBefore);
  if (early.any(kBefore | TargetStates::authority | TargetStates::label_begin)) out.add(TargetStates::authority);
  if (early.any(TargetStates::label_begin)) out.add(TargetStates::label_begin);
  if (early.any(TargetStates::authority_begin)) out.add(TargetStates::authority_begin);
  if (early.any(TargetStates::bracket | TargetStates::bracket_end)) out.add(TargetStates::bracket_end);
  if (early.any(TargetStates::port_begin | TargetStates::port)) out.add(TargetStates::port);
  if (early.any(TargetStates::port_end)) out.add(TargetStates::port_end);
  return out;
}

/// `digits`: a number, so that it can be a port.
TargetStates TargetWalk::of_host(TargetStates early, TargetStates out, bool digits) {
  if (early.any(kHost)) out.add(TargetStates::authority);
  // A number is a port, not the last digits of one.
  if (digits && early.any(TargetStates::port_begin)) out.add(TargetStates::port_end);
  const bool after_port =
      (!digits && early.any(TargetStates::port_begin)) || early.any(TargetStates::port | TargetStates::port_end);
  if (after_port || early.any(TargetStates::bracket | TargetStates::bracket_end)) fault = Fault::not_url;
  return out;
}

TargetStates TargetWalk::of_scheme(TargetStates early, TargetStates out) {
  if (early.any(TargetStates::start | TargetStates::scheme)) out.add(TargetStates::scheme);
  if (early.any(kHost)) out.add(TargetStates::authority);
  if (early.any(TargetStates::colon | TargetStates::slash | TargetStates::kPort)) fault = Fault::not_url;
  return out;
}

TargetStates TargetWalk::of_path(TargetStates early, TargetStates out, bool wire, bool maybe_empty) {
  if (early.any(TargetStates::scheme | TargetStates::colon | TargetStates::slash | TargetStates::authority_begin)) {
    fault = Fault::authority;
    return out;
  }
  if (early.any(TargetStates::bracket | TargetStates::port_begin)) fault = Fault::not_url;
  out.add(TargetStates::path);
  if (wire) out.widen();
  if (maybe_empty) out.add(early);
  return out;
}

}  // namespace sprx
