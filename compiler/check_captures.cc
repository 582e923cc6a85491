// Templates after `like`, patterns after `matches`, and what they bind. Branches of an `or` use the same slots; where a
// name lies in different slots on its sides, the sides are moved apart and the name becomes a choice between them.
#include <algorithm>
#include <cctype>

#include "compiler/check_joined.h"
#include "compiler/check_template_habits.h"
#include "compiler/checker.h"
#include "compiler/table/written_template.h"
#include "compiler/words.h"

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
    if (i > 0 && token.kind == TemplateToken::Kind::rest && value.kind == TemplateKind::path &&
        value.tokens[i - 1].kind == TemplateToken::Kind::literal) {
      const char before = value.tokens[i - 1].text.back();
      info.behind_slash = before == '/';
      info.behind_word = std::isalnum(static_cast<unsigned char>(before)) != 0 && i + 1 == value.tokens.size();
    }
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
  if (const Symbol* symbol = find_symbol(env, name)) {
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
    prover_.know(id, infos[i]);
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
  if (result.value) lint_template(view_, e);
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
  const bool authority = value.kind == TemplateKind::host && prover_.authority_safe(left.id, env.facts, budget);
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
    if (const std::string meant = like_meant(sources_, e); !meant.empty()) {
      d.help("write `" + meant + "`").fix(e.span, meant, false);
    } else if (left.type == Type::string || left.type == Type::string_list) {
      d.help(text_in_template(right).empty()
                 ? "to look for text in it write `nocase contains`, for anything else `matches r\"…\"`"
                 : "write `nocase contains \"" + text_in_template(right) +
                       "\"`; a `*` is no sign outside of templates");
    }
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

}  // namespace sprx
