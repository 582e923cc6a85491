#include "compiler/sets/text_machine.h"

#include <algorithm>

#include "compiler/table/canonical.h"

namespace sprx::sets {
namespace {

constexpr std::uint32_t kAccept = 1;

unsigned char capital(unsigned char c) { return c >= 'a' && c <= 'z' ? static_cast<unsigned char>(c - 'a' + 'A') : c; }

}  // namespace

std::uint32_t TextMachine::state() {
  states_.emplace_back();
  return static_cast<std::uint32_t>(states_.size() - 1);
}

void TextMachine::begin_way() {
  at_ = 0;
  const std::uint32_t first = state();
  edge(Edge::Kind::free, 0, first);
  at_ = first;
}

void TextMachine::end_way() { edge(Edge::Kind::free, 0, kAccept); }

void TextMachine::bytes(std::string_view text, bool nocase) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(nocase ? fold(c) : c);
    const std::uint32_t next = state();
    edge(Edge::Kind::byte, byte, next);
    if (nocase && capital(byte) != byte) edge(Edge::Kind::byte, capital(byte), next);
    at_ = next;
  }
}

void TextMachine::any() {
  const std::uint32_t next = state();
  edge(Edge::Kind::free, 0, next);
  at_ = next;
  edge(Edge::Kind::any, 0, next);
}

void TextMachine::segment(char separator) {
  const std::uint32_t next = state();
  edge(Edge::Kind::but, static_cast<unsigned char>(separator), next);
  at_ = next;
  edge(Edge::Kind::but, static_cast<unsigned char>(separator), next);
}

void TextMachine::one_of(const std::vector<std::string>& texts, bool nocase) {
  const std::uint32_t from = at_;
  const std::uint32_t to = state();
  for (const std::string& text : texts) {
    at_ = from;
    const std::uint32_t first = state();
    edge(Edge::Kind::free, 0, first);
    at_ = first;
    bytes(text, nocase);
    edge(Edge::Kind::free, 0, to);
  }
  at_ = to;
}

void TextMachine::begin_optional() {
  const std::uint32_t next = state();
  edge(Edge::Kind::free, 0, next);
  optional_.push_back(at_);
  at_ = next;
}

void TextMachine::end_optional() {
  const std::uint32_t next = state();
  edge(Edge::Kind::free, 0, next);
  at_ = optional_.back();
  optional_.pop_back();
  edge(Edge::Kind::free, 0, next);
  at_ = next;
}

void TextMachine::add_template(const Template& value, bool nocase) {
  using K = TemplateToken::Kind;
  begin_way();
  for (const TemplateToken& token : value.tokens) {
    switch (token.kind) {
      case K::literal:
        bytes(token.text, nocase);
        break;
      case K::segment:
        segment(value.kind == TemplateKind::path ? '/' : '.');
        break;
      case K::one_of:
        one_of(token.alternatives, nocase);
        break;
      case K::rest:
      case K::run:
        any();
        break;
      case K::open:
        begin_optional();
        break;
      case K::close:
        end_optional();
        break;
    }
  }
  end_way();
}

void TextMachine::mention(std::vector<bool>& bytes) const {
  for (const std::vector<Edge>& edges : states_) {
    for (const Edge& e : edges) {
      if (e.kind == Edge::Kind::byte || e.kind == Edge::Kind::but) bytes[e.byte] = true;
    }
  }
}

void TextMachine::close(Set& set) const {
  std::vector<bool> seen(states_.size());
  for (const std::uint32_t s : set) seen[s] = true;
  for (std::size_t i = 0; i < set.size(); ++i) {
    for (const Edge& e : states_[set[i]]) {
      if (e.kind != Edge::Kind::free || seen[e.to]) continue;
      seen[e.to] = true;
      set.push_back(e.to);
    }
  }
  std::sort(set.begin(), set.end());
}

std::int32_t TextMachine::id_of(Set set) {
  if (set.empty()) return kDead;
  const auto [place, fresh] = ids_.emplace(std::move(set), static_cast<std::int32_t>(sets_.size()));
  if (fresh) {
    sets_.push_back(&place->first);
    steps_.emplace_back();
  }
  return place->second;
}

std::int32_t TextMachine::start() {
  Set set{0};
  close(set);
  return id_of(std::move(set));
}

std::int32_t TextMachine::step(std::int32_t from, unsigned char byte) {
  if (from == kDead) return kDead;
  const auto index = static_cast<std::size_t>(from);
  if (const auto known = steps_[index].find(byte); known != steps_[index].end()) return known->second;
  Set next;
  for (const std::uint32_t s : *sets_[index]) {
    for (const Edge& e : states_[s]) {
      const bool takes = e.kind == Edge::Kind::any || (e.kind == Edge::Kind::byte && e.byte == byte) ||
                         (e.kind == Edge::Kind::but && e.byte != byte);
      if (takes) next.push_back(e.to);
    }
  }
  std::sort(next.begin(), next.end());
  next.erase(std::unique(next.begin(), next.end()), next.end());
  close(next);
  const std::int32_t to = id_of(std::move(next));
  steps_[index][byte] = to;
  return to;
}

bool TextMachine::accepts(std::int32_t at) const {
  if (at == kDead) return false;
  const Set& set = *sets_[static_cast<std::size_t>(at)];
  return std::binary_search(set.begin(), set.end(), kAccept);
}

}  // namespace sprx::sets
