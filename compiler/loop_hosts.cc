#include "compiler/loop_hosts.h"

#include <algorithm>

namespace sprx {
namespace {

constexpr std::size_t kMostHosts = 1000;  ///< of one list
constexpr std::size_t kLeastOfAName = 4;  ///< `co` of `co.uk` is none

/// The label before the last: `example` of `www.example.com`.
std::string_view name_of_domain(std::string_view host) {
  const std::size_t last = host.rfind('.');
  if (last == std::string_view::npos || last == 0) return {};
  const std::size_t before = host.rfind('.', last - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return host.substr(begin, last - begin);
}

bool are_kin(std::string_view a, std::string_view b) {
  const bool below = (a.size() > b.size() && a.ends_with(b) && a[a.size() - b.size() - 1] == '.') ||
                     (b.size() > a.size() && b.ends_with(a) && b[b.size() - a.size() - 1] == '.');
  const std::string_view name = name_of_domain(a);
  return below || (name.size() >= kLeastOfAName && name == name_of_domain(b));
}

}  // namespace

bool proves_host(sets::Space& space, ExprId condition) {
  const Expr& e = space.pool()[condition];
  if (e.op == Op::all || e.op == Op::any) {
    const std::span<const ExprId> parts = space.pool().list(e);
    const auto proves = [&space](ExprId part) { return proves_host(space, part); };
    return e.op == Op::all ? std::any_of(parts.begin(), parts.end(), proves)
                           : !parts.empty() && std::all_of(parts.begin(), parts.end(), proves);
  }
  if (e.op == Op::negate || e.op == Op::holds || e.op == Op::exists) return false;
  const sets::Atom& atom = space.atom(condition);
  if (atom.sort != sets::Sort::text) return false;
  const Expr& subject = space.pool()[atom.subject];
  if (subject.op != Op::field || static_cast<Field>(subject.a) != Field::host) return false;
  // `host contains "x"` or `host like "*"` says nothing about whose host it is.
  if (e.op == Op::like) return !space.pool().at(TemplateId{e.b}).fixed_part().empty();
  return e.op == Op::equal || e.op == Op::under || e.op == Op::ends_with || e.op == Op::in_list || e.op == Op::in_table;
}

void note_hosts(sets::Space& space, ExprId condition, HostSet& out) {
  const Expr& e = space.pool()[condition];
  if (e.op == Op::all || e.op == Op::any) {
    for (const ExprId part : space.pool().list(e)) note_hosts(space, part, out);
    return;
  }
  if (e.op == Op::negate || !proves_host(space, condition)) return;
  bool folds = false;
  const auto texts = space.finite_texts(condition, &folds);
  if (texts && texts->size() <= kMostHosts) out.insert(texts->begin(), texts->end());
}

std::string kin_left_out(sets::Space& space, ExprId condition, std::string_view host) {
  const Expr& e = space.pool()[condition];
  if (e.op == Op::all) {
    for (const ExprId part : space.pool().list(e)) {
      if (std::string kin = kin_left_out(space, part, host); !kin.empty()) return kin;
    }
    return {};
  }
  if (e.op != Op::negate) return {};
  HostSet left_out;
  note_hosts(space, ExprId{e.a}, left_out);
  std::string best;
  for (const std::string& other : left_out) {
    const bool same_label = other.substr(0, other.find('.')) == host.substr(0, host.find('.'));
    if (are_kin(host, other) && (best.empty() || same_label)) best = other;
  }
  return best;
}

}  // namespace sprx
