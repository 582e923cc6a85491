#include "compiler/sets/box.h"

#include <algorithm>

#include "compiler/table/canonical.h"

namespace sprx::sets {
namespace {

Value text_value(std::string_view text) {
  Value out;
  out.present = true;
  out.text = text;
  return out;
}

Value number_value(std::int64_t number) {
  Value out;
  out.present = true;
  out.integer = number;
  return out;
}

/// As read<Field::path_extension> has it.
Value extension_of(std::string_view path) {
  const std::string_view segment = path.substr(path.rfind('/') + 1);
  const std::size_t dot = segment.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == segment.size()) return {};
  std::string out(segment.substr(dot + 1));
  std::transform(out.begin(), out.end(), out.begin(), fold);
  return text_value(out);
}

}  // namespace

const ValueSet* Box::find(ExprId subject) const {
  for (const ValueSet& set : sets_) {
    if (set.subject() == subject) return &set;
  }
  return nullptr;
}

const bool* Box::truth(ExprId atom) const {
  for (const Opaque& known : opaque_) {
    if (known.atom == atom) return &known.truth;
  }
  return nullptr;
}

Verdict Box::intersect(Space& space, Literal literal) {
  const Atom atom = space.atom(literal.atom);
  switch (atom.sort) {
    case Sort::free:
      return Verdict::some;
    case Sort::fixed:
      return atom.truth == literal.truth ? Verdict::some : Verdict::empty;
    case Sort::opaque: {
      if (const bool* known = truth(atom.id)) return *known == literal.truth ? Verdict::some : Verdict::empty;
      opaque_.push_back({atom.id, literal.truth});
      return Verdict::some;
    }
    default:
      break;
  }
  auto place = std::find_if(sets_.begin(), sets_.end(), [&](const ValueSet& set) {
    return set.subject() == atom.subject && set.sort() == atom.sort;
  });
  if (place == sets_.end()) place = sets_.insert(sets_.end(), ValueSet(atom.sort, atom.subject));
  return place->intersect(space, {atom.id, literal.truth});
}

Value Point::usual(ExprId subject) {
  const Expr& e = space_.pool()[subject];
  if (e.op != Op::field) {
    const Domain& domain = space_.domain(subject);
    if (domain.kind == Domain::Kind::some && !domain.texts.empty()) return text_value(domain.texts.back());
    return {};
  }
  switch (static_cast<Field>(e.a)) {
    case Field::method:
      return text_value("GET");
    case Field::scheme:
      return text_value("https");
    case Field::http_version:
      return text_value("HTTP/1.1");
    case Field::host:
      return text_value(kUsualHost);
    case Field::port:
      return number_value(443);
    case Field::path:
    case Field::uri:
    case Field::raw_path:
      return text_value("/");
    case Field::path_extension:
    case Field::path_file: {
      ExprId path = kNoExpr;
      for (const ValueSet& set : box_.sets()) {
        const Expr& other = space_.pool()[set.subject()];
        if (other.op == Op::field && static_cast<Field>(other.a) == Field::path) path = set.subject();
      }
      const std::string text = path == kNoExpr ? "/" : box_.find(path)->value().text;
      if (static_cast<Field>(e.a) == Field::path_extension) return extension_of(text);
      return text_value(text.substr(text.rfind('/') + 1));
    }
    case Field::raw_query:
    case Field::request_id:
      return text_value("");
    case Field::client_ip: {
      Value out;
      out.present = true;
      out.address = number_of(*parse_ip("198.51.100.1"));
      return out;
    }
    case Field::now:
      return number_value(0);
    case Field::response_status:
      return number_value(200);
    case Field::response_source:
      return text_value("upstream");
    default:
      return {};
  }
}

Value Point::value(ExprId subject) {
  const ValueSet* set = box_.find(subject);
  if (set == nullptr) return usual(subject);
  return set->value();
}

bool Point::holds(ExprId condition) {
  space_.spend(1);
  const Expr& e = space_.pool()[condition];
  switch (e.op) {
    case Op::never:
      return false;
    case Op::always:
      return true;
    case Op::all: {
      const std::span<const ExprId> parts = space_.pool().list(e);
      return std::all_of(parts.begin(), parts.end(), [this](ExprId part) { return holds(part); });
    }
    case Op::any: {
      const std::span<const ExprId> parts = space_.pool().list(e);
      return std::any_of(parts.begin(), parts.end(), [this](ExprId part) { return holds(part); });
    }
    case Op::negate:
      return !holds(ExprId{e.a});
    case Op::holds: {
      bool negated = false;
      const ExprId meant = space_.condition_of(ExprId{e.a}, &negated);
      if (meant == kNoExpr) break;
      const auto key = static_cast<std::uint32_t>(meant);
      if (const auto known = lets_.find(key); known != lets_.end()) return known->second != negated;
      const bool truth = holds(meant);
      lets_.emplace(key, truth);
      return truth != negated;
    }
    default:
      break;
  }
  const Atom& atom = space_.atom(condition);
  if (atom.sort == Sort::fixed) return atom.truth;
  if (atom.sort == Sort::free) return false;
  if (atom.sort == Sort::opaque) {
    const bool* known = box_.truth(atom.id);
    return known != nullptr && *known;
  }
  // What the box says of the comparison itself holds also where its value is but a guess, as beside a pattern.
  if (const ValueSet* const set = box_.find(atom.subject); set != nullptr && set->sort() == atom.sort) {
    space_.spend(set->literals().size());
    for (const Literal& literal : set->literals()) {
      if (literal.atom == atom.id) return literal.truth;
    }
  }
  return is_right(space_, atom.sort, value(atom.subject), {atom.id, true});
}

}  // namespace sprx::sets
