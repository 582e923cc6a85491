#include "compiler/foreign_redirects.h"

#include <algorithm>
#include <array>
#include <optional>

#include "compiler/nginx_text.h"
#include "compiler/table/digits.h"

namespace sprx {
namespace {

struct Found {
  const DataCell* cell;
  std::size_t begin;
  std::size_t end;
  std::string help;
  std::string_view what = "captures nothing here";
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The end of the word of letters, digits and `_` that begins at `at`.
std::size_t word_end(std::string_view text, std::size_t at) {
  while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]) || text[at] == '_')) ++at;
  return at;
}

/// Netlify's `:splat`, or a `:name` that begins a segment of the source and stands in the target too.
std::optional<Found> colon_capture(const DataCell& source, const DataCell& target) {
  const std::size_t splat = target.text.find(":splat");
  if (splat != std::string_view::npos && source.text.find('*') != std::string_view::npos)
    return Found{&target, splat, splat + 6,
                 "the rest of a path is `{rest...}`, last in the source, and `{rest}` in the target"};
  for (std::size_t at = source.text.find("/:"); at != std::string_view::npos; at = source.text.find("/:", at + 1)) {
    const std::size_t end = word_end(source.text, at + 2);
    if (end == at + 2 || !is_letter(source.text[at + 2])) continue;
    const std::string_view word = source.text.substr(at + 1, end - at - 1);
    for (std::size_t there = target.text.find(word); there != std::string_view::npos;
         there = target.text.find(word, there + 1)) {
      if (word_end(target.text, there + 1) != there + word.size()) continue;
      const std::string name(word.substr(1));
      return Found{&source, at + 1, end,
                   "a capture is `{" + name + "}` in source and target, `{" + name + "...}` takes the rest of a path"};
    }
  }
  return std::nullopt;
}

/// A pattern where a template stands.
std::optional<Found> pattern(const DataCell& source) {
  constexpr std::array<std::string_view, 6> kGroups = {"(.*)", "(.+)", "(.*?)", "([^/]+)", "([^/]*)", "(\\d+)"};
  for (const std::string_view group : kGroups) {
    const std::size_t at = source.text.find(group);
    if (at != std::string_view::npos)
      return Found{
          &source, at, at + group.size(),
          "a source is a template: `{name}` is a part of a segment, `{name...}` the rest; patterns go into rules"};
  }
  return std::nullopt;
}

/// What stands for nginx's `$name` in a line; "" where nothing does.
std::string variable_of_lines(const std::string& name) {
  const std::string field = nginx_text(name).field;
  if (name == "is_args" || field == "raw_query")
    return "leave it out: `keep_query` in the fourth column takes the query along";
  return field == "uri" || field == "host" ? "here it is `{" + field + "}`" : std::string();
}

/// `${id}` or `$id` for a capture of the source, or a field: the `$` goes into the URL.
std::optional<Found> dollar_capture(const DataCell& source, const DataCell& target) {
  const std::string_view text = target.text;
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    const bool braced = text.substr(at + 1).starts_with('{');
    const std::size_t begin = at + (braced ? 2 : 1);
    const std::size_t end = word_end(text, begin);
    const std::string name(text.substr(begin, end - begin));
    if (name.empty() || is_digit(name[0])) continue;
    bool known = name == "uri" || name == "host" || name == "scheme";
    for (const char after : {'}', ':', '.'})
      known = known || source.text.find("{" + name + after) != std::string_view::npos;
    const std::string variable = known ? std::string() : variable_of_lines(name);
    if (!variable.empty()) return Found{&target, at, end, variable, "is plain text in a target"};
    if (!known) continue;
    return Found{&target, at, braced ? std::min(end + 1, text.size()) : end, "without the `$` it is `{" + name + "}`",
                 "begins with a `$` that stands for itself"};
  }
  return std::nullopt;
}

/// `$1` or `\1` in a target.
std::optional<Found> numbered_capture(const DataCell& target) {
  for (std::size_t at = 0; at + 1 < target.text.size(); ++at) {
    if ((target.text[at] == '$' || target.text[at] == '\\') && is_digit(target.text[at + 1]))
      return Found{&target, at, at + 2, "captures have names: `{name}` in source and target"};
  }
  return std::nullopt;
}

}  // namespace

void ForeignLines::look_at(const DataRow& row) {
  if (row.cells.size() < 2) return;
  const DataCell& source = row.cells[0];
  const DataCell& target = row.cells[1];
  std::optional<Found> found = colon_capture(source, target);
  if (!found) found = pattern(source);
  if (!found) found = dollar_capture(source, target);
  if (!found) found = numbered_capture(target);
  if (!found || ++count_ > 1) return;
  const auto place = [&](std::size_t offset) { return found->cell->span.begin + static_cast<std::uint32_t>(offset); };
  where_ = {found->cell->span.file, place(found->begin), place(found->end)};
  message_ = "`" + std::string(found->cell->text.substr(found->begin, found->end - found->begin)) + "` " +
             std::string(found->what);
  help_ = found->help;
}

void ForeignLines::tell(DiagnosticList& out) const {
  if (count_ == 0) return;
  Diagnostic& d = out.add(Kind::foreign_redirects, where_, message_);
  if (count_ > 1)
    d.note(std::to_string(count_ - 1) + (count_ == 2 ? " more line is" : " more lines are") + " written like this one");
  d.help(help_);
}

std::string foreign_status_help(std::string_view status, bool needed) {
  if (status == "keep_query" || status == "keep_query_unless_set" || status == "-")
    return "the third column is the status, what becomes of the query stands in the fourth";
  if (status.size() > 1 && status.ends_with('!')) return "leave the `!` off: no file can come before a rule here";
  if (status == "200") return "what goes upstream as another path is a rule: `set path = \"…\";`";
  if (status == "404" || status == "410" || status == "403")
    return "an answer without a target is a rule: `respond " + std::string(status) + ";`";
  return needed ? "write 301, or another of these" : "leave the cell empty to take the one of the block";
}

}  // namespace sprx
