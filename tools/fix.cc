#include "tools/fix.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "tools/fix_edits.h"
#include "tools/fix_trial.h"

namespace sprx {
namespace {

/// All that one finding would change: together or not at all.
struct Unit {
  std::vector<TextEdit> edits;  ///< sorted
  const Diagnostic* of = nullptr;
};

class Fixing {
 public:
  Fixing(const std::filesystem::path& directory, const CompileOptions& options, const Compilation& first,
         const FixLimits& limits)
      : directory_(directory), options_(options), limits_(limits), now_(&first) {}

  FixResult run() {
    if (units().empty()) return {};
    held_.emplace(compiled());
    now_ = &*held_;
    const std::size_t rounds = all_rounds();
    for (const Unit& unit : units()) {
      if (result_.not_applied.size() < kFixPlacesShown) result_.not_applied.push_back(left_out(unit, rounds));
      ++result_.left;
    }
    MemoryFiles changed;
    for (const auto& [name, text] : texts_) {
      if (text != before_.at(name)) changed.emplace(name, text);
    }
    result_.error = write_files(directory_, changed, before_);
    for (const auto& [name, text] : changed) result_.files.push_back(name);
    return std::move(result_);
  }

 private:
  const std::filesystem::path& directory_;
  const CompileOptions& options_;
  const FixLimits& limits_;
  const Compilation* now_;  ///< of the texts as they are
  std::optional<Compilation> held_;
  MemoryFiles texts_;                            ///< of files that were changed
  MemoryFiles before_;                           ///< what these held
  std::map<FindingPlace, std::string> refused_;  ///< tried and not applied, and why; by the texts as they are
  std::size_t failed_ = 0;
  std::size_t failed_bytes_ = 0;
  bool stopped_ = false;                  ///< a bound of the rounds was reached
  EditSet accepted_;                      ///< of this round
  EditSet tried_;                         ///< with the ones of the last attempt
  std::optional<Compilation> last_good_;  ///< with all of them in
  FixResult result_;

  [[nodiscard]] std::vector<Unit> units() const {
    std::vector<Unit> out;
    for (const Diagnostic& d : now_->diagnostics.all()) {
      Unit unit{{}, &d};
      for (const Fix& fix : d.fixes) {
        if (!fix.certain || !fix.span.known() || fix.span.end > now_->sources[fix.span.file].text.size()) continue;
        unit.edits.push_back({name_of(*now_, fix.span.file), fix.span.begin, fix.span.end, fix.replacement});
      }
      std::sort(unit.edits.begin(), unit.edits.end(), by_place);
      if (!unit.edits.empty()) out.push_back(std::move(unit));
    }
    return out;
  }

  /// The texts as they are with these edits in; of mistakes of syntax it sees more than the first compilation did.
  [[nodiscard]] Compilation compiled(const EditSet& edits = {}) const {
    CompileOptions options = options_;
    options.build = false;
    options.syntax_errors = kFixSyntaxErrors;
    options.instead = texts_;
    for (const std::string& file : edits.files()) options.instead[file] = edits.applied_to(text_of(file), file);
    return compile(directory_, options);
  }

  /// Tries what was found; false if there was nothing to try.
  bool one_round(bool syntax) {
    std::vector<Unit> chosen;
    TakenPlaces taken;
    for (Unit& unit : units()) {
      if (is_syntax(*unit.of) != syntax || refused_.contains(place_of(*now_, *unit.of))) continue;
      if (taken.take(unit.edits)) chosen.push_back(std::move(unit));
    }
    accepted_ = {};
    last_good_.reset();
    const bool any = !chosen.empty();
    settle(std::move(chosen));
    if (!accepted_.all().empty()) take_over();
    return any;
  }

  /// Rounds until nothing is left to try. What was refused is tried again when something else was applied since: the
  /// last round is the first one of another run, which so changes nothing.
  std::size_t all_rounds() {
    std::size_t applied = 0;
    std::size_t bytes = 0;
    std::size_t rounds = 0;
    while (rounds < limits_.rounds && bytes < limits_.round_bytes) {
      if (one_round(true) || one_round(false)) {
        ++rounds;
        bytes += bytes_of_sources();
      } else if (result_.applied == applied) {
        return rounds;
      } else {
        applied = result_.applied;
        refused_.clear();
      }
    }
    stopped_ = true;
    return rounds;
  }

  [[nodiscard]] bool spent() const {
    return failed_ >= limits_.all_failed || (failed_ >= limits_.failed && failed_bytes_ >= limits_.failed_bytes);
  }

  [[nodiscard]] std::size_t bytes_of_sources() const {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < now_->sources.size(); ++i) bytes += now_->sources[static_cast<FileId>(i)].text.size();
    return bytes;
  }

  void refuse(const Unit& unit, const std::string& why) { refused_.emplace(place_of(*now_, *unit.of), why); }

  /// Applies them if all can be together. What something is said against is left out, alone, and the others are tried
  /// without it; where it is said against several, it is found by halves which one it is.
  void settle(std::vector<Unit> units, bool halves = false) {
    while (!units.empty()) {
      if (spent()) {
        for (const Unit& unit : units) refuse(unit, "too many others were tried");
        return;
      }
      const std::vector<Objection> said = attempt(units);
      if (said.empty()) return;
      ++failed_;
      failed_bytes_ += bytes_of_sources();
      Blame blame = blamed(units, said);
      if (!blame.alone.empty()) {
        for (const auto& [unit, why] : blame.alone) refuse(units[unit], *why);
        units = without(std::move(units), blame.alone);
        continue;
      }
      // Once those that nothing is said against go first; where something is said of these too, it is halves of all.
      Blamed& apart = blame.together;
      std::vector<Unit> fine = halves ? std::vector<Unit>{} : without(units, apart);
      for (std::size_t i = 0; halves && i < units.size(); ++i) apart.emplace(i, nullptr);
      std::vector<Unit> first;
      std::vector<Unit> second;
      for (const auto& [unit, why] : apart)
        (first.size() < apart.size() / 2 ? first : second).push_back(std::move(units[unit]));
      settle(std::move(fine), true);
      settle(std::move(first), true);
      settle(std::move(second), true);
      return;
    }
  }

  /// Units, by their places among those that were tried, and what is said against them.
  using Blamed = std::map<std::size_t, const std::string*>;
  struct Blame {
    Blamed alone;
    Blamed together;
  };

  static std::vector<Unit> without(std::vector<Unit> units, const Blamed& left_out) {
    std::vector<Unit> out;
    for (std::size_t i = 0; i < units.size(); ++i) {
      if (!left_out.contains(i)) out.push_back(std::move(units[i]));
    }
    return out;
  }

  [[nodiscard]] Blame blamed(const std::vector<Unit>& units, const std::vector<Objection>& said) const {
    std::map<std::pair<std::string_view, std::uint32_t>, std::size_t> unit_of;
    std::map<const Diagnostic*, std::size_t> finding_of;
    for (std::size_t i = 0; i < units.size(); ++i) {
      for (const TextEdit& edit : units[i].edits)
        unit_of.emplace(std::pair(std::string_view(edit.file), edit.begin), i);
      finding_of.emplace(units[i].of, i);
    }
    Blame out;
    for (const Objection& one : said) {
      std::set<std::size_t> at;
      if (one.of != nullptr) at.insert(finding_of.at(one.of));
      for (const std::size_t edit : one.edits) {
        const auto found = unit_of.find({tried_.all()[edit].file, tried_.all()[edit].begin});
        if (found != unit_of.end()) at.insert(found->second);
      }
      // Said against what was accepted already: any of these may have led to it.
      for (std::size_t i = 0; at.empty() && out.together.size() < units.size(); ++i) out.together.emplace(i, &one.why);
      for (const std::size_t unit : at)
        (at.size() == 1 || units.size() == 1 ? out.alone : out.together).emplace(unit, &one.why);
    }
    if (units.size() == 1) out.alone.merge(out.together);
    return out;
  }

  /// What is said against applying them; nothing if they are applied.
  std::vector<Objection> attempt(const std::vector<Unit>& units) {
    std::vector<TextEdit> all = accepted_.all();
    std::vector<const Diagnostic*> of;
    for (const Unit& unit : units) {
      all.insert(all.end(), unit.edits.begin(), unit.edits.end());
      of.push_back(unit.of);
    }
    tried_ = EditSet(std::move(all));
    Compilation after = compiled(tried_);
    std::vector<Objection> said = objections(*now_, tried_, after, of);
    if (!said.empty()) return said;
    accepted_ = std::move(tried_);
    last_good_.emplace(std::move(after));
    return said;
  }

  [[nodiscard]] const SourceFile* source_of(const std::string& file) const {
    for (std::size_t i = 0; i < now_->sources.size(); ++i) {
      const SourceFile& source = now_->sources[static_cast<FileId>(i)];
      if (source.name == file) return &source;
    }
    return nullptr;
  }

  [[nodiscard]] std::string_view text_of(const std::string& file) const {
    const SourceFile* const source = source_of(file);
    return source != nullptr ? std::string_view(source->text) : std::string_view{};
  }

  /// What was accepted is how the texts are from here on.
  void take_over() {
    for (const TextEdit& edit : accepted_.all()) {
      if (result_.places.size() == kFixPlacesShown) break;
      result_.places.push_back(described(edit));
    }
    for (const std::string& file : accepted_.files()) {
      const std::string_view text = text_of(file);
      before_.try_emplace(file, text);
      texts_[file] = accepted_.applied_to(text, file);
    }
    std::map<FindingPlace, std::string> moved;
    for (const auto& [place, why] : refused_) {
      const auto& [file, begin, message] = place;
      moved.emplace(FindingPlace{file, accepted_.moved(file, begin), message}, why);
      moved.emplace(FindingPlace{file, accepted_.moved_before(file, begin), message}, why);
    }
    refused_ = std::move(moved);
    result_.applied += accepted_.all().size();
    held_ = std::move(last_good_);
    now_ = &*held_;
  }

  /// Where an edit stands in the texts as they are, and what it does.
  [[nodiscard]] std::string described(const TextEdit& edit) const {
    constexpr std::size_t kShown = 60;
    const auto shown = [](std::string_view text) {
      return text.size() <= kShown && text.find('\n') == std::string_view::npos ? fmt::format("`{}`", text)
                                                                                : std::string("longer text");
    };
    const SourceFile* const source = source_of(edit.file);
    const std::string_view old = text_of(edit.file).substr(edit.begin, edit.end - edit.begin);
    const std::string what = old.empty()         ? fmt::format("putting in {}", shown(edit.text))
                             : edit.text.empty() ? fmt::format("taking away {}", shown(old))
                                                 : fmt::format("{} instead of {}", shown(edit.text), shown(old));
    if (source == nullptr) return fmt::format("{}: {}", edit.file, what);
    const LineColumn at = source->locate(edit.begin);
    return fmt::format("{}:{}:{}: {}", edit.file, at.line, at.column, what);
  }

  /// A line about what was not applied.
  [[nodiscard]] std::string left_out(const Unit& unit, std::size_t rounds) const {
    const auto refused = refused_.find(place_of(*now_, *unit.of));
    const std::string why = refused != refused_.end() ? refused->second
                            : !stopped_
                                ? std::string("its changes are in each other's way")
                                : fmt::format("{} rounds of fixes were made: run it again for the rest", rounds);
    return fmt::format("{}: {}", described(unit.edits.front()), why);
  }
};

}  // namespace

FixResult fix_certain(const std::filesystem::path& directory, const CompileOptions& options, const Compilation& first,
                      const FixLimits& limits) {
  return Fixing(directory, options, first, limits).run();
}

}  // namespace sprx
