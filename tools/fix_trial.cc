#include "tools/fix_trial.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
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

  /// Whether the error's own certain fix takes away what was put in: then that was not meant.
  [[nodiscard]] bool is_undone_by(const Diagnostic& d) const {
    return std::any_of(d.fixes.begin(), d.fixes.end(), [&](const Fix& fix) {
      return fix.certain && fix.span.known() && fix.span.begin < fix.span.end &&
             edits_.put_sign_in(name_of(after_, fix.span.file), fix.span.begin, fix.span.end);
    });
  }

  /// The edits on whose line an error stands or that it points at. One in another part of that line was there before,
  /// and not seen: of one statement the first mistake of syntax is found, and of a name nothing is said behind a
  /// pattern that might have bound it.
  [[nodiscard]] std::vector<std::size_t> concerned_by(const Diagnostic& d) {
    std::vector<std::size_t> out;
    const auto touched = [&](const Span& span, std::optional<std::uint32_t> past) {
      if (!span.known()) return;
      for (const std::size_t edit : edits_.touching(name_of(after_, span.file), span.begin, span.end, past))
        out.push_back(edit);
    };
    for (const Label& label : d.labels) {
      if (!label.text.starts_with("in this")) touched(label.span, {});
    }
    if (!d.primary.known()) return out;
    const std::uint32_t begin = parts_of_file(d.primary.file).part_begin(d.primary.begin);
    const std::optional<std::uint32_t> part = begin > 0 ? std::optional(begin) : std::nullopt;
    touched(d.primary, part);
    touched(line_of(after_.sources[d.primary.file], d.primary), part);
    return out;
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

namespace {

/// Where the findings of a compilation stand when edits are in.
class FindingsThen {
 public:
  FindingsThen(const Compilation& before, const EditSet& edits) : before_(before), edits_(edits) {
    for (const Diagnostic& d : before.diagnostics.all()) {
      auto [in_front, behind] = places(d);
      known_.insert(std::move(in_front));
      known_.insert(std::move(behind));
    }
  }
  /// Where something was put in at the very place of a finding, it is said again before or behind that.
  [[nodiscard]] std::pair<FindingPlace, FindingPlace> places(const Diagnostic& d) const {
    FindingPlace behind = place_of(before_, d);
    FindingPlace in_front = behind;
    std::get<1>(behind) = edits_.moved(std::get<0>(behind), std::get<1>(behind));
    std::get<1>(in_front) = edits_.moved_before(std::get<0>(in_front), std::get<1>(in_front));
    return {std::move(in_front), std::move(behind)};
  }
  [[nodiscard]] bool knew(const FindingPlace& place) const { return known_.contains(place); }

 private:
  const Compilation& before_;
  const EditSet& edits_;
  std::set<FindingPlace> known_;
};

/// Whether it wants a `;` and nothing else.
bool wants_semicolon(const Diagnostic& d) {
  return d.fixes.size() == 1 && d.fixes[0].certain && d.fixes[0].replacement == ";" &&
         d.fixes[0].span.begin == d.fixes[0].span.end;
}

/// Whether the same was said of something else.
bool is_again(const Diagnostic& d, const std::vector<const Diagnostic*>& of) {
  return std::any_of(of.begin(), of.end(),
                     [&](const Diagnostic* one) { return one->kind == d.kind && one->message == d.message; });
}

}  // namespace

std::vector<Objection> objections(const Compilation& before, const EditSet& edits, const Compilation& after,
                                  const std::vector<const Diagnostic*>& of) {
  const FindingsThen then(before, edits);
  std::set<FindingPlace> found;
  for (const Diagnostic& d : after.diagnostics.all()) found.insert(place_of(after, d));
  std::vector<Objection> out;
  bool semicolons = false;
  for (const Diagnostic* d : of) {
    const auto [in_front, behind] = then.places(*d);
    if (found.contains(in_front) || found.contains(behind))
      out.push_back({"the same would be said of it again", {}, d});
    semicolons = semicolons || wants_semicolon(*d);
  }
  AfterEdits asked(edits, after);
  const bool syntax = is_syntax(*of.front());
  // What fixes of syntax bring to light is what is put right next, or what nobody could see before; but no fix may
  // lead to what it is against, or it would be made for ever.
  const auto brought_to_light = [&](const Diagnostic& d) {
    if (!goes_on(d)) return !is_syntax(d) && !asked.is_about(d);
    return !asked.is_undone_by(d) && !(asked.is_about(d) && is_again(d, of));
  };
  for (const Diagnostic& d : after.diagnostics.all()) {
    const bool hidden = syntax ? brought_to_light(d) : is_late(d);
    // One `;` of several shows where the next is missing.
    if (hidden || (semicolons && wants_semicolon(d))) continue;
    if (after.diagnostics.severity(d) != Severity::error || then.knew(place_of(after, d))) continue;
    std::vector<std::size_t> concerned = asked.concerned_by(d);
    if (concerned.empty()) continue;
    out.push_back({fmt::format("{} [{}]", d.message, info(d.kind).code), std::move(concerned), nullptr});
  }
  return out;
}

}  // namespace sprx
