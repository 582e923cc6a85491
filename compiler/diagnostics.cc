#include "compiler/diagnostics.h"

#include <algorithm>
#include <tuple>

#include "compiler/allow.h"
#include "compiler/render.h"

namespace sprx {
namespace {

/// Syntax errors inside of which nothing else is reported.
constexpr std::size_t kMaxSyntax = 100;

std::string_view file_name(const SourceSet& sources, FileId file) {
  return static_cast<std::size_t>(file) < sources.size() ? std::string_view(sources[file].name) : std::string_view{};
}

}  // namespace

const std::vector<KindInfo>& all_kinds() {
  static const std::vector<KindInfo> kKinds{
#define SPRX_KIND(id, code, severity, title) {Kind::id, code, Severity::severity, title},
#include "compiler/kinds.def"
#undef SPRX_KIND
  };
  return kKinds;
}

const KindInfo& info(Kind kind) { return all_kinds()[static_cast<std::size_t>(kind)]; }

bool depends_on_date(Kind kind) {
  const std::string_view title = info(kind).title;
  return info(kind).severity == Severity::lint && title.find("expired") != std::string_view::npos;
}

void DiagnosticList::silence_by(AllowSet* allows) {
  allows_ = allows;
  if (allows == nullptr) return;
  std::erase_if(items_, [this](const Diagnostic& d) {
    if (!allows_->silences(d.kind, d.primary, {})) return false;
    --(severity(d) == Severity::error ? errors_ : lints_);
    return true;
  });
}

void DiagnosticList::cover(Span part) {
  if (syntax_.size() < kMaxSyntax) syntax_.push_back(part);
}

bool DiagnosticList::syntax_error_in(Span where) const {
  return std::any_of(syntax_.begin(), syntax_.end(), [&](const Span& error) {
    return error.file == where.file && where.begin <= error.begin && error.begin <= where.end;
  });
}

bool DiagnosticList::covered(Kind kind, Span primary) {
  if (info(kind).code.starts_with("E0")) {
    cover(primary);
    return false;
  }
  return std::any_of(syntax_.begin(), syntax_.end(), [&](const Span& wide) {
    return wide.file == primary.file && wide.begin <= primary.begin && primary.end <= wide.end && !(wide == primary);
  });
}

Diagnostic& DiagnosticList::add(Kind kind, Span primary, std::string message) {
  dropped_ = (allows_ != nullptr && allows_->silences(kind, primary, owner_)) || covered(kind, primary);
  if (dropped_) return overflow_ = {};
  const bool error = info(kind).severity == Severity::error || (denied_ && !depends_on_date(kind));
  ++(error ? errors_ : lints_);
  Diagnostic* place = &overflow_;
  if (items_.size() < kMaxDiagnostics) {
    place = &items_.emplace_back();
  } else {
    overflow_ = {};
  }
  place->kind = kind;
  place->primary = primary;
  place->message = std::move(message);
  return *place;
}

std::optional<Diagnostic> DiagnosticList::take_back(Kind kind, Span within) {
  const auto found = std::find_if(items_.begin(), items_.end(), [&](const Diagnostic& d) {
    return d.kind == kind && d.primary.file == within.file && within.begin <= d.primary.begin &&
           d.primary.end <= within.end;
  });
  if (found == items_.end()) return std::nullopt;
  --(severity(*found) == Severity::error ? errors_ : lints_);
  Diagnostic out = std::move(*found);
  items_.erase(found);
  return out;
}

Severity DiagnosticList::severity(const Diagnostic& diagnostic) const {
  if (denied_ && !depends_on_date(diagnostic.kind)) return Severity::error;
  return info(diagnostic.kind).severity;
}

void DiagnosticList::sort(const SourceSet& sources) {
  const auto key = [&](const Diagnostic& d) {
    // What belongs to no file (a missing main.sprx) comes first: its name is empty.
    return std::tuple(file_name(sources, d.primary.file), d.primary.begin, d.primary.end, info(d.kind).code);
  };
  std::stable_sort(items_.begin(), items_.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.kind == b.kind && a.primary == b.primary && (a.primary.known() || a.message == b.message);
  };
  std::size_t kept = 0;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (kept > 0 && same(items_[kept - 1], items_[i])) {
      --(severity(items_[i]) == Severity::error ? errors_ : lints_);
      continue;
    }
    if (kept != i) items_[kept] = std::move(items_[i]);
    ++kept;
  }
  items_.resize(kept);
}

void DiagnosticList::drop_lints() {
  std::erase_if(items_, [this](const Diagnostic& d) { return severity(d) == Severity::lint; });
  lints_ = 0;
}

void DiagnosticList::deny_lints() {
  if (denied_) return;
  denied_ = true;
  const auto dated =
      std::count_if(items_.begin(), items_.end(), [](const Diagnostic& d) { return depends_on_date(d.kind); });
  errors_ += lints_ - static_cast<std::size_t>(dated);
  lints_ = static_cast<std::size_t>(dated);
}

std::string render(const DiagnosticList& list, const SourceSet& sources, const RenderOptions& options) {
  switch (options.format) {
    case Format::human:
      return render_human(list, sources, options);
    case Format::shorter:
      return render_short(list, sources, options);
    case Format::json:
      return render_json(list, sources, options);
    case Format::sarif:
      return render_sarif(list, sources);
    case Format::github:
      return render_github(list, sources);
  }
  return {};
}

}  // namespace sprx
