// Patterns after `matches` and in lists, what they bind, and strings where they belong.
#include <algorithm>
#include <cctype>
#include <utility>

#include "compiler/check_text_habits.h"
#include "compiler/checker.h"
#include "compiler/pattern_source.h"
#include "grammar/parse.h"

namespace sprx {
namespace {

/// `/bot/i` for the text `/bot/i`: a pattern with its slashes that was put into quotes; "" if the text is none.
std::string with_slashes(std::string_view text) {
  const std::size_t last = text.rfind('/');
  if (!text.starts_with('/') || last < 2) return {};
  const std::string_view flags = text.substr(last + 1);
  const std::string_view inner = text.substr(1, last - 1);
  if (!flags.empty() && flags != "i") return {};
  if (flags.empty() && inner.find_first_of("|()[]*+?^$") == std::string_view::npos) return {};  // `/blog/` is text
  for (std::size_t at = 0; at < inner.size(); ++at) {
    if (inner[at] == '/') return {};
    if (inner[at] == '\\') ++at;
  }
  return compile_pattern(inner, false).errors.empty() ? std::string(text) : std::string();
}

/// A pattern that seems to be meant for the whole path or host.
void lint_pattern(DiagnosticList& out, const ast::Expr& e, const Value& left, const Pattern& pattern) {
  if (left.type != Type::path && left.type != Type::host) return;
  const std::string& source = pattern.source;
  // `/\.git` is looked for at any depth, and meant to be.
  const bool hidden_files = source.starts_with("/\\.") || source.starts_with("\\/\\.");
  const bool looks_whole = left.type == Type::path
                               ? (source.starts_with("/") || source.starts_with("\\/")) && !hidden_files
                               : source.find("\\.") != std::string::npos;
  if (!looks_whole || source.starts_with("^") || source.ends_with("$") || source.starts_with("(^") ||
      source.starts_with("\\b"))
    return;
  out.add(Kind::unanchored_pattern, e.span,
          std::string("`matches` searches: this is found anywhere in the ") + std::string(name_of(left.type)))
      .help("anchor it with `^` and `$`, or write a template: `like \"…\"`");
}

/// A pattern that every text matches. `present`: its subject is always there.
void lint_matches_all(DiagnosticList& out, const ast::Expr& e, const Pattern& pattern, bool present) {
  // With a named group it is written for what it binds.
  if (!pattern.names.empty() || !matches_every_text(pattern)) return;
  out.add(Kind::matches_all, e.span, "every text matches this pattern")
      .help(
          present
              ? "`matches` searches, and this is found in the empty text; leave the comparison out"
              : "`matches` searches, and this is found in the empty text; what is there at all is asked with `exists`");
}

}  // namespace

namespace {

/// Where `${name}` stands in a pattern: after a `$` that is the end nothing goes on.
std::optional<std::pair<std::size_t, std::size_t>> value_in_pattern(std::string_view source) {
  bool in_class = false;
  for (std::size_t at = 0; at + 2 < source.size(); ++at) {
    if (source[at] == '\\') {
      if (source[at + 1] == 'Q') return std::nullopt;
      ++at;
    } else if (in_class || source[at] == '[') {
      in_class = source[at] != ']';
    } else if (source[at] == '$' && source[at + 1] == '{' && std::isalpha(static_cast<unsigned char>(source[at + 2]))) {
      const std::size_t end = source.find('}', at);
      if (end != std::string_view::npos) return std::pair(at, end + 1);
    }
  }
  return std::nullopt;
}

/// Where `\\d` stands, a backslash and a `d`, as in languages whose patterns are strings.
std::optional<std::size_t> doubled_backslash(std::string_view source) {
  bool in_class = false;
  const bool slashes = source.starts_with("^\\\\/");
  for (std::size_t at = 0; at + 2 < source.size(); ++at) {
    if (source[at] != '\\') {
      in_class = in_class ? source[at] != ']' : source[at] == '[';
      continue;
    }
    if (source[at + 1] == 'Q') return std::nullopt;
    const char meant = source[at + 2];
    const char next = at + 3 < source.size() ? source[at + 3] : ' ';
    // `\\windows` and `\\..` are what attackers send.
    const bool letter = std::string_view("dwsbDWSB").find(meant) != std::string_view::npos &&
                        std::isalnum(static_cast<unsigned char>(next)) == 0 && next != '_';
    const bool sign = (meant == '.' && next != '.' && next != '\\') || (meant == '/' && slashes);
    // `C:\\.`, `\\\\.`: paths of Windows and of its shares.
    const bool of_windows = at > 0 && (source[at - 1] == ':' || source[at - 1] == '\\');
    const bool repeated = meant == '.' && (next == '*' || next == '+');
    if (source[at + 1] == '\\' && !in_class && !of_windows && !repeated && (letter || sign)) return at;
    ++at;
  }
  return std::nullopt;
}

}  // namespace

bool Checker::plain_pattern(const ast::Expr& e) {
  if (const auto value = value_in_pattern(e.text)) {
    report(Kind::no_interpolation, e.place_in_text(value->first, value->second),
           "a pattern is taken as it is, without `${…}`")
        .help(
            "write the text out, or compare with `==` or `starts_with`, which take `\"/${…}/\"`; a `$` itself is "
            "written `\\$`");
    return false;
  }
  if (const std::optional<std::size_t> twice = doubled_backslash(e.text)) {
    const std::string one = e.text.substr(*twice + 1, 2);
    out_.add(Kind::pattern_as_text, e.place_in_text(*twice, *twice + 3),
             "`\\" + one + "` is a backslash and " + (one == "\\." ? "any character" : "`" + one.substr(1) + "`"))
        .help("in a pattern a backslash is written once: `" + one + "`");
  }
  return true;
}

std::optional<PatternId> Checker::pattern_of(const ast::Expr& e, bool nocase) {
  if (e.text.empty()) return std::nullopt;  // the parser has said so
  if (!plain_pattern(e)) return std::nullopt;
  if (patterns_full_) return std::nullopt;  // the others are not even compiled: that is what takes time
  PatternResult result = compile_pattern(e.text, e.nocase || nocase);
  for (const PatternError& error : result.errors) {
    Diagnostic& d =
        report(Kind::bad_pattern, e.place_in_text(error.begin, std::max(error.end, error.begin + 1)), error.message);
    if (!error.help.empty()) d.help(error.help);
  }
  if (!result.errors.empty()) return std::nullopt;
  if (e.nocase &&
      std::any_of(e.text.begin(), e.text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    out_.add(Kind::pattern_fold, e.span, "`i` folds ASCII letters only, this pattern has others")
        .help("write both cases of the others");
  }
  return take_pattern(std::move(result.value), e.span);
}

std::optional<PatternId> Checker::take_pattern(Pattern value, Span where) {
  const std::size_t size = program_size(value);
  const std::size_t known = pool().patterns.size();
  const PatternId id = pool().pattern_id(std::move(value));
  if (pool().patterns.size() == known) return id;
  pattern_instructions_ += size;
  const bool many = known >= limits_.patterns;
  if (!many && pattern_instructions_ <= limits_.pattern_instructions) return id;
  if (std::exchange(patterns_full_, true)) return std::nullopt;
  Diagnostic& d = report(Kind::limit_patterns, where,
                         many ? "more than " + std::to_string(limits_.patterns) + " patterns in one configuration"
                              : "with this pattern all of them compile to more than " +
                                    std::to_string(limits_.pattern_instructions) + " instructions");
  if (!many)
    d.help("this one is " + std::to_string(size) + ": counted repetitions such as `{1,900}` are that often in it");
  return std::nullopt;
}

void Checker::string_for_pattern(const ast::Expr& e, std::string message, bool of_path) {
  Diagnostic& d = report(Kind::string_after_matches, e.span, std::move(message));
  const std::optional<QuotedPattern> meant = quoted_pattern(sources_.text(e.span));
  if (!meant) {
    d.help(e.is_plain_string() ? "a pattern is `r\"…\"`, on one line"
                               : "a pattern is `r\"…\"` and holds no `${…}`; text that is made is looked for with "
                                 "`contains`, `starts_with` or `==`");
    return;
  }
  const std::string quoted = "r\"" + meant->text + "\"";
  if (const std::string slashed = with_slashes(meant->text); !slashed.empty()) {
    d.help(of_path ? "a pattern is `" + slashed + "`; with its slashes it is `" + quoted + "`"
                   : "write `" + slashed + "`");
    d.fix(e.span, slashed, meant->certain && !of_path);
  } else if (compile_pattern(meant->text, false).errors.empty()) {
    d.help("write `" + quoted + "`");
    d.fix(e.span, quoted, meant->certain);
  } else {
    d.help("a pattern is `r\"…\"`; plain text is looked for with `contains`");
  }
}

ExprId Checker::matches_operation(const ast::Expr& e, const Value& left, Env& env) {
  const ast::Expr& right = ast::without_parens(e.children[1]);
  const bool texts =
      left.type == Type::string || left.type == Type::path || left.type == Type::host || left.type == Type::string_list;
  Symbol* const symbol = list_on_right(e, env);
  if (symbol != nullptr) symbol->used = true;
  if (symbol != nullptr && (!left.ok() || !texts)) symbol->used_otherwise = true;
  if (left.ok() && !texts) {
    wants_text(e, left);
    env.incomplete = true;
    return kNoExpr;
  }
  if (symbol != nullptr) {
    if (!left.ok()) return kNoExpr;
    check_list(*symbol);
    if (symbol->poisoned || symbol->state != Symbol::State::done) return kNoExpr;
    if (symbol->type != Type::pattern) {
      report(Kind::bad_list_kind, right.span,
             "`matches` takes a list of patterns, `" + symbol->name + "` holds keys of type `" +
                 std::string(name_of(symbol->type)) + "`")
          .label(symbol->where, "declared here")
          .help("declare it as `: pattern`, or write `contains`");
      return kNoExpr;
    }
    return in_symbol(e, left, *symbol);
  }
  if (right.is(ast::Expr::Kind::list)) {
    if (!left.ok()) return kNoExpr;
    const std::optional<ListId> list = anonymous(right, {KeyKind::pattern, MatchMode::exact, e.nocase}, left);
    return list ? in_list(left, *list) : kNoExpr;
  }
  if (right.is(ast::Expr::Kind::string)) {
    string_for_pattern(right, "`matches` takes a pattern, this is a plain string",
                       left.type == Type::path || left.type == Type::host);
    env.incomplete = true;
    return kNoExpr;
  }
  if (!right.is(ast::Expr::Kind::regex)) {
    const Value other = value(right, env);
    if (other.ok())
      report(Kind::string_after_matches, right.span, "`matches` takes a pattern or a list of patterns")
          .help("write `r\"…\"`; other text is looked for with `contains`");
    env.incomplete = true;
    return kNoExpr;
  }
  const std::size_t lints = out_.lints();
  const std::optional<PatternId> id = pattern_of(right, e.nocase);
  if (!id || !left.ok()) {
    env.incomplete = true;
    return kNoExpr;
  }
  const Pattern pattern = pool().at(*id);
  if (!literal_pattern_can_match(right, left, e.nocase || right.nocase) ||
      (out_.lints() == lints && !pattern_can_match(right, left, pattern))) {
    env.incomplete = true;
    return kNoExpr;
  }
  int steps = 100;
  if (out_.lints() == lints) lint_matches_all(out_, right, pattern, prover_.is_present(left.id, env.facts, steps));
  if (out_.lints() == lints) lint_pattern(out_, right, left, pattern);
  if (out_.lints() == lints) lint_literal_pattern(view_, e, left, pattern);
  int budget = 1000;
  const bool authority = prover_.authority_safe(left.id, env.facts, budget);
  std::vector<CaptureInfo> infos(pattern.names.size());
  for (std::size_t i = 0; i < infos.size(); ++i) {
    infos[i].authority = authority;
    const GroupShape shape = group_shape(pattern.source, pattern.names[i]);
    const bool asked = authority || shape.begins_with_slash || !shape.alternatives.empty();
    infos[i].may_be_empty = !asked || !group_is_never_empty(pattern.source, pattern.names[i]);
    infos[i].begins_with_slash = shape.begins_with_slash;
    infos[i].alternatives = shape.alternatives;
    if (infos[i].may_be_empty && !infos[i].alternatives.empty()) infos[i].alternatives.emplace_back();
  }
  const std::uint32_t slots = bind(pattern.names, infos, right, left, env);
  return node(Op::matches, static_cast<std::uint32_t>(left.id), static_cast<std::uint32_t>(*id), slots);
}

}  // namespace sprx
