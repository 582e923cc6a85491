#include "tools/fix_trial.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <utility>

#include "grammar/parted.h"

namespace sprx {
namespace {

/// Whether it is looked for only where nothing else is wrong.
bool is_late(const Diagnostic& d) {
  return info(d.kind).code.starts_with("E7") || d.kind == Kind::redirect_loop || d.kind == Kind::redirect_chain;
}

bool goes_on(const Diagnostic& d) {
  return std::any_of(d.fixes.begin(), d.fixes.end(), [](const Fix& fix) { return fix.certain; });
}

/// The line that a byte is on, with its end.
Span line_of(const SourceFile& file, Span at) {
  const auto next = std::upper_bound(file.line_starts.begin(), file.line_starts.end(), at.begin);
  const auto end = next == file.line_starts.end() ? static_cast<std::uint32_t>(file.text.size()) : *next - 1;
  return {at.file, *(next - 1), end};
}

/// Asks what new errors have to do with the edits.
class AfterEdits {
 public:
  AfterEdits(const EditSet& edits, const Compilation& after) : edits_(edits), after_(after) {}

  /// Whether an error is about text that was put in. That a file is missing is not: it was named before.
  [[nodiscard]] bool is_about(const Diagnostic& d) const {
    if (d.kind == Kind::data_missing || d.kind == Kind::include_missing || !d.primary.known()) return false;
    return edits_.wrote(name_of(after_, d.primary.file), d.primary.begin, d.primary.end);
  }

  /// Whether an error stands on the line of an edit or points at it. One in another part of that line was there before,
  /// and not seen: of one statement the first mistake of syntax is found, and of a name nothing is said behind a
  /// pattern that might have bound it.
  [[nodiscard]] bool concerns(const Diagnostic& d) {
    const auto touches = [this](const Span& span, std::optional<std::uint32_t> past) {
      return span.known() && edits_.touches(name_of(after_, span.file), span.begin, span.end, past);
    };
    const bool pointed_at = std::any_of(d.labels.begin(), d.labels.end(), [&](const Label& label) {
      return !label.text.starts_with("in this") && touches(label.span, {});
    });
    if (pointed_at || !d.primary.known()) return pointed_at;
    const std::uint32_t begin = parts_of_file(d.primary.file).part_begin(d.primary.begin);
    const std::optional<std::uint32_t> part = begin > 0 ? std::optional(begin) : std::nullopt;
    return touches(d.primary, part) || touches(line_of(after_.sources[d.primary.file], d.primary), part);
  }

 private:
  const EditSet& edits_;
  const Compilation& after_;
  std::map<FileId, PartEnds> parts_;

  const PartEnds& parts_of_file(FileId file) {
    const auto known = parts_.find(file);
    return known != parts_.end() ? known->second : parts_.emplace(file, after_.sources[file].text).first->second;
  }
};

}  // namespace

std::string name_of(const Compilation& run, FileId file) {
  return static_cast<std::size_t>(file) < run.sources.size() ? run.sources[file].name : std::string();
}

FindingPlace place_of(const Compilation& run, const Diagnostic& d) {
  return {name_of(run, d.primary.file), d.primary.begin, fmt::format("{} {}", info(d.kind).code, d.message)};
}

bool is_syntax(const Diagnostic& d) { return info(d.kind).code.starts_with("E0"); }

std::optional<std::string> why_worse(const Compilation& before, const EditSet& edits, const Compilation& after,
                                     const std::vector<const Diagnostic*>& of) {
  // Where something was put in at the very place of a finding, it is said again before or behind that.
  const auto then = [&](const Diagnostic& d) {
    FindingPlace behind = place_of(before, d);
    FindingPlace in_front = behind;
    std::get<1>(behind) = edits.moved(std::get<0>(behind), std::get<1>(behind));
    std::get<1>(in_front) = edits.moved_before(std::get<0>(in_front), std::get<1>(in_front));
    return std::pair(std::move(in_front), std::move(behind));
  };
  std::set<FindingPlace> known;
  for (const Diagnostic& d : before.diagnostics.all()) {
    auto [in_front, behind] = then(d);
    known.insert(std::move(in_front));
    known.insert(std::move(behind));
  }
  std::set<FindingPlace> found;
  for (const Diagnostic& d : after.diagnostics.all()) found.insert(place_of(after, d));
  for (const Diagnostic* d : of) {
    const auto [in_front, behind] = then(*d);
    if (found.contains(in_front) || found.contains(behind)) return "the same would be said of it again";
  }
  AfterEdits asked(edits, after);
  const bool syntax = is_syntax(*of.front());
  for (const Diagnostic& d : after.diagnostics.all()) {
    const bool hidden = syntax ? goes_on(d) || (!is_syntax(d) && !asked.is_about(d)) : is_late(d);
    if (hidden || after.diagnostics.severity(d) != Severity::error || known.contains(place_of(after, d))) continue;
    if (asked.concerns(d)) return fmt::format("{} [{}]", d.message, info(d.kind).code);
  }
  return std::nullopt;
}

}  // namespace sprx
