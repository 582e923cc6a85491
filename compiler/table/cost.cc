#include "compiler/table/cost.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <re2/re2.h>

#include "compiler/table/access_builder.h"
#include "compiler/table/index.h"
#include "compiler/table/pattern_literals.h"

namespace sprx {
namespace {

/// Why nothing that must hold for a rule can be looked up; the later ones say more, and where several parts of a
/// condition have reasons the last is told.
enum class Reason : std::uint8_t { none, negative, other, number, changing, several, long_list, pattern, crowded };

struct Words {
  std::string_view why;
  std::string_view cheaper;
};

Words words(Reason reason) {
  switch (reason) {
    case Reason::none:
      return {"has no condition", "if it is for some requests only, say for which"};
    case Reason::negative:
      return {"says only what must not be", "add what must be: a path, a host, a method, a header's value"};
    case Reason::number:
      return {"compares numbers or times", "add a path, a host or a header's value that must be there"};
    case Reason::changing:
      return {"asks for what changes at run time (a flag, a dynamic list)",
              "add a path, a host or a header's value that must be there"};
    case Reason::several:
      return {"has an `or` one side of which cannot be looked up",
              "make two rules of it, or put a condition beside the `or` that both sides need"};
    case Reason::long_list:
      return {"asks for a list that is looked up as a whole, once a request",
              "nothing has to be done; a path or host beside it saves the look-up"};
    case Reason::pattern:
      return {"has a pattern without a fixed text of three letters or more",
              "write out a text that must stand there, use `like`, or add a path or host"};
    case Reason::crowded:
      return {"looks for a text that is empty, or whose letters many others share, too",
              "look for a longer or more telling text"};
    case Reason::other:
      break;
  }
  return {"compares values that are made for each request",
          "add a path, a host or a header's value that must be there"};
}

class Cost {
 public:
  explicit Cost(const DecisionTable& table) : table_(table), rules_(table.rules()), pool_(rules_.pool) {}
  std::string run() {
    phase(Phase::request, "request");
    phase(Phase::response, "response");
    memory();
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }
  [[nodiscard]] std::string_view text(StrId id) const { return pool_.strings.view(id); }
  static std::string counted(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  }
  static std::string size(std::size_t bytes) {
    if (bytes < 10'000) return counted(bytes, "byte");
    if (bytes < 10'000'000) return fmt::format("{} KiB", bytes / 1'024);
    return fmt::format("{} MiB", bytes / (1'024 * 1'024));
  }

  [[nodiscard]] Reason reason(ExprId id) const {
    const Expr& e = pool_[id];
    switch (e.op) {
      case Op::always:
        return Reason::none;
      case Op::negate:
        return Reason::negative;
      case Op::all: {
        Reason most = Reason::none;
        for (const ExprId part : pool_.list(e)) most = std::max(most, reason(part));
        return most;
      }
      case Op::any:
        return Reason::several;
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
      case Op::in_range:
        return Reason::number;
      case Op::flag:
      case Op::in_dynamic:
        return Reason::changing;
      case Op::matches:
        return Reason::pattern;
      case Op::in_list:
        return list_reason(rules_.lists[e.b].keys);
      case Op::in_table:
        return Reason::long_list;
      case Op::contains:
      case Op::starts_with:
      case Op::ends_with:
        return pool_[ExprId{e.b}].op == Op::text ? Reason::crowded : Reason::other;
      default:
        return Reason::other;
    }
  }
  [[nodiscard]] Reason list_reason(const Keys& keys) const {
    if (keys.size() > kMaxPostedKeys || keys.kind == KeyKind::integer) return Reason::long_list;
    for (const PatternId row : keys.patterns) {
      if (required_literals(pool_.at(row)).empty()) return Reason::pattern;
    }
    return Reason::long_list;
  }

  void phase(Phase phase, std::string_view name) {
    const std::vector<Rule>& all = rules_.of(phase);
    if (all.empty()) return;
    const AccessIndex& access = table_.index().access[static_cast<std::size_t>(phase)];
    if (!out_.empty()) out_ += '\n';
    const std::size_t shared = behind_gates(access, all.size());
    line("{} rules: {}, {} found by look-ups, {} behind shared conditions, {} tried for every {}", name, all.size(),
         all.size() - shared - access.residual().size(), shared, access.residual().size(), name);
    always(access, all, name);
    gates(access, name);
    look_ups(access, name);
  }
  /// Rules that some gate has.
  static std::size_t behind_gates(const AccessIndex& access, std::size_t count) {
    std::vector<bool> behind(count, false);
    for (const Gate& gate : access.gates()) {
      for (const std::uint32_t rule : access.postings(gate.first, gate.count)) behind[rule] = true;
    }
    return static_cast<std::size_t>(std::count(behind.begin(), behind.end(), true));
  }

  void always(const AccessIndex& access, const std::vector<Rule>& all, std::string_view name) {
    std::map<Reason, std::vector<std::uint32_t>> by_reason;
    for (const std::uint32_t rule : access.residual()) by_reason[reason(all[rule].condition)].push_back(rule);
    for (const auto& [why, which] : by_reason) {
      line("\n  tried for every {}: {} {}", name,
           which.size() == 1 ? "1 rule, which" : counted(which.size(), "rule") + ", each of which", words(why).why);
      line("    cheaper: {}", words(why).cheaper);
      for (std::size_t i = 0; i < std::min(which.size(), kRulesNamedInCost); ++i) {
        const Rule& rule = all[which[i]];
        line("    {}:{} {}", text(rule.file), rule.line, text(rule.name));
      }
      if (which.size() > kRulesNamedInCost) line("    and {} more", which.size() - kRulesNamedInCost);
    }
  }

  void gates(const AccessIndex& access, std::string_view name) {
    if (access.gates().empty()) return;
    line("\n  tested once a {}, for all rules that share it", name);
    for (const Gate& gate : access.gates()) {
      line("    {}  for {}", render(rules_, gate.condition), counted(gate.count, "rule"));
    }
  }

  void look_ups(const AccessIndex& access, std::string_view name) {
    if (access.dimensions().empty()) return;
    line("\n  looked up once a {}, whatever the number of rules", name);
    for (const Dimension& made : access.dimensions()) {
      const std::string left = render(rules_, made.left);
      if (made.kind == Dimension::Kind::literals) {
        line("    {}, read through once for {} ({})", left, counted(made.scan.size(), "text"), size(made.scan.bytes()));
      } else if (made.kind == Dimension::Kind::steps) {
        line("    {}, one look-up for each of its first {}", left,
             counted(made.deepest, made.order == StepOrder::path ? "segment" : "label"));
      } else {
        line("    {}", left);
      }
    }
  }

  void memory() {
    line("\nmemory");
    std::vector<std::pair<std::size_t, std::string>> parts;
    const auto add = [&](std::size_t bytes, std::string what) {
      if (bytes > 0) parts.emplace_back(bytes, std::move(what));
    };
    const std::size_t count = rules_.of(Phase::request).size() + rules_.of(Phase::response).size();
    add(count * sizeof(Rule) + rules_.actions.size() * sizeof(Action) + rules_.answers.size() * sizeof(Answer) +
            pool_.exprs.size() * sizeof(Expr) + pool_.operands.size() * sizeof(ExprId) +
            table_.index().briefs[0].bytes() + table_.index().briefs[1].bytes(),
        counted(count, "rule") + " with their conditions and actions");
    std::size_t instructions = 0;
    for (const Pattern& pattern : pool_.patterns) {
      instructions += pattern.regex ? static_cast<std::size_t>(pattern.regex->ProgramSize()) : 0;
    }
    // What RE2 holds before a pattern has met a text; afterwards up to kPatternMemory each.
    add(pool_.patterns.size() * kBytesOfPattern + instructions * 2 * kBytesOfInstruction,
        fmt::format("{}, about; each grows with the texts that it meets", counted(pool_.patterns.size(), "pattern")));
    for (const List& list : rules_.lists) {
      if (list.name != kNoStr && list.keys.mode == MatchMode::exact) {
        add(data(list.keys), fmt::format("list {}, {}", text(list.name), counted(list.keys.size(), "row")));
      }
    }
    for (const Table& table : rules_.tables) {
      std::size_t bytes = data(table.keys) + table.integers.size() * 8 + table.texts.size() * sizeof(StrId);
      for (const StrId value : table.texts) bytes += text(value).size();
      add(bytes, fmt::format("table {}, {}", text(table.name), counted(table.keys.size(), "row")));
    }
    std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [bytes, what] : parts) line("  {:>12}  {}", size(bytes), what);
  }
  [[nodiscard]] std::size_t data(const Keys& keys) const {
    std::size_t bytes = keys.prefixes.size() * sizeof(Cidr) + keys.ranges.size() * sizeof(IntRange) +
                        (keys.texts.size() + keys.patterns.size() + keys.templates.size()) * sizeof(StrId);
    for (const StrId row : keys.texts) bytes += text(row).size();
    return bytes;
  }

  static constexpr std::size_t kBytesOfPattern = 1'024;
  static constexpr std::size_t kBytesOfInstruction = 16;
  const DecisionTable& table_;
  const RuleSet& rules_;
  const ExprPool& pool_;
  std::string out_;
};

}  // namespace

std::string cost(const DecisionTable& table) { return Cost(table).run(); }

}  // namespace sprx
