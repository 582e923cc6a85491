// What tests saw of a configuration: sums, and what they left out beside its source.
#include <algorithm>
#include <fmt/format.h>

#include "tools/paint.h"
#include "tools/test_report.h"
#include "tools/verify.h"

namespace sprx {
namespace {

constexpr Phase kPhases[] = {Phase::request, Phase::response};

const RuleCoverage& seen_of(const TestRun& run, RuleRef rule) {
  return run.coverage.rules[static_cast<std::size_t>(rule.phase)][rule.index];
}

/// What an atom never came to; "" where it came to both.
std::string_view missing(const AtomCoverage& atom) {
  if (atom.seen_true > 0 && atom.seen_false > 0) return "";
  return atom.seen_true > 0 ? "never false" : atom.seen_false > 0 ? "never true" : "never asked";
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

class CoverageWriter {
 public:
  CoverageWriter(const TestReport& report, bool color) : report_(report), run_(report.run), paint_(color) {}

  std::string write() {
    const CoverageSums sums = sums_of(report_.compiled, run_);
    out_ = paint_.bold(fmt::format("coverage {}%", sums.percent())) +
           fmt::format(": {} of {} rules matched, {} of {} outcomes of conditions seen\n", sums.rules_seen, sums.rules,
                       sums.outcomes_seen, sums.outcomes);
    for (const Phase phase : kPhases) {
      const auto count = run_.matched[static_cast<std::size_t>(phase)].size();
      for (RuleIndex index = 0; index < count; ++index) rule({phase, index});
    }
    for (const RedirectsPlace& lines : report_.compiled.tests.redirects) {
      const std::size_t met = lines_met(lines, run_);
      if (met == lines.count) continue;
      heading(lines.where, fmt::format("redirects {}", lines.name),
              fmt::format("{} of {} lines met", met, lines.count));
    }
    return std::move(out_);
  }

 private:
  void heading(Span where, std::string_view what, const std::string& found) {
    const SourceFile& file = report_.compiled.sources[where.file];
    out_ += fmt::format("\n{}:{}: {}: {}\n", file.name, file.line_of(where.begin), what, paint_.yellow(found));
  }

  void rule(RuleRef rule) {
    if (is_line(report_.compiled.tests, rule)) return;
    const std::uint32_t matched = run_.matched[static_cast<std::size_t>(rule.phase)][rule.index];
    const RuleCoverage& seen = seen_of(run_, rule);
    const bool gap = std::any_of(seen.atoms.begin(), seen.atoms.end(),
                                 [](const AtomCoverage& atom) { return !missing(atom).empty(); });
    if (matched > 0 && !gap) return;
    const RuleSet& rules = report_.compiled.table->rules();
    heading(place_of(report_.compiled.tests, rule),
            fmt::format("rule {}", rules.pool.strings.view(rules.of(rule.phase)[rule.index].name)),
            matched > 0        ? fmt::format("matched by {} {}", matched, matched == 1 ? "test" : "tests")
            : seen.reached > 0 ? "never matched"
                               : "never reached");
    if (seen.reached == 0) return;
    for (const AtomCoverage& atom : seen.atoms) {
      if (!missing(atom).empty()) source_line(rule, atom);
    }
  }

  void source_line(RuleRef rule, const AtomCoverage& atom) {
    const Span where = place_of(report_.compiled, rule, atom.atom);
    if (!where.known()) {
      out_ += fmt::format("  {}: {}\n", render(report_.compiled.table->rules(), atom.atom), missing(atom));
      return;
    }
    const SourceFile& file = report_.compiled.sources[where.file];
    const std::uint32_t number = file.line_of(where.begin);
    const std::string_view line = file.line(number);
    const std::size_t begin = where.begin - file.line_starts[number - 1];
    const std::size_t end = std::min<std::size_t>(where.end - file.line_starts[number - 1], line.size());
    std::string margin;
    for (const char c : line.substr(0, begin)) {
      if ((c & 0xC0) != 0x80) margin += c == '\t' ? '\t' : ' ';
    }
    out_ += fmt::format(
        "{} {}\n{} {}{} {}\n", paint_.faint(fmt::format("{:>5} |", number)), line, paint_.faint("      |"), margin,
        paint_.yellow(std::string(std::max<std::size_t>(characters(line.substr(begin, end - begin)), 1), '^')),
        missing(atom));
  }

  const TestReport& report_;
  const TestRun& run_;
  Paint paint_;
  std::string out_;
};

bool same_but_slots(const ExprPool& pool, const Expr& a, const Expr& b) {
  if (a.op == Op::negate && b.op == Op::negate) return same_but_slots(pool, pool[ExprId{a.a}], pool[ExprId{b.a}]);
  return a.op == b.op && a.a == b.a && a.b == b.b && a.nocase == b.nocase;
}

}  // namespace

bool is_line(const CheckedTests& tests, RuleRef rule) {
  if (rule.phase != Phase::request) return false;
  return std::any_of(tests.redirects.begin(), tests.redirects.end(), [&](const RedirectsPlace& lines) {
    return rule.index >= lines.first && rule.index - lines.first < lines.count;
  });
}

std::size_t lines_met(const RedirectsPlace& lines, const TestRun& run) {
  const auto first = run.matched[static_cast<std::size_t>(Phase::request)].begin() + lines.first;
  return static_cast<std::size_t>(std::count_if(first, first + lines.count, [](std::uint32_t n) { return n > 0; }));
}

Span place_of(const Compilation& compiled, RuleRef rule, ExprId atom) {
  const auto& conditions = compiled.tests.conditions[static_cast<std::size_t>(rule.phase)];
  if (rule.index >= conditions.size()) return {};
  const std::vector<AtomPlace>& places = conditions[rule.index].parts;
  for (const AtomPlace& place : places) {
    if (place.atom == atom) return place.where;
  }
  // Captures on the sides of an `or` get slots of their own after the condition was read.
  const ExprPool& pool = compiled.table->rules().pool;
  for (const AtomPlace& place : places) {
    if (same_but_slots(pool, pool[place.atom], pool[atom])) return place.where;
  }
  return {};
}

unsigned CoverageSums::percent() const {
  const std::size_t all = rules + outcomes;
  return all == 0 ? 100 : static_cast<unsigned>((rules_seen + outcomes_seen) * 100 / all);
}

CoverageSums sums_of(const Compilation& compiled, const TestRun& run) {
  CoverageSums sums;
  for (const Phase phase : kPhases) {
    const auto& matched = run.matched[static_cast<std::size_t>(phase)];
    for (RuleIndex index = 0; index < matched.size(); ++index) {
      if (is_line(compiled.tests, {phase, index})) continue;
      ++sums.rules;
      if (matched[index] > 0) ++sums.rules_seen;
      for (const AtomCoverage& atom : seen_of(run, {phase, index}).atoms) {
        sums.outcomes += 2;
        sums.outcomes_seen += (atom.seen_true > 0 ? 1U : 0U) + (atom.seen_false > 0 ? 1U : 0U);
      }
    }
  }
  for (const RedirectsPlace& lines : compiled.tests.redirects) {
    if (lines.count == 0) continue;
    ++sums.rules;
    if (lines_met(lines, run) > 0) ++sums.rules_seen;
  }
  return sums;
}

std::string coverage_text(const TestReport& report, bool color) { return CoverageWriter(report, color).write(); }

}  // namespace sprx
