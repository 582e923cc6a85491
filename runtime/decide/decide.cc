#include "runtime/decide/decide.h"

#include <algorithm>
#include <array>
#include <utility>

#include "compiler/table/index.h"
#include "runtime/decide/act.h"
#include "runtime/decide/brief_steps.h"
#include "runtime/decide/evaluate.h"
#include "runtime/decide/state.h"

namespace sprx {
namespace {

/// Finds the rules that may match: those posted under what the message holds.
class Finder {
 public:
  Finder(const AccessIndex& access, const Briefs& briefs, Evaluation& evaluation, Scratch::State& state)
      : access_(access), briefs_(briefs), evaluation_(evaluation), state_(state) {
    if (state_.found.size() < briefs.size()) state_.found.resize(briefs.size());
    if (state_.literals.size() < access.literal_count()) state_.literals.resize(access.literal_count());
    if (state_.candidates.capacity() < briefs.size()) state_.candidates.reserve(briefs.size());
    state_.candidates.clear();
  }

  /// False: a value that decides about candidates could not be worked out, so every rule is one.
  [[nodiscard]] bool find();

 private:
  void look_up(const Dimension& dimension, const Datum& value);
  void look_up_text(const Dimension& dimension, std::string_view text);
  void look_up_steps(const Dimension& dimension, std::string_view text);
  void look_up_address(const Dimension& dimension, const IpAddress& address);
  void look_up_literals(const Dimension& dimension, std::string_view text);
  /// The rules posted under a key are candidates. They are looked up later, when what that reads has had time to come.
  void want(std::uint64_t key) {
    if (access_.may_have(key)) want_known(key);
  }
  /// Likewise of a key that the filter was asked about.
  void want_known(std::uint64_t key) {
    access_.fetch(key);
    if (wanted_count_ == wanted_.size()) add_wanted();
    wanted_[wanted_count_++] = key;
  }
  void add_wanted() {
    for (std::size_t i = 0; i < wanted_count_; ++i) add(access_.find(wanted_[i]));
    wanted_count_ = 0;
  }
  [[nodiscard]] std::uint64_t host_hash() {
    if (!host_hashed_) host_hash_ = hash_text(evaluation_.inputs().request().host, false);
    host_hashed_ = true;
    return host_hash_;
  }
  void add(std::span<const std::uint32_t> rules);
  [[nodiscard]] bool is_new(std::uint32_t rule);
  void fetch_first() const;

  /// Up to so many candidates are compared with each other; more are marked in an array with a place for every rule.
  static constexpr std::size_t kFew = 16;
  /// Of so many candidates what will be read first is fetched ahead.
  static constexpr std::size_t kFetched = 4;

  const AccessIndex& access_;
  const Briefs& briefs_;
  Evaluation& evaluation_;
  Scratch::State& state_;
  std::uint64_t host_hash_ = 0;
  bool host_hashed_ = false;
  std::size_t wanted_count_ = 0;
  std::array<std::uint64_t, 16> wanted_;  // [0, wanted_count_)
};

bool Finder::is_new(std::uint32_t rule) {
  const std::vector<std::uint32_t>& all = state_.candidates;
  if (all.size() < kFew) return std::find(all.begin(), all.end(), rule) == all.end();
  if (all.size() == kFew) {
    for (const std::uint32_t found : all) state_.found[found] = state_.message;
  }
  return std::exchange(state_.found[rule], state_.message) != state_.message;
}

void Finder::fetch_first() const {
  for (std::size_t i = 0; i < std::min(state_.candidates.size(), kFetched); ++i) {
    const std::span<const BriefStep> steps = briefs_.of(state_.candidates[i]);
    __builtin_prefetch(steps.data());
    __builtin_prefetch(steps.data() + steps.size());
  }
}

void Finder::add(std::span<const std::uint32_t> rules) {
  for (const std::uint32_t rule : rules) {
    if (!is_new(rule)) continue;
    state_.candidates.push_back(rule);
    briefs_.fetch(rule);  // among many rules it is far away, and wanted when all have been found
  }
}

// Whether there are keys of a step's length is asked first: it mostly tells, and then nothing is hashed.
void Finder::look_up_steps(const Dimension& dimension, std::string_view text) {
  const auto probe = [&](std::uint64_t step, std::size_t length, Flavour at, Flavour more) {
    const bool has_at = dimension.may_have(at, length);
    const bool has_more = dimension.may_have(more, length);
    if (!has_at && !has_more) return;
    const bool with_host = at == Flavour::host_at_or_below;
    const std::uint64_t base =
        AccessIndex::step_base(dimension.id, with_host ? AccessIndex::with_host(step, host_hash()) : step);
    if (!access_.may_have(base)) return;
    if (has_at) want_known(AccessIndex::step_key(base, at));
    if (has_more) want_known(AccessIndex::step_key(base, more));
  };
  std::uint32_t depth = 0;
  each_step(dimension.order, text, dimension.nocase, [&](std::size_t length, std::uint64_t step, bool whole) {
    if (dimension.may_have(length)) {
      probe(step, length, Flavour::at_or_below, whole ? Flavour::whole : Flavour::below);
      probe(step, length, Flavour::host_at_or_below, whole ? Flavour::host_whole : Flavour::host_below);
    }
    return ++depth < dimension.deepest;
  });
}

void Finder::look_up_address(const Dimension& dimension, const IpAddress& address) {
  for (std::uint32_t node = dimension.prefixes.find(address); node != PrefixTable::kNone;
       node = dimension.prefixes.parent(node)) {
    add(access_.postings(dimension.bounds[node], dimension.bounds[node + 1] - dimension.bounds[node]));
  }
}

void Finder::look_up_literals(const Dimension& dimension, std::string_view text) {
  dimension.scan.scan(text, [&](std::uint32_t literal) {
    std::uint64_t& seen = state_.literals[dimension.first_literal + literal];
    if (seen == state_.message) return false;
    seen = state_.message;
    add(access_.postings(dimension.bounds[literal], dimension.bounds[literal + 1] - dimension.bounds[literal]));
    return false;
  });
}

void Finder::look_up_text(const Dimension& dimension, std::string_view text) {
  if (dimension.kind == Dimension::Kind::steps) {
    look_up_steps(dimension, text);
  } else if (dimension.kind == Dimension::Kind::equal) {
    want(AccessIndex::text_key(dimension.id, text, dimension.nocase));
  } else if (dimension.kind == Dimension::Kind::literals) {
    look_up_literals(dimension, text);
  }
}

void Finder::look_up(const Dimension& dimension, const Datum& value) {
  switch (value.kind()) {
    case Datum::Kind::absent:
    case Datum::Kind::pattern:
      break;
    case Datum::Kind::text:
      look_up_text(dimension, value.as_text());
      break;
    case Datum::Kind::list:
      for (const std::string_view element : value.as_list()) look_up_text(dimension, element);
      break;
    case Datum::Kind::number:
    case Datum::Kind::boolean:
      if (dimension.kind == Dimension::Kind::number) {
        want(AccessIndex::number_key(dimension.id, value.as_number()));
      }
      break;
    case Datum::Kind::address:
      if (dimension.kind == Dimension::Kind::address) look_up_address(dimension, value.as_address());
      break;
  }
}

bool Finder::find() {
  Inputs& inputs = evaluation_.inputs();
  for (const Dimension& dimension : access_.dimensions()) {
    const Datum value = dimension.of_path ? Datum::text(inputs.request().path) : evaluation_.value(dimension.left);
    // A text that is read through takes long enough for what the rules found so far read to come.
    if (dimension.kind == Dimension::Kind::literals) add_wanted();
    look_up(dimension, value);
    if (inputs.failed()) return false;
  }
  for (const Gate& gate : access_.gates()) {
    if (evaluation_.test(gate.condition)) add(access_.postings(gate.first, gate.count));
    if (inputs.failed()) return false;
  }
  add_wanted();
  if (state_.candidates.size() > 1) std::sort(state_.candidates.begin(), state_.candidates.end());
  fetch_first();
  return true;
}

/// The walk: candidates and residual rules merged in source order, each verified completely, up to the first terminal.
class Walk {
 public:
  Walk(const DecisionTable& table, Phase phase, Inputs& inputs, Ledger& ledger, Scratch::State& state, Decision& out)
      : rules_(table.rules().of(phase)),
        access_(table.index().access[static_cast<std::size_t>(phase)]),
        briefs_(table.index().briefs[static_cast<std::size_t>(phase)]),
        evaluation_(table, inputs, state),
        ledger_(ledger),
        state_(state),
        out_(out) {}

  void run() {
    state_.tried = 0;
    if (rules_.empty()) return;
    if (!Finder(access_, briefs_, evaluation_, state_).find()) {
      evaluation_.inputs().forget_failure();
      for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
        if (ends(rule)) return;
      }
      return;
    }
    const std::span<const std::uint32_t> residual = access_.residual();
    std::size_t next_found = 0;
    std::size_t next_residual = 0;
    while (next_found < state_.candidates.size() || next_residual < residual.size()) {
      const bool from_found =
          next_residual == residual.size() ||
          (next_found < state_.candidates.size() && state_.candidates[next_found] < residual[next_residual]);
      if (ends(from_found ? state_.candidates[next_found++] : residual[next_residual++])) return;
    }
  }

 private:
  bool ends(std::uint32_t index) {
    ++state_.tried;
    evaluation_.begin_rule();
    const std::span<const BriefStep> steps = briefs_.of(index);
    if (!steps.empty() && steps.front().kind == BriefStep::Kind::whole) return whole_ends(index);
    auto step = steps.begin();
    for (; step != steps.end() && step->of_condition(); ++step) {
      const bool held = holds(*step, evaluation_);
      if (evaluation_.inputs().failed()) return fail(index);
      if (!held) return false;
    }
    out_.matched.push_back(index);
    for (; step != steps.end(); ++step) {
      const bool ended = step->kind == BriefStep::Kind::act
                             ? act(evaluation_, rules_[index], index, out_)
                             : take(*step, evaluation_.rules().pool.strings, index, out_);
      if (evaluation_.inputs().failed()) return fail(index);
      if (ended) return true;
    }
    return false;
  }
  /// Likewise of a rule with a guard.
  bool whole_ends(std::uint32_t index) {
    const Rule& rule = rules_[index];
    const bool matched = guarded(rule);
    if (evaluation_.inputs().failed()) return fail(index);
    if (!matched) return false;
    if (evaluation_.rules().guards[rule.guard].dry_run) {
      out_.would.push_back(index);
      return false;
    }
    out_.matched.push_back(index);
    const bool ended = act(evaluation_, rule, index, out_);
    return evaluation_.inputs().failed() ? fail(index) : ended;
  }
  /// The window, the condition, and only where both hold the limit.
  bool guarded(const Rule& rule) {
    const Guard& guard = evaluation_.rules().guards[rule.guard];
    const std::int64_t now = evaluation_.inputs().request().now_us;
    if (now < guard.since_us || now >= guard.until_us) return false;
    if (!evaluation_.test(rule.condition) || evaluation_.inputs().failed()) return false;
    return guard.over == kNoLimit || evaluation_.over(guard.over, ledger_);
  }
  bool fail(std::uint32_t index) {
    out_.clear();
    out_.outcome = Outcome::failed;
    out_.rule = index;
    return true;
  }

  const std::vector<Rule>& rules_;
  const AccessIndex& access_;
  const Briefs& briefs_;
  Evaluation evaluation_;
  Ledger& ledger_;
  Scratch::State& state_;
  Decision& out_;
};

void run(const DecisionTable& table, Phase phase, const RequestFacts& request, const ResponseHead* response,
         const LiveView& live, Ledger& ledger, Scratch& scratch, Arena& arena, Decision& out) {
  out.clear();
  Inputs inputs(request, response, live, arena, scratch.state().buffer);
  Walk(table, phase, inputs, ledger, scratch.state(), out).run();
}

}  // namespace

Scratch::Scratch() : state_(std::make_unique<State>()) {}
Scratch::~Scratch() = default;

void decide_request(const DecisionTable& table, const RequestFacts& request, const LiveView& live, Ledger& ledger,
                    Scratch& scratch, Arena& arena, Decision& out) {
  run(table, Phase::request, request, nullptr, live, ledger, scratch, arena, out);
}

void decide_response(const DecisionTable& table, const RequestFacts& request, const ResponseHead& response,
                     const LiveView& live, Ledger& ledger, Scratch& scratch, Arena& arena, Decision& out) {
  run(table, Phase::response, request, &response, live, ledger, scratch, arena, out);
}

}  // namespace sprx
