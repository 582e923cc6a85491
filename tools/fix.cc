#include "tools/fix.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>

namespace sprx {
namespace {

/// One replacement in the text of a pass.
struct Edit {
  std::string file;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::string text;
};

/// All that one finding would change: together or not at all.
struct Unit {
  std::vector<Edit> edits;  ///< sorted
  const Diagnostic* of = nullptr;
  bool syntax = false;
};

/// A unit that was tried and not applied, by where its finding stands in the texts as they are.
struct Refused {
  std::string file;
  std::uint32_t begin = 0;
  std::string message;
  std::string why;
};

bool is_syntax(const Diagnostic& d) { return info(d.kind).code.starts_with("E0"); }

/// Whether it is looked for only where nothing else is wrong.
bool is_late(const Diagnostic& d) {
  return info(d.kind).code.starts_with("E7") || d.kind == Kind::redirect_loop || d.kind == Kind::redirect_chain;
}

bool has_certain_fix(const Diagnostic& d) {
  return std::any_of(d.fixes.begin(), d.fixes.end(), [](const Fix& fix) { return fix.certain; });
}

std::string name_of(const Compilation& run, FileId file) {
  return static_cast<std::size_t>(file) < run.sources.size() ? run.sources[file].name : std::string();
}

/// Where byte `at` of a text is when the edits (sorted, of that file among others) are in it.
std::uint32_t moved(const std::vector<Edit>& edits, const std::string& file, std::uint32_t at) {
  std::int64_t by = 0;
  for (const Edit& edit : edits) {
    if (edit.file != file || edit.begin >= at) continue;
    // What stood in the replaced text is where that ends now.
    const std::int64_t covered = std::min(edit.end, at) - edit.begin;
    by += (at < edit.end ? 0 : static_cast<std::int64_t>(edit.text.size())) - covered;
  }
  return static_cast<std::uint32_t>(at + by);
}

std::string applied_to(std::string_view text, const std::vector<Edit>& edits, const std::string& file) {
  std::string out;
  std::size_t at = 0;
  for (const Edit& edit : edits) {
    if (edit.file != file) continue;
    out.append(text.substr(at, edit.begin - at)).append(edit.text);
    at = edit.end;
  }
  return out.append(text.substr(at));
}

/// Two at the same place are in each other's way too: nothing says which comes first.
bool collide(const Edit& a, const Edit& b) {
  return a.file == b.file && (a.begin == b.begin || (a.begin < b.end && b.begin < a.end));
}

bool by_place(const Edit& a, const Edit& b) { return std::tie(a.file, a.begin) < std::tie(b.file, b.begin); }

using Place = std::tuple<std::string, std::uint32_t, std::string>;

/// Where an error is and what it says.
Place place_of(const Compilation& run, const Diagnostic& d) {
  return {name_of(run, d.primary.file), d.primary.begin, fmt::format("{} {}", info(d.kind).code, d.message)};
}

class Fixing {
 public:
  Fixing(const std::filesystem::path& directory, const CompileOptions& options, const Compilation& first,
         const FixLimits& limits)
      : directory_(directory), options_(options), limits_(limits), now_(&first) {}

  FixResult run() {
    for (std::size_t pass = 0; pass < limits_.passes; ++pass) {
      if (!one_pass(true) && !one_pass(false)) break;
    }
    for (const Unit& unit : units()) tell(unit);
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
  MemoryFiles texts_;   ///< of files that were changed
  MemoryFiles before_;  ///< what these held
  std::vector<Refused> refused_;
  std::size_t trials_ = 0;
  std::vector<Edit> accepted_;            ///< of this pass, sorted
  std::optional<Compilation> last_good_;  ///< with all of them in
  FixResult result_;

  [[nodiscard]] std::vector<Unit> units() const {
    std::vector<Unit> out;
    for (const Diagnostic& d : now_->diagnostics.all()) {
      Unit unit{{}, &d, is_syntax(d)};
      for (const Fix& fix : d.fixes) {
        if (!fix.certain || !fix.span.known() || fix.span.end > now_->sources[fix.span.file].text.size()) continue;
        unit.edits.push_back({name_of(*now_, fix.span.file), fix.span.begin, fix.span.end, fix.replacement});
      }
      std::sort(unit.edits.begin(), unit.edits.end(), by_place);
      if (!unit.edits.empty()) out.push_back(std::move(unit));
    }
    return out;
  }

  [[nodiscard]] const Refused* refusal_of(const Diagnostic& d) const {
    for (const Refused& one : refused_) {
      if (one.begin == d.primary.begin && one.message == d.message && one.file == name_of(*now_, d.primary.file))
        return &one;
    }
    return nullptr;
  }

  /// Tries what was found; false if nothing was changed.
  bool one_pass(bool syntax) {
    std::vector<Unit> chosen;
    std::vector<Edit> taken;
    for (Unit& unit : units()) {
      const auto is_taken = [&](const Edit& edit) {
        return std::any_of(taken.begin(), taken.end(), [&](const Edit& other) { return collide(edit, other); });
      };
      bool clear = unit.syntax == syntax && refusal_of(*unit.of) == nullptr;
      for (std::size_t i = 0; i < unit.edits.size(); ++i) {
        clear = clear && !is_taken(unit.edits[i]) && (i == 0 || !collide(unit.edits[i - 1], unit.edits[i]));
      }
      if (!clear) continue;
      taken.insert(taken.end(), unit.edits.begin(), unit.edits.end());
      chosen.push_back(std::move(unit));
    }
    accepted_.clear();
    last_good_.reset();
    settle(chosen);
    if (accepted_.empty()) return false;
    take_over();
    return true;
  }

  /// Applies them if all can be together, else each half for itself.
  void settle(std::span<const Unit> units) {
    if (units.empty()) return;
    std::optional<std::string> why = "too many others were tried";
    if (trials_ < limits_.trials) {
      ++trials_;
      why = attempt(units);
    }
    if (!why) return;
    if (units.size() == 1) {
      const Diagnostic& d = *units[0].of;
      refused_.push_back({name_of(*now_, d.primary.file), d.primary.begin, d.message, *why});
      return;
    }
    settle(units.first(units.size() / 2));
    settle(units.subspan(units.size() / 2));
  }

  /// Why they are not applied; nothing if they are.
  std::optional<std::string> attempt(std::span<const Unit> units) {
    std::vector<Edit> edits = accepted_;
    for (const Unit& unit : units) edits.insert(edits.end(), unit.edits.begin(), unit.edits.end());
    std::sort(edits.begin(), edits.end(), by_place);
    CompileOptions options = options_;
    options.build = false;
    options.instead = texts_;
    for (const Edit& edit : edits) options.instead[edit.file] = applied_to(text_of(edit.file), edits, edit.file);
    Compilation after = compile(directory_, options);
    if (std::optional<std::string> why = worse(units, edits, after)) return why;
    accepted_ = std::move(edits);
    last_good_.emplace(std::move(after));
    return std::nullopt;
  }

  [[nodiscard]] std::string text_of(const std::string& file) const {
    for (std::size_t i = 0; i < now_->sources.size(); ++i) {
      const SourceFile& source = now_->sources[static_cast<FileId>(i)];
      if (source.name == file) return source.text;
    }
    return {};
  }

  /// What is wrong with `after` that was not before, and that the edits have to do with.
  [[nodiscard]] std::optional<std::string> worse(std::span<const Unit> units, const std::vector<Edit>& edits,
                                                 const Compilation& after) const {
    std::set<Place> known;
    for (const Diagnostic& d : now_->diagnostics.all()) {
      auto [file, begin, text] = place_of(*now_, d);
      const std::uint32_t there = moved(edits, file, begin);
      known.emplace(std::move(file), there, std::move(text));
    }
    std::set<Place> found;
    for (const Diagnostic& d : after.diagnostics.all()) found.insert(place_of(after, d));
    for (const Unit& unit : units) {
      auto [file, begin, text] = place_of(*now_, *unit.of);
      const std::uint32_t there = moved(edits, file, begin);
      if (found.contains({std::move(file), there, std::move(text)})) return "the same would be said of it again";
    }
    const bool syntax = units[0].syntax;
    for (const Diagnostic& d : after.diagnostics.all()) {
      const bool hidden = syntax ? has_certain_fix(d) || (!is_syntax(d) && !is_about(d, after, edits)) : is_late(d);
      if (hidden || after.diagnostics.severity(d) != Severity::error || known.contains(place_of(after, d))) continue;
      const bool near =
          std::any_of(edits.begin(), edits.end(), [&](const Edit& edit) { return concerns(d, after, edits, edit); });
      if (near) return fmt::format("{} [{}]", d.message, info(d.kind).code);
    }
    return std::nullopt;
  }

  /// Whether an error is about text that was put in. That a file is missing is not: it was named before.
  static bool is_about(const Diagnostic& d, const Compilation& after, const std::vector<Edit>& edits) {
    if (d.kind == Kind::data_missing || d.kind == Kind::include_missing) return false;
    return std::any_of(edits.begin(), edits.end(), [&](const Edit& edit) {
      const std::uint32_t begin = moved(edits, edit.file, edit.begin);
      const auto end = begin + static_cast<std::uint32_t>(edit.text.size());
      return edit.text.size() > 1 && d.primary.known() && name_of(after, d.primary.file) == edit.file &&
             begin <= d.primary.begin && d.primary.end <= end;
    });
  }

  /// Whether an error stands on the line of an edit or points at it.
  static bool concerns(const Diagnostic& d, const Compilation& after, const std::vector<Edit>& edits,
                       const Edit& edit) {
    const std::uint32_t begin = moved(edits, edit.file, edit.begin);
    const auto end = begin + static_cast<std::uint32_t>(edit.text.size());
    const auto touches = [&](const Span& span) {
      return span.known() && name_of(after, span.file) == edit.file && span.begin <= end && begin <= span.end;
    };
    if (touches(d.primary)) return true;
    if (std::any_of(d.labels.begin(), d.labels.end(), [&](const Label& label) { return touches(label.span); }))
      return true;
    if (!d.primary.known() || name_of(after, d.primary.file) != edit.file) return false;
    const SourceFile& file = after.sources[d.primary.file];
    return file.locate(d.primary.begin).line == file.locate(begin).line;
  }

  /// What was accepted is how the texts are from here on.
  void take_over() {
    for (const Edit& edit : accepted_) {
      if (result_.places.size() < kFixPlacesShown) result_.places.push_back(described(edit));
    }
    for (const Edit& edit : accepted_) {
      std::string text = text_of(edit.file);
      before_.try_emplace(edit.file, text);
      texts_[edit.file] = applied_to(text, accepted_, edit.file);
    }
    for (Refused& one : refused_) one.begin = moved(accepted_, one.file, one.begin);
    result_.applied += accepted_.size();
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
    const std::string text = text_of(edit.file);
    const std::string old = text.substr(edit.begin, edit.end - edit.begin);
    const std::string what = old.empty()         ? fmt::format("putting in {}", shown(edit.text))
                             : edit.text.empty() ? fmt::format("taking away {}", shown(old))
                                                 : fmt::format("{} instead of {}", shown(edit.text), shown(old));
    for (std::size_t i = 0; i < now_->sources.size(); ++i) {
      const SourceFile& source = now_->sources[static_cast<FileId>(i)];
      if (source.name != edit.file) continue;
      const LineColumn at = source.locate(edit.begin);
      return fmt::format("{}:{}:{}: {}", edit.file, at.line, at.column, what);
    }
    return fmt::format("{}: {}", edit.file, what);
  }

  /// A line about what was not applied.
  void tell(const Unit& unit) {
    const Diagnostic& d = *unit.of;
    const Refused* const refused = refusal_of(d);
    const std::string why = refused != nullptr ? refused->why : "another one is in its way";
    result_.not_applied.push_back(fmt::format("{}: {}", described(unit.edits.front()), why));
  }
};

}  // namespace

FixResult fix_certain(const std::filesystem::path& directory, const CompileOptions& options, const Compilation& first,
                      const FixLimits& limits) {
  return Fixing(directory, options, first, limits).run();
}

}  // namespace sprx
