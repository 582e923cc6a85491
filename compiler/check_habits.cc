// Habits of other configuration languages that would compile to something else if they were taken word for word.
#include <algorithm>
#include <array>

#include "compiler/rule_state.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// Longer source is not repeated in a help line.
constexpr std::size_t kHabitShown = 70;

bool is_redirect_status(std::int64_t status) {
  constexpr std::array<std::int64_t, 5> kStatuses = {301, 302, 303, 307, 308};
  return std::find(kStatuses.begin(), kStatuses.end(), status) != kStatuses.end();
}

/// The name of a list whose rows are in that file: `bots` for `data/bots.txt`; "rows" where that is no name.
std::string list_name(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  file.remove_prefix(slash == std::string_view::npos ? 0 : slash + 1);
  std::string name;
  for (const char c : file.substr(0, file.find('.'))) {
    const bool capital = c >= 'A' && c <= 'Z';
    const bool kept = capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    name += !kept ? '_' : capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  constexpr std::size_t kLongestName = 40;
  const bool good = !name.empty() && name[0] >= 'a' && name.size() <= kLongestName && !is_field_root(name);
  return good ? name : "rows";
}

}  // namespace

/// nginx's `return 301 "/x";` as `respond`: a body would be sent and no `Location`.
bool Checker::redirect_as_answer(const ast::Action& a) {
  if (a.word.text != "respond" || a.block || a.assigned || a.arguments.size() != 2) return false;
  const ast::Expr& status = a.arguments[0];
  const ast::Expr& target = a.arguments[1];
  if (!status.is(ast::Expr::Kind::integer) || !is_redirect_status(status.number)) return false;
  if (!target.is(ast::Expr::Kind::string)) return false;
  const std::string written(sources_.text(target.span));
  const std::string_view inside = std::string_view(written).substr(written.starts_with("r\"") ? 2 : 1);
  if (!inside.starts_with('/') && !inside.starts_with("http://") && !inside.starts_with("https://") &&
      !inside.starts_with("${scheme}://"))
    return false;
  const std::string whole = "redirect " + std::string(sources_.text(status.span)) + " " + written;
  // What a value may do in a target is proved only where the redirect stands.
  const bool certain = inside.starts_with('/') && inside.find_first_of("$\\") == std::string_view::npos;
  report(Kind::bad_action, a.word.span, "`respond` makes no redirect: it has no `Location`")
      .help(whole.size() <= kHabitShown ? "write `" + whole + ";`" : "write `redirect 301 \"/new\";`")
      .fix(a.word.span, "redirect", certain);
  return true;
}

/// `respond 503 "Back soon" { header "Retry-After" = "60"; }`: the text belongs into the block that is there.
bool Checker::body_before_block(const ast::Action& a) {
  if (!a.block || a.assigned || a.arguments.size() != 2) return false;
  const ast::Expr& status = a.arguments[0];
  const ast::Expr& body = a.arguments[1];
  if (!status.is(ast::Expr::Kind::integer) || !body.is(ast::Expr::Kind::string)) return false;
  const std::string text(sources_.text(body.span));
  const std::string whole = a.word.text + " " + std::string(sources_.text(status.span)) + " { body " + text + "; … }";
  Diagnostic& d = report(Kind::bad_action, body.span, "the body of `" + a.word.text + "` stands in its block");
  d.help(whole.size() <= kHabitShown ? "write `" + whole + "`" : "write `body \"…\";` in the block");
  const bool has_body = std::any_of(a.block->actions.begin(), a.block->actions.end(),
                                    [](const ast::Action& entry) { return entry.word.text == "body"; });
  if (!has_body) d.fix({body.span.file, status.span.end, a.block->span.begin + 1}, " { body " + text + ";", true);
  return true;
}

/// `header["User-Agent"] in "bots.txt"`: a list of that one text would hold nobody.
bool Checker::file_after_in(const ast::Expr& e, const Value& left) {
  if (!e.is_plain_string()) return false;
  const std::string file = e.plain_text();
  constexpr std::size_t kLongestFile = 200;
  constexpr std::array<std::string_view, 4> kEnds = {".txt", ".tsv", ".csv", ".json"};
  if (file.empty() || file.size() > kLongestFile || file.find_first_of("*?[\n") != std::string::npos) return false;
  const bool data = std::any_of(kEnds.begin(), kEnds.end(),
                                [&](std::string_view end) { return file.size() > end.size() && file.ends_with(end); });
  std::vector<std::string> found;
  if (!data && (files_.glob(e.span.file, file, &found) != FileReader::Outcome::ok || found.empty())) return false;
  std::string_view type = "string";
  if (left.type == Type::ip) type = "cidr";
  if (left.type == Type::integer) type = "int";
  if (left.type == Type::path) type = "path";
  if (left.type == Type::host) type = "host";
  if (left.ok() && pool()[left.id].op == Op::field && static_cast<Field>(pool()[left.id].a) == Field::header &&
      pool().strings.view(StrId{pool()[left.id].b}) == "user-agent")
    type = "pattern";
  const std::string name = list_name(file);
  report(Kind::in_wants_set, e.span,
         "this names a file, and `in` wants a list, a table, a prefix or a range on its right")
      .help("declare `list " + name + ": " + std::string(type) + " from \"" + file + (data ? "" : ".txt") +
            "\";` and write `in " + name + "`" + (data ? "" : "; the end of a file's name says how it is read"));
  return true;
}

}  // namespace sprx
