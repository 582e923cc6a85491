// Whole files that are not of this language, and the marks that a merge leaves in one that is.
#include "grammar/foreign_parts.h"

namespace sprx {
namespace {

Foreign whole_file(Offset at, std::size_t size, std::string message, std::string_view help) {
  Foreign out = foreign::found(at, size, std::move(message), help);
  out.whole_file = true;
  return out;
}

}  // namespace

std::optional<Foreign> foreign::mark_of_conflict(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  if (!rest.starts_with("<<<<<<<") && !rest.starts_with("=======") && !rest.starts_with(">>>>>>>")) return std::nullopt;
  Foreign mark = found(at, 7, "this is the mark of a conflict that a merge left",
                       "decide between the two versions and remove the marks");
  mark.whole_line = true;
  return mark;
}

std::optional<Foreign> foreign::other_format(std::string_view text, Offset at) {
  const Offset start = scan::skip_blanks(text, text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  if (at != start) {
    return std::nullopt;
  }
  const std::string_view rest = text.substr(at);
  constexpr std::string_view kRules = "rules are written `rule name { when path == \"/old\"; redirect 301 \"/new\"; }`";
  if (rest.starts_with('{')) {
    return whole_file(at, 1, "this file looks like JSON", kRules);
  }
  if (rest.starts_with("[") || rest.starts_with("---")) {
    return whole_file(at, 1, rest[0] == '[' ? "this file looks like TOML" : "this file looks like YAML", kRules);
  }
  if (rest.starts_with("<?xml") || rest.starts_with("<!DOCTYPE") || rest.starts_with("<html")) {
    return whole_file(at, 1, "this file is a page, not rules", kRules);
  }
  if (auto mark = rest.starts_with('<') ? mark_of_conflict(text, at) : std::nullopt) {
    mark->whole_line = false;
    mark->whole_file = true;
    return mark;
  }
  if (rest.starts_with('/') && !rest.starts_with("//") && !rest.starts_with("/*")) {
    return whole_file(
        at, scan::line_end(text, at) - at, "this file looks like a list of redirects",
        "write `redirects legacy from \"redirects.tsv\" { status 301; }` and keep the lines in that file, "
        "`SOURCE<tab>TARGET`");
  }
  const std::string_view name = scan::name_at(text, at);
  const Offset after = at + static_cast<Offset>(name.size());
  if (!name.empty() && text.substr(after).starts_with(':') && !text.substr(after).starts_with(":=")) {
    return whole_file(at, name.size() + 1, "this file looks like YAML", kRules);
  }
  return std::nullopt;
}

}  // namespace sprx
