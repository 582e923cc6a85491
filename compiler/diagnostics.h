// Diagnostics: what the compiler tells the person. Kinds come from a registry; a list collects; renderers show.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/scoped.h"
#include "grammar/source.h"

namespace sprx {

/// Every kind of diagnostic: SPRX_KIND(id, code, severity, title) in kinds.def. Codes are stable and never reused.
enum class Kind : std::uint16_t {
#define SPRX_KIND(id, code, severity, title) id,
#include "compiler/kinds.def"
#undef SPRX_KIND
};

enum class Severity : std::uint8_t { error, lint };

struct KindInfo {
  Kind id;
  std::string_view code;  ///< `E1003`, `L0001`
  Severity severity;
  std::string_view title;  ///< for lists of codes: "unknown field"
};
[[nodiscard]] const KindInfo& info(Kind kind);
[[nodiscard]] const std::vector<KindInfo>& all_kinds();

struct Label {
  Span span;
  std::string text;
};

struct Note {
  enum class Word : std::uint8_t { note, help };
  Word word = Word::note;
  std::string text;
};

/// A replacement. `certain` ones are applied by `check --fix`.
struct Fix {
  Span span;
  std::string replacement;
  bool certain = false;
};

/// One finding. The message is lower case without full stop, code in backticks.
struct Diagnostic {
  Kind kind{};
  std::string message;
  Span primary;
  std::string primary_text;  ///< beside the carets; may be empty
  std::vector<Label> labels;
  std::vector<Note> notes;
  std::vector<Fix> fixes;

  Diagnostic& label(Span span, std::string text) {
    labels.push_back({span, std::move(text)});
    return *this;
  }
  Diagnostic& note(std::string text) {
    notes.push_back({Note::Word::note, std::move(text)});
    return *this;
  }
  Diagnostic& help(std::string text) {
    notes.push_back({Note::Word::help, std::move(text)});
    return *this;
  }
  Diagnostic& fix(Span span, std::string text, bool certain) {
    fixes.push_back({span, std::move(text), certain});
    return *this;
  }
};

class AllowSet;

/// Lints that a mere change of date brings about; `lints deny` leaves them lints, so that what was accepted on Monday
/// starts on Friday.
[[nodiscard]] bool depends_on_date(Kind kind);

/// Collects. At most kMaxDiagnostics are kept; more are counted.
class DiagnosticList {
 public:
  static constexpr std::size_t kMaxDiagnostics = 10'000;
  /// Adds and returns it for chaining; the reference is good until the next add.
  /// A silenced one is neither kept nor counted, nor is one that stands inside of a syntax error: that is about all of
  /// what it covers, such as `hdr(host) -i a.example.com`.
  Diagnostic& add(Kind kind, Span primary, std::string message);
  /// From here on, and for what is there already: `allow`s silence. The set must outlive the last `add`.
  void silence_by(AllowSet* allows);
  /// The declaration whose data file is being read, for the length of a block: its `allow`s count for rows of the file
  /// too. Unknown: none.
  [[nodiscard]] Scoped<Span> belongs_to(Span declaration) { return {owner_, declaration}; }
  /// The one that was added last.
  [[nodiscard]] Diagnostic& last() { return !dropped_ && items_.size() < kMaxDiagnostics ? items_.back() : overflow_; }
  /// Nothing else is said of what stands in it: a syntax error is about all of it.
  void cover(Span part);
  /// Whether a syntax error begins in `where` or at its end.
  [[nodiscard]] bool syntax_error_in(Span where) const;
  /// Where it is kept, for `kept`; absent if it is not. Good until `sort`.
  [[nodiscard]] std::optional<std::size_t> last_place() const {
    return !dropped_ && !items_.empty() && items_.size() < kMaxDiagnostics ? std::optional(items_.size() - 1)
                                                                           : std::nullopt;
  }
  [[nodiscard]] Diagnostic& kept(std::size_t place) { return items_[place]; }
  /// Takes back a finding of that kind that stands in `within`: another one says it too.
  std::optional<Diagnostic> take_back(Kind kind, Span within);
  [[nodiscard]] bool has_errors() const { return errors_ > 0; }
  [[nodiscard]] std::size_t errors() const { return errors_; }
  [[nodiscard]] std::size_t lints() const { return lints_; }
  [[nodiscard]] const std::vector<Diagnostic>& all() const { return items_; }
  /// By file name and place; the same kind at the same place once. Call once after the last add.
  void sort(const SourceSet& sources);
  /// Drops the lints (`--contract`), or turns them into errors (`lints deny`; but for those that depend on today's
  /// date).
  void drop_lints();
  void deny_lints();
  /// What could not be looked for because of the errors, for the closing line of `human`: "redirect loops".
  void leave_out(std::string what) { left_out_.push_back(std::move(what)); }
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }
  /// What a diagnostic counts as: the severity of its kind, unless lints are denied.
  [[nodiscard]] Severity severity(const Diagnostic& diagnostic) const;

 private:
  std::vector<Diagnostic> items_;
  std::size_t errors_ = 0;
  std::size_t lints_ = 0;
  bool denied_ = false;
  bool dropped_ = false;  ///< the last one was not kept
  std::vector<std::string> left_out_;
  Diagnostic overflow_;
  AllowSet* allows_ = nullptr;
  Span owner_;
  std::vector<Span> syntax_;  ///< of the syntax errors

  [[nodiscard]] bool covered(Kind kind, Span primary);
};

enum class Format : std::uint8_t { human, shorter, json, sarif, github };

struct RenderOptions {
  Format format = Format::human;
  bool color = false;
  bool ascii = true;            ///< escape what is not ASCII; false only for a terminal that shows UTF-8
  std::size_t max_errors = 20;  ///< 0: all (human and short; the machine formats always hold all)
  std::size_t width = 100;      ///< columns of `human`
};

/// The whole report, the closing sum line of `human` included; empty when there is nothing to say (but a SARIF report
/// without results is still a document).
[[nodiscard]] std::string render(const DiagnosticList& list, const SourceSet& sources, const RenderOptions& options);

/// The page of a code (`sprx explain`), nullptr-like empty for an unknown one.
[[nodiscard]] std::string explain_page(std::string_view code);

/// The name among `names` that is most like `name` (edit distance, case, swapped letters), "" if none is near.
[[nodiscard]] std::string_view similar(std::string_view name, const std::vector<std::string_view>& names);

/// What all suggestions of one run may cost, in letters that are compared with letters: thousands of unknown names
/// among tens of thousands of known ones would be billions.
inline constexpr std::uint64_t kMaxSimilarWork = 20'000'000;

/// Likewise, and takes what it cost from `work`; "" once nothing is left of that.
[[nodiscard]] std::string_view similar(std::string_view name, const std::vector<std::string_view>& names,
                                       std::uint64_t& work);

}  // namespace sprx
