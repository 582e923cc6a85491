// find_text: a text for which some comparisons hold and others do not, or the proof that there is none.
#include <algorithm>
#include <deque>
#include <map>
#include <unordered_set>

#include "compiler/sets/text_machine.h"
#include "compiler/sets/value_set.h"
#include "compiler/table/canonical.h"

namespace sprx::sets {
namespace {

/// Texts of the automata that are tried against the patterns that are not in them.
constexpr std::size_t kTriedAgainstPatterns = 16;

/// The domain as an automaton: the state after a byte, kOut where no value goes on so.
constexpr std::int32_t kOut = -1;

std::int32_t path_step(std::int32_t at, unsigned char c) {
  enum : std::int32_t { start, star, slash, dot, dots, inside };
  if (c < 0x20 || c == 0x7F) return kOut;
  switch (at) {
    case start:
      return c == '/' ? slash : c == '*' ? star : kOut;
    case star:
      return kOut;
    case slash:
      return c == '/' ? kOut : c == '.' ? dot : inside;
    case dot:
      return c == '/' ? kOut : c == '.' ? dots : inside;
    case dots:
      return c == '/' ? kOut : inside;
    default:
      return c == '/' ? slash : inside;
  }
}
bool path_ends(std::int32_t at) { return at == 1 || at == 2 || at == 5; }

bool is_label_byte(unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

std::int32_t host_step(std::int32_t at, unsigned char c) {
  enum : std::int32_t { start, label, dot, bracket, closed };
  switch (at) {
    case start:
      return c == '[' ? bracket : is_label_byte(c) ? label : kOut;
    case label:
      return c == '.' ? dot : is_label_byte(c) ? label : kOut;
    case dot:
      return is_label_byte(c) ? label : kOut;
    case bracket:
      return c == ']' ? closed : is_label_byte(c) || c == ':' || c == '.' ? bracket : kOut;
    default:
      return kOut;
  }
}
bool host_ends(std::int32_t at) { return at == 0 || at == 1 || at == 4; }

std::int32_t domain_step(Domain::Kind kind, std::int32_t at, unsigned char c) {
  switch (kind) {
    case Domain::Kind::path:
      return path_step(at, c);
    case Domain::Kind::host:
      return host_step(at, c);
    case Domain::Kind::lower:
      return c >= 'A' && c <= 'Z' ? kOut : 0;
    default:
      return 0;
  }
}
bool domain_ends(Domain::Kind kind, std::int32_t at) {
  return kind == Domain::Kind::path ? path_ends(at) : kind != Domain::Kind::host || host_ends(at);
}

/// Adds the texts that one key of a comparison stands for.
void add_key(TextMachine& machine, std::string_view key, MatchMode mode, bool by_labels, bool nocase) {
  machine.begin_way();
  if (mode == MatchMode::ends_with || mode == MatchMode::contains) machine.any();
  if (mode == MatchMode::under && by_labels) {
    machine.begin_optional();
    machine.any();
    machine.bytes(".", false);
    machine.end_optional();
  }
  machine.bytes(key, nocase);
  const bool below = mode == MatchMode::under && !by_labels;
  if (mode == MatchMode::starts_with || mode == MatchMode::contains || (below && key.ends_with('/'))) machine.any();
  if (below && !key.ends_with('/')) {
    machine.begin_optional();
    machine.bytes("/", false);
    machine.any();
    machine.end_optional();
  }
  machine.end_way();
}

void add_domain_key(TextMachine& machine, std::string_view key) {
  const bool only = key.starts_with('=');
  const bool below = key.starts_with("*.");
  if (!below)
    return add_key(machine, key.substr(only ? 1 : 0), only ? MatchMode::exact : MatchMode::under, true, false);
  machine.begin_way();
  machine.any();
  machine.bytes(key.substr(1), false);
  machine.end_way();
}

/// The automaton of an atom; false where it has none or too large a one.
bool add_atom(const Space& space, ExprId atom, TextMachine& machine) {
  const Expr& e = space.pool()[atom];
  const Type left = space.pool()[ExprId{e.a}].type;
  const bool by_labels = left == Type::host || left == Type::domain;
  const auto one = [&](MatchMode mode) { add_key(machine, space.constant(e), mode, by_labels, e.nocase); };
  switch (e.op) {
    case Op::equal:
      one(MatchMode::exact);
      break;
    case Op::under:
      one(MatchMode::under);
      break;
    case Op::contains:
      one(MatchMode::contains);
      break;
    case Op::starts_with:
      one(MatchMode::starts_with);
      break;
    case Op::ends_with:
      one(MatchMode::ends_with);
      break;
    case Op::exists:
      machine.begin_way();
      machine.any();
      machine.end_way();
      break;
    case Op::like:
      machine.add_template(space.pool().at(TemplateId{e.b}), e.nocase);
      break;
    case Op::in_list:
    case Op::in_table: {
      const Keys& keys = e.op == Op::in_list ? space.rules().lists[e.b].keys : space.rules().tables[e.b].keys;
      if (!keys.patterns.empty() || keys.size() > kMaxMachineStates) return false;
      const bool labels = keys.kind == KeyKind::host || keys.kind == KeyKind::domain;
      for (const StrId id : keys.texts) {
        const std::string_view key = space.pool().strings.view(id);
        if (keys.kind == KeyKind::domain && keys.mode == MatchMode::exact) {
          add_domain_key(machine, key);
        } else {
          add_key(machine, key, keys.mode, labels, keys.nocase);
        }
        if (machine.too_large()) return false;
      }
      for (const TemplateId id : keys.templates) machine.add_template(space.pool().at(id), keys.nocase);
      break;
    }
    default:
      return false;
  }
  return !machine.too_large();
}

/// Texts that are likely to meet a comparison.
void guess(const Space& space, const Domain& domain, const Literal& literal, std::vector<std::string>& out) {
  const Expr& e = space.pool()[literal.atom];
  const bool path = domain.kind == Domain::Kind::path;
  const auto text = [&](std::string_view key) {
    const std::string own(key);
    for (const char* before : {"", path ? "/x" : "x.", path ? "/" : "x"}) {
      for (const char* after : {"", path ? "/x" : "x", "x"}) out.push_back(before + own + after);
    }
  };
  const auto sample = [&](const Template& value) {
    std::string made;
    for (const TemplateToken& token : value.tokens) {
      using K = TemplateToken::Kind;
      if (token.kind == K::literal) made += token.text;
      if (token.kind == K::segment) made += "x";
      if (token.kind == K::one_of) made += token.alternatives.front();
      if ((token.kind == K::rest || token.kind == K::run) && made.empty() && path) made += "/x";
    }
    out.push_back(std::move(made));
  };
  switch (e.op) {
    case Op::equal:
    case Op::under:
    case Op::contains:
    case Op::starts_with:
    case Op::ends_with:
      return text(space.constant(e));
    case Op::like:
      return sample(space.pool().at(TemplateId{e.b}));
    case Op::in_list:
    case Op::in_table: {
      const Keys& keys = e.op == Op::in_list ? space.rules().lists[e.b].keys : space.rules().tables[e.b].keys;
      for (std::size_t i = 0; i < std::min<std::size_t>(keys.texts.size(), 8); ++i) {
        std::string_view key = space.pool().strings.view(keys.texts[i]);
        if (key.starts_with("*.")) key.remove_prefix(2);
        if (key.starts_with('=')) key.remove_prefix(1);
        text(key);
      }
      for (std::size_t i = 0; i < std::min<std::size_t>(keys.templates.size(), 8); ++i)
        sample(space.pool().at(keys.templates[i]));
      return;
    }
    default:
      return;
  }
}

class Finder {
 public:
  Finder(Space& space, const Domain& domain, const std::vector<Literal>& literals)
      : space_(space), domain_(domain), literals_(literals) {}

  Verdict run(std::string* out) {
    bool listed = false;
    const Verdict first = try_listed(out, &listed);
    if (listed) return first;
    if (guessed(out)) return Verdict::some;
    return by_automaton(out);
  }

 private:
  Space& space_;
  const Domain& domain_;
  const std::vector<Literal>& literals_;

  /// yes, no, or failed where a pattern could not say.
  MatchOutcome meets(std::string_view text) {
    MatchOutcome all = MatchOutcome::yes;
    for (const Literal& literal : literals_) {
      const MatchOutcome outcome = space_.text_holds(literal.atom, text);
      if (outcome == MatchOutcome::failed) {
        all = MatchOutcome::failed;
      } else if ((outcome == MatchOutcome::yes) != literal.truth) {
        return MatchOutcome::no;
      }
    }
    return all;
  }

  /// Where only listed texts can be meant they are tried one by one.
  Verdict try_listed(std::string* out, bool* listed) {
    std::vector<std::string_view> best;
    const bool always_lower = domain_.kind == Domain::Kind::lower || domain_.kind == Domain::Kind::host;
    const bool all_fold = std::all_of(literals_.begin(), literals_.end(),
                                      [this](const Literal& literal) { return space_.folds(literal.atom); });
    const auto take = [&](std::vector<std::string_view> texts) {
      if (!*listed || texts.size() < best.size()) best = std::move(texts);
      *listed = true;
      space_.spend(best.size());
    };
    if (domain_.kind == Domain::Kind::some) take({domain_.texts.begin(), domain_.texts.end()});
    for (const Literal& literal : literals_) {
      if (!literal.truth) continue;
      bool folds = false;
      std::optional<std::vector<std::string_view>> texts = space_.finite_texts(literal.atom, &folds);
      // A text without regard to case stands for many; one for all is enough where nobody tells them apart.
      if (texts && (!folds || always_lower || all_fold)) take(std::move(*texts));
    }
    if (!*listed) return Verdict::unknown;
    Verdict verdict = Verdict::empty;
    for (const std::string_view given : best) {
      const std::string text = always_lower || all_fold ? folded(given) : std::string(given);
      if (space_.exhausted()) {
        *out = text;
        return Verdict::unknown;
      }
      // Of texts that only differ in case one may be in the domain (`%2F`) and another not.
      if (!(all_fold && !always_lower) && !space_.in_domain(domain_, text)) continue;
      const MatchOutcome outcome = meets(text);
      if (outcome == MatchOutcome::no) continue;
      *out = text;
      if (outcome == MatchOutcome::yes) return Verdict::some;
      verdict = Verdict::unknown;
    }
    return verdict;
  }

  bool guessed(std::string* out) {
    std::vector<std::string> texts;
    if (domain_.kind == Domain::Kind::path) texts = {"/", "/x"};
    if (domain_.kind == Domain::Kind::host) texts = {"www.example.com", "example.com"};
    if (domain_.kind == Domain::Kind::any) texts = {"x", "GET", "POST"};
    if (domain_.kind == Domain::Kind::lower) texts = {"x"};
    for (const Literal& literal : literals_) {
      if (literal.truth) guess(space_, domain_, literal, texts);
    }
    for (std::string& text : texts) {
      if (!space_.in_domain(domain_, text) || meets(text) != MatchOutcome::yes) continue;
      *out = std::move(text);
      return true;
    }
    return false;
  }

  /// Bytes that are told apart, the ones that read best first.
  std::vector<unsigned char> alphabet(const std::deque<TextMachine>& machines) const {
    std::vector<bool> named(256);
    for (const TextMachine& machine : machines) machine.mention(named);
    for (const unsigned char c : std::string_view("/.[]:*")) named[c] = true;
    std::vector<unsigned char> out;
    const std::string_view nice = "xyzwvutsrqponmlkjihgfedcba0123456789-_";
    for (const char c : nice) {
      if (named[static_cast<unsigned char>(c)]) out.push_back(static_cast<unsigned char>(c));
    }
    // One stands for all that nobody names; it has to be one that the domain takes.
    bool other = false;
    const auto stand_in = [&](unsigned char c) {
      if (other || named[c] || c < 0x20 || c == 0x7F) return;
      out.insert(out.begin(), c);
      other = true;
    };
    for (const char c : nice) stand_in(static_cast<unsigned char>(c));
    if (domain_.kind != Domain::Kind::host) {
      for (int c = 0x21; c < 256; ++c) {
        if (domain_.kind != Domain::Kind::lower || c < 'A' || c > 'Z') stand_in(static_cast<unsigned char>(c));
      }
    }
    for (int c = 0; c < 256; ++c) {
      const auto byte = static_cast<unsigned char>(c);
      if (named[byte] && nice.find(static_cast<char>(byte)) == std::string_view::npos) out.push_back(byte);
    }
    return out;
  }

  Verdict by_automaton(std::string* out) {
    std::deque<TextMachine> machines;
    std::vector<bool> wanted;
    bool left_out = false;
    for (const Literal& literal : literals_) {
      machines.emplace_back();
      if (add_atom(space_, literal.atom, machines.back())) {
        wanted.push_back(literal.truth);
      } else {
        machines.pop_back();
        left_out = true;
      }
    }
    return walk(machines, wanted, left_out, out);
  }

  using State = std::vector<std::int32_t>;  ///< of the domain, then of each machine

  static bool is_lost(const State& state, const std::vector<bool>& wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i] && state[i + 1] == TextMachine::kDead) return true;
    }
    return false;
  }

  /// Breadth first, so that the shortest texts come first.
  Verdict walk(std::deque<TextMachine>& machines, const std::vector<bool>& wanted, bool left_out, std::string* out) {
    const std::vector<unsigned char> bytes = alphabet(machines);
    struct Step {
      std::uint32_t from;
      unsigned char byte;
    };
    std::map<State, std::uint32_t> known;
    std::vector<const State*> states;
    std::vector<Step> steps;
    State first{0};
    for (TextMachine& machine : machines) first.push_back(machine.start());
    states.push_back(&known.emplace(std::move(first), 0).first->first);
    steps.push_back({0, 0});
    std::size_t tried = 0;
    for (std::uint32_t at = 0; at < states.size(); ++at) {
      const State state = *states[at];
      space_.spend(bytes.size() * state.size());
      if (space_.exhausted()) return Verdict::unknown;
      if (ends(machines, wanted, state)) {
        std::string text;
        for (std::uint32_t i = at; i != 0; i = steps[i].from) text.push_back(static_cast<char>(steps[i].byte));
        std::reverse(text.begin(), text.end());
        if (tried == 0) *out = text;
        if (!left_out && space_.in_domain(domain_, text)) {
          *out = std::move(text);
          return Verdict::some;
        }
        if (space_.in_domain(domain_, text) && meets(text) == MatchOutcome::yes) {
          *out = std::move(text);
          return Verdict::some;
        }
        if (++tried >= kTriedAgainstPatterns) return Verdict::unknown;
      }
      for (const unsigned char byte : bytes) {
        State next{domain_step(domain_.kind, state[0], byte)};
        if (next[0] == kOut) continue;
        for (std::size_t i = 0; i < machines.size(); ++i) next.push_back(machines[i].step(state[i + 1], byte));
        if (is_lost(next, wanted)) continue;
        const auto [place, fresh] = known.emplace(std::move(next), static_cast<std::uint32_t>(states.size()));
        if (!fresh) continue;
        if (states.size() >= kMaxProductStates) return Verdict::unknown;
        states.push_back(&place->first);
        steps.push_back({at, byte});
      }
    }
    return tried == 0 ? Verdict::empty : Verdict::unknown;
  }

  bool ends(std::deque<TextMachine>& machines, const std::vector<bool>& wanted, const State& state) const {
    if (!domain_ends(domain_.kind, state[0])) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (machines[i].accepts(state[i + 1]) != wanted[i]) return false;
    }
    return true;
  }
};

}  // namespace

Verdict find_text(Space& space, const Domain& domain, const std::vector<Literal>& literals, std::string* out) {
  return Finder(space, domain, literals).run(out);
}

}  // namespace sprx::sets
