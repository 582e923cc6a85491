#include "tools/fix.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "tools/fix_edits.h"
#include "tools/fix_trial.h"

namespace sprx {
namespace {

/// All that one finding would change: together or not at all.
struct Unit {
  std::vector<Edit> edits;  ///< sorted
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
    std::size_t rounds = 0;
    while (rounds < limits_.rounds && (one_round(true) || one_round(false))) ++rounds;
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
  EditSet accepted_;                      ///< of this round
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
    settle(chosen);
    if (!accepted_.all().empty()) take_over();
    return !chosen.empty();
  }

  /// Applies them if all can be together, else each half for itself.
  void settle(std::span<const Unit> units) {
    if (units.empty()) return;
    std::optional<std::string> why = "too many others were tried";
    if (failed_ < limits_.failed) why = attempt(units);
    if (!why) return;
    ++failed_;
    if (units.size() == 1) {
      refused_.emplace(place_of(*now_, *units[0].of), *why);
      return;
    }
    settle(units.first(units.size() / 2));
    settle(units.subspan(units.size() / 2));
  }

  /// Why they are not applied; nothing if they are.
  std::optional<std::string> attempt(std::span<const Unit> units) {
    std::vector<Edit> all = accepted_.all();
    std::vector<const Diagnostic*> of;
    for (const Unit& unit : units) {
      all.insert(all.end(), unit.edits.begin(), unit.edits.end());
      of.push_back(unit.of);
    }
    EditSet edits(std::move(all));
    Compilation after = compiled(edits);
    if (std::optional<std::string> why = why_worse(*now_, edits, after, of)) return why;
    accepted_ = std::move(edits);
    last_good_.emplace(std::move(after));
    return std::nullopt;
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
    for (const Edit& edit : accepted_.all()) {
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
  [[nodiscard]] std::string described(const Edit& edit) const {
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
                            : rounds < limits_.rounds
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
