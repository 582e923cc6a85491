// Templates after `like`, patterns after `matches`, and what they bind. Branches of an `or` use the same slots; where a
// name lies in different slots on its sides, the sides are moved apart and the name becomes a choice between them.
#include <algorithm>

#include "compiler/checker.h"
#include "compiler/pattern_source.h"
#include "compiler/table/written_template.h"
#include "compiler/words.h"
#include "grammar/parse.h"

namespace sprx {
namespace {

/// Where the name of a capture stands in the source of its template or pattern; all of it where that cannot be said.
Span place_of(const std::string& name, std::string_view source, Span all) {
  for (const char open : {'{', '<'}) {
    const std::string begin = open + name;
    for (std::size_t at = source.find(begin); at != std::string_view::npos; at = source.find(begin, at + 1)) {
      const std::size_t end = at + begin.size();
      const std::string_view closing = open == '<' ? ">" : "}:.";
      if (end >= source.size() || closing.find(source[end]) == std::string_view::npos) continue;
      const auto offset = all.begin + static_cast<std::uint32_t>(at) + 1;
      return {all.file, offset, offset + static_cast<std::uint32_t>(name.size())};
    }
  }
  return all;
}

/// What each capture of a template is known to hold.
std::vector<CaptureInfo> template_infos(const Template& value, bool authority) {
  std::vector<CaptureInfo> infos(value.names.size());
  int optional = 0;
  for (std::size_t i = 0; i < value.tokens.size(); ++i) {
    const TemplateToken& token = value.tokens[i];
    if (token.kind == TemplateToken::Kind::open) ++optional;
    if (token.kind == TemplateToken::Kind::close) --optional;
    if (token.capture < 0) continue;
    CaptureInfo& info = infos[static_cast<std::size_t>(token.capture)];
    info.authority = authority;
    info.may_be_empty = optional > 0 || token.kind == TemplateToken::Kind::rest;
    info.alternatives = token.alternatives;
    if (optional > 0 && !info.alternatives.empty()) info.alternatives.emplace_back();
    if (i == 0 && token.kind == TemplateToken::Kind::rest && value.kind == TemplateKind::path) {
      info.begins_with_slash = true;
      info.may_be_empty = false;
    }
  }
  return infos;
}

/// What templates of the list of `in` name is not bound: any of them may have matched.
void lose_captures(const RuleSet& rules, ExprId in, const ast::Expr& list, std::string_view source, std::size_t most,
                   Env& env) {
  if (in == kNoExpr || rules.pool[in].op != Op::in_list) return;
  for (const TemplateId row : rules.lists[rules.pool[in].b].keys.templates) {
    for (const std::string& name : rules.pool.at(row).names) {
      const auto same = [&](const LostCapture& lost) { return lost.name == name; };
      if (std::any_of(env.lost.begin(), env.lost.end(), same)) continue;
      if (most-- == 0) return;
      const Span where = list.is(ast::Expr::Kind::list) ? place_of(name, source, list.span) : Span{};
      env.lost.push_back({name, where, list.span, "rows of a list bind nothing"});
    }
  }
}

}  // namespace

bool Checker::name_capture(const std::string& name, Span where, Env& env) {
  if (reserved_root({name, where})) return false;
  // In a redirects file names are never read as part of an expression.
  if (!reader_.known() && is_reserved_word(name)) {
    report(Kind::syntax_reserved_word, where, "`" + name + "` is a reserved word and cannot be a name")
        .help("give the capture another name; `{_}` captures nothing");
    return false;
  }
  if (const Capture* known = find_capture(env, name)) {
    report(Kind::duplicate_capture, where, "the capture `" + name + "` is bound already")
        .label(known->where, "bound here first")
        .help("give one of the two another name; `{_}` captures nothing");
    return false;
  }
  if (const Symbol* symbol = find(env, name)) {
    report(Kind::duplicate_name, where, "`" + name + "` is declared already, a capture needs a name of its own")
        .label(symbol->where, "declared here")
        .help("give the capture another name; `{_}` captures nothing");
    return false;
  }
  return true;
}

std::uint32_t Checker::bind(const std::vector<std::string>& names, const std::vector<CaptureInfo>& infos,
                            const ast::Expr& e, const Value& left, Env& env) {
  if (names.empty()) return kNoSlots;
  const std::uint32_t base = env.next_slot;
  env.next_slot += static_cast<std::uint32_t>(names.size());
  rules().capture_slots = std::max(rules().capture_slots, env.next_slot);
  std::size_t bound = names.size();
  for (const Env* at = &env; at != nullptr; at = at->parent) bound += at->captures.size();
  if (bound > limits_.captures) {
    report(Kind::limit_captures, e.span, "more than " + std::to_string(limits_.captures) + " captures are bound here");
    env.incomplete = true;
    return kNoSlots;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Span place = place_of(names[i], sources_.text(e.span), e.span);
    if (!name_capture(names[i], place, env)) {
      // Known but poisoned, so that its uses are not "unknown" too.
      if (find_capture(env, names[i]) == nullptr) env.captures.push_back({names[i], place, kNoExpr, infos[i]});
      continue;
    }
    const ExprId id = pool().add({.op = Op::capture,
                                  .type = Type::string,
                                  .origin = pool()[left.id].origin,
                                  .a = base + static_cast<std::uint32_t>(i)});
    capture_info_[static_cast<std::uint32_t>(id)] = infos[i];
    uses_.bound.emplace_back(names[i], place);
    env.captures.push_back({names[i], place, id, infos[i]});
  }
  return base;
}

namespace {

/// The text between the `*` of `*bot*`; "" if the template is anything else.
std::string text_in_template(const ast::Expr& e) {
  constexpr std::size_t kShown = 40;
  if (!e.is_plain_string()) return {};
  const std::string text = e.plain_text(true);
  if (text.size() < 3 || text.size() > kShown || text.front() != '*' || text.back() != '*') return {};
  const std::string inner = text.substr(1, text.size() - 2);
  return inner.find_first_of("*{}[]\\\"$") == std::string::npos ? inner : std::string();
}

/// `/bot/i` for the text `/bot/i`: a pattern with its slashes that was put into quotes; "" if the text is none.
std::string pattern_in_quotes(std::string_view text) {
  const std::size_t last = text.rfind('/');
  if (!text.starts_with('/') || last < 2) return {};
  const std::string_view flags = text.substr(last + 1);
  const std::string_view inner = text.substr(1, last - 1);
  if (!flags.empty() && flags != "i") return {};
  if (flags.empty() && inner.find_first_of("|()[]*+?^$") == std::string_view::npos) return {};  // `/blog/` is text
  if (inner.find('/') != std::string_view::npos || !compile_pattern(inner, false).errors.empty()) return {};
  return std::string(text);
}

}  // namespace

void Checker::end_captures(CaptureUses outer, bool whole) {
  for (const auto& [name, where] : uses_.bound) {
    if (!whole || name.starts_with('_') || uses_.used.contains(name)) continue;
    Diagnostic& d = out_.add(Kind::unused_capture, where, "the capture `" + name + "` is not used");
    const std::string_view source = sources_[where.file].text;
    const bool in_template = where.begin > 0 && source[where.begin - 1] == '{';
    d.help(in_template ? "`{_}` captures nothing, `{_" + name + "}` keeps the name for the reader"
                       : "`(?:…)` captures nothing, a name such as `_" + name + "` is never looked for");
    if (in_template) d.fix(where, "_", false);
  }
  outer.used.merge(uses_.used);
  uses_ = std::move(outer);
}

std::optional<Template> Checker::template_of(const ast::Expr& e, TemplateKind kind) {
  if (!plain(e, "a template")) return std::nullopt;
  TemplateResult result = parse_written_template(e.plain_text(true), kind);
  for (const TemplateError& error : result.errors) {
    Diagnostic& d = report(Kind::bad_template, e.place_in_text(error.begin, std::max(error.end, error.begin + 1), true),
                           error.message);
    if (!error.help.empty()) d.help(error.help);
  }
  if (result.value) lint_template(e);
  if (result.value && kind == TemplateKind::path) lint_question(e, true);
  return std::move(result.value);
}

ExprId Checker::like_node(Template value, const Value& left, const ast::Expr& e, bool nocase, Env& env) {
  if (value.is_literal()) {
    std::string text(value.fixed_part());
    if (nocase) std::transform(text.begin(), text.end(), text.begin(), fold);
    return node(Op::equal, static_cast<std::uint32_t>(left.id), static_cast<std::uint32_t>(pool().text(text)), 0,
                nocase);
  }
  if (pool().templates.size() >= limits_.templates) {
    if (!templates_full_)
      report(Kind::limit_templates, e.span,
             "more than " + std::to_string(limits_.templates) + " templates in one configuration");
    templates_full_ = true;
    env.incomplete = true;
    return kNoExpr;
  }
  int budget = 1000;
  const bool authority = value.kind == TemplateKind::host && authority_safe(left.id, env.facts, budget);
  const std::uint32_t slots = bind(value.names, template_infos(value, authority), e, left, env);
  return node(Op::like, static_cast<std::uint32_t>(left.id),
              static_cast<std::uint32_t>(pool().template_id(std::move(value))), slots, nocase);
}

ExprId Checker::like_operation(const ast::Expr& e, const Value& left, Env& env) {
  const ast::Expr& right = ast::without_parens(e.children[1]);
  Symbol* const symbol = list_on_right(e, env);
  if (symbol != nullptr) symbol->used = true;
  const bool path = left.type == Type::path;
  if (left.ok() && !path && left.type != Type::host) {
    Diagnostic& d = report(Kind::like_on_text, e.word,
                           "`like` takes paths and hosts apart, on its left is " +
                               std::string(left.type == Type::integer || left.type == Type::ip ? "an " : "a ") +
                               std::string(name_of(left.type)));
    if (left.type == Type::string || left.type == Type::string_list)
      d.help(text_in_template(right).empty()
                 ? "to look for text in it write `nocase contains`, for anything else `matches r\"…\"`"
                 : "write `nocase contains \"" + text_in_template(right) +
                       "\"`; a `*` is no sign outside of templates");
    if (left.type == Type::integer) d.help("a class of numbers is a range: `response.status in 500..599`");
    env.incomplete = true;
    return kNoExpr;
  }
  const KeyKind keys = path ? KeyKind::path_template : KeyKind::host_template;
  if (symbol != nullptr) {
    if (!left.ok()) return kNoExpr;
    const ExprId in = list_operation(e, left, *symbol, {keys, MatchMode::exact, e.nocase});
    lose_captures(rules(), in, right, sources_.text(right.span), limits_.captures, env);
    return in;
  }
  if (right.is(ast::Expr::Kind::list)) {
    if (!left.ok()) return kNoExpr;
    const std::optional<ListId> list = anonymous(right, {keys, MatchMode::exact, e.nocase}, left);
    if (!list) return kNoExpr;
    const ExprId in = in_list(left, *list);
    lose_captures(rules(), in, right, sources_.text(right.span), limits_.captures, env);
    return in;
  }
  env.incomplete = env.incomplete || !left.ok();
  if (right.is(ast::Expr::Kind::path) || right.is(ast::Expr::Kind::regex)) {
    const Value other =
        right.is(ast::Expr::Kind::path) ? this->value(right, env) : Value{pool().text({}), Type::pattern, right.span};
    if (other.ok())
      report(Kind::bad_template, right.span, "`like` takes a template in quotes or a list of them")
          .help(other.type == Type::pattern ? "a pattern stands after `matches`" : "values are compared with `==`");
    env.incomplete = true;
    return kNoExpr;
  }
  // Without its left side only one that begins with `/` is known to be of paths.
  if (!left.ok() && right.is_plain_string() && !right.plain_text().starts_with('/')) return kNoExpr;
  std::optional<Template> value = template_of(right, path || !left.ok() ? TemplateKind::path : TemplateKind::host);
  if (!value || !left.ok()) {
    env.incomplete = true;
    return kNoExpr;
  }
  return like_node(std::move(*value), left, right, e.nocase, env);
}

std::optional<PatternId> Checker::pattern_of(const ast::Expr& e) {
  if (e.text.empty()) return std::nullopt;  // the parser has said so
  PatternResult result = compile_pattern(e.text, e.nocase);
  for (const PatternError& error : result.errors) {
    Diagnostic& d =
        report(Kind::bad_pattern, e.place_in_text(error.begin, std::max(error.end, error.begin + 1)), error.message);
    if (!error.help.empty()) d.help(error.help);
  }
  if (!result.errors.empty()) return std::nullopt;
  if (pool().patterns.size() >= limits_.patterns) {
    report(Kind::limit_patterns, e.span,
           "more than " + std::to_string(limits_.patterns) + " patterns in one configuration");
    return std::nullopt;
  }
  if (e.nocase &&
      std::any_of(e.text.begin(), e.text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    out_.add(Kind::pattern_fold, e.span, "`i` folds ASCII letters only, this pattern has others")
        .help("write both cases of the others");
  }
  return pool().pattern_id(std::move(result.value));
}

void Checker::lint_pattern(const ast::Expr& e, const Value& left, const Pattern& pattern) {
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
  out_.add(Kind::unanchored_pattern, e.span,
           std::string("`matches` searches: this is found anywhere in the ") + std::string(name_of(left.type)))
      .help("anchor it with `^` and `$`, or write a template: `like \"…\"`");
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
    std::string raw(sources_.text(right.span));
    Diagnostic& d = report(Kind::string_after_matches, right.span, "`matches` takes a pattern, this is a plain string");
    const bool plain_text = !right.raw && right.is_plain_string() && !right.escaped;
    const std::string text = plain_text ? right.plain_text() : std::string();
    const bool of_path = left.type == Type::path || left.type == Type::host;
    if (const std::string slashed = pattern_in_quotes(text); !slashed.empty()) {
      // On a path the slashes may be meant to be found.
      d.help(of_path ? "a pattern is `" + slashed + "`; with its slashes it is `r" + raw + "`"
                     : "write `" + slashed + "`");
      d.fix(right.span, slashed, !of_path);
    } else {
      const bool compiles = plain_text && compile_pattern(text, false).errors.empty();
      d.help(compiles || !plain_text ? "write `r" + raw + "`"
                                     : "a pattern is `r\"…\"`; plain text is looked for with `contains`");
      if (plain_text) d.fix(right.span, "r" + raw, compiles);
    }
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
  const std::optional<PatternId> id = pattern_of(right);
  if (!id || !left.ok()) {
    env.incomplete = true;
    return kNoExpr;
  }
  PatternId used = *id;
  if (e.nocase && !right.nocase) used = pool().pattern_id(compile_pattern(right.text, true).value);
  const Pattern pattern = pool().at(used);
  if (!literal_pattern_can_match(right, left, e.nocase || right.nocase) ||
      (out_.lints() == lints && !pattern_can_match(right, left, pattern))) {
    env.incomplete = true;
    return kNoExpr;
  }
  if (out_.lints() == lints) lint_pattern(right, left, pattern);
  if (out_.lints() == lints) lint_literal_pattern(e, pattern);
  int budget = 1000;
  const bool authority = authority_safe(left.id, env.facts, budget);
  std::vector<CaptureInfo> infos(pattern.names.size());
  for (std::size_t i = 0; i < infos.size(); ++i) {
    infos[i].authority = authority;
    infos[i].may_be_empty = true;
    const GroupShape shape = group_shape(pattern.source, pattern.names[i]);
    infos[i].begins_with_slash = shape.begins_with_slash;
    infos[i].alternatives = shape.alternatives;
    if (!infos[i].alternatives.empty()) infos[i].alternatives.emplace_back();
  }
  const std::uint32_t slots = bind(pattern.names, infos, right, left, env);
  return node(Op::matches, static_cast<std::uint32_t>(left.id), static_cast<std::uint32_t>(used), slots);
}

}  // namespace sprx
