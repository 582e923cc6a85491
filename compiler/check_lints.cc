// Lints on expressions and actions: what compiles and is hardly what was meant. Those that belong to one operator stand
// beside it; these need a look at what is compared.
#include <algorithm>
#include <array>

#include "compiler/check_text_habits.h"
#include "compiler/checker.h"
#include "compiler/never.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// Longer pieces of source are not repeated in a help line.
constexpr std::size_t kQuotedSource = 60;

bool has_upper(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}
bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Headers whose values are words that mean the same in any case, and are sent in small letters.
constexpr auto kWords =
    std::to_array<std::string_view>({"accept", "accept-encoding", "cache-control", "connection", "content-encoding",
                                     "content-type", "expect", "host", "origin", "pragma", "te", "transfer-encoding",
                                     "upgrade", "vary", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-scheme"});

/// `*bot*` beside a header.
void lint_wildcard_in_text(const CheckView& view, const ast::Expr& literal, const Value& left, std::string_view op) {
  const Expr& subject = view.pool()[left.id];
  if (subject.op != Op::field) return;
  const auto field = static_cast<Field>(subject.a);
  const std::string_view name =
      subject.b == static_cast<std::uint32_t>(kNoStr) ? std::string_view{} : view.text(StrId{subject.b});
  const std::string text = literal.plain_text();
  if (!is_wildcard_in_text(field, name, text)) return;
  const bool begins = text.starts_with('*');
  const std::size_t at = begins ? 0 : text.size() - 1;
  Diagnostic& d = view.out.add(Kind::wildcard_as_text, literal.place_in_text(at, at + 1),
                               "`*` is plain text after `" + std::string(op) + "`");
  const std::string inner = text.substr(begins ? 1 : 0, text.size() - (begins ? 1 : 0) - (text.ends_with('*') ? 1 : 0));
  const std::string instead = begins && text.ends_with('*') ? "nocase contains" : begins ? "ends_with" : "starts_with";
  const std::string shown =
      (op == "contains" || op == "nocase contains" ? std::string(op) : instead) + " \"" + inner + "\"";
  d.help(shown.size() <= kQuotedSource ? "no `*` is needed: `" + shown + "`"
                                       : "leave the `*` out and write `contains`");
}

}  // namespace

void Checker::lint_compared(const ast::Expr& e, const ast::Expr& literal, const Value& left, const Env& env) {
  if (!literal.is_plain_string()) return;
  const bool negated = e.negated || e.text == "!=";
  lint_media_type(view_, e, literal, left);
  if (e.nocase) return lint_plain_text(view_, literal, left, "nocase " + e.text, negated);
  const std::string text = literal.plain_text();
  const Expr& subject = pool()[left.id];
  const std::string shown(sources_.text(e.children[0].span));
  int budget = 100;
  // `x == "" or not exists x` knows of what is missing.
  const bool asked =
      std::any_of(asked_.begin(), asked_.end(), [&](std::string_view source) { return equal_nocase(source, shown); });
  const bool many = subject.op == Op::field && subject.b != static_cast<std::uint32_t>(kNoStr) &&
                    is_name_of_many(pool().strings.view(StrId{subject.b}));  // told already
  // `?wsdl`, which is there and empty.
  const bool bare = subject.op == Op::field && static_cast<Field>(subject.a) == Field::query && !negated;
  if (text.empty() && !asked && !many && !bare && subject.op == Op::field && left.type == Type::string &&
      !prover_.is_present(left.id, env.facts, budget)) {
    const bool equal = e.text == "==";
    Diagnostic& d = out_.add(Kind::empty_for_absent, e.span,
                             equal ? "this holds where the value is there and empty, not where it is missing"
                                   : "this holds where the value is missing too");
    if (shown.size() <= kQuotedSource) {
      d.help(equal ? "missing is `not exists " + shown + "`, missing or empty `" + shown + " \?\? \"\" == \"\"`"
                   : "there is `exists " + shown + "`, there and not empty `" + shown + " \?\? \"\" != \"\"`");
    } else {
      d.help(equal ? "what is missing is asked with `not exists`" : "what is there is asked with `exists`");
    }
  }
  lint_wire_case(view_, e, literal, left);
  lint_plain_text(view_, literal, left, e.text, negated);
}

void Checker::lint_question(const ast::Expr& e, bool in_template) {
  if (!e.is_plain_string()) return;
  const std::string text = e.plain_text(in_template);
  const std::size_t question = text.find('?');
  const std::size_t fragment = text.find('#');
  if (question == std::string::npos && fragment != std::string::npos && text.starts_with('/'))
    out_.add(Kind::question_in_source, e.place_in_text(fragment, fragment + 1, in_template),
             "this `#` is a character of the path, written `%23` in a URL")
        .help(std::string(kFragmentStays));
  if (question == std::string::npos) return;
  out_.add(Kind::question_in_source, e.place_in_text(question, question + 1, in_template),
           "this `?` is a character of the path, written `%3F` in a URL")
      .help("the query is not part of `path`; compare `query[\"name\"]`");
}

void lint_media_type(const CheckView& view, const ast::Expr& e, const ast::Expr& literal, const Value& left) {
  if (!left.ok() || !literal.is_plain_string()) return;
  const bool whole = !e.is(ast::Expr::Kind::comparison) || e.text == "==" || e.text == "!=" || e.text == "in";
  const Expr& subject = view.pool()[left.id];
  const auto field = static_cast<Field>(subject.a);
  const bool response = subject.op == Op::field && field == Field::response_header;
  const bool request = subject.op == Op::field && field == Field::header;
  if (!whole || (!response && !request) || view.text(StrId{subject.b}) != "content-type") return;
  const std::string text = literal.plain_text();
  if (text.find('/') == std::string::npos || text.find_first_of(";*") != std::string::npos) return;
  const std::string shown = text.size() <= kQuotedSource ? "\"" + text + "\"" : "\"…\"";
  view.out
      .add(Kind::whole_content_type, literal.span,
           "a `Content-Type` with parameters, such as `; charset=utf-8`, is not equal to this")
      .help(response ? "the type alone is `response.media_type == " + shown + "`"
                     : "ask for its beginning: `header[\"Content-Type\"] starts_with " + shown + "`");
}

/// As all that send it write it; nothing where the text is none of these.
std::string_view agent_as_sent(std::string_view text) {
  constexpr auto kAgents = std::to_array<std::string_view>(
      {"Mozilla",   "Chrome",         "Safari",      "Firefox",     "Opera",    "MSIE",       "Trident",
       "Windows",   "Macintosh",      "iPhone",      "iPad",        "Android",  "Mobile",     "Googlebot",
       "bingbot",   "YandexBot",      "Baiduspider", "DuckDuckBot", "Applebot", "AhrefsBot",  "SemrushBot",
       "MJ12bot",   "DotBot",         "PetalBot",    "Bytespider",  "GPTBot",   "ClaudeBot",  "CCBot",
       "Amazonbot", "PerplexityBot",  "Twitterbot",  "LinkedInBot", "Slackbot", "Discordbot", "HeadlessChrome",
       "Wget",      "PostmanRuntime", "Scrapy"});
  const auto* const known =
      std::find_if(kAgents.begin(), kAgents.end(), [&](std::string_view agent) { return equal_nocase(agent, text); });
  return known != kAgents.end() ? *known : std::string_view{};
}

void lint_agent_case(const CheckView& view, const ast::Expr& literal, const Value& left, std::string_view op,
                     std::span<const ast::Expr> others) {
  if (!left.ok() || !literal.is_plain_string()) return;
  const Expr& subject = view.pool()[left.id];
  if (subject.op != Op::field || static_cast<Field>(subject.a) != Field::header ||
      view.text(StrId{subject.b}) != "user-agent")
    return;
  const std::string_view sent = agent_as_sent(literal.plain_text());
  const auto is_sent = [&](const ast::Expr& other) { return other.is_plain_string() && other.plain_text() == sent; };
  if (sent.empty() || sent == literal.plain_text() || std::any_of(others.begin(), others.end(), is_sent)) return;
  view.out.add(Kind::wire_case, literal.span, "`" + std::string(sent) + "` is sent like that, hardly ever like this")
      .help("write `nocase " + std::string(op) + "`, or `\"" + std::string(sent) + "\"`");
}

void lint_wire_case(const CheckView& view, const ast::Expr& e, const ast::Expr& literal, const Value& left) {
  if (!left.ok() || !literal.is_plain_string()) return;
  const Expr& subject = view.pool()[left.id];
  if (subject.op != Op::field) return;
  const auto field = static_cast<Field>(subject.a);
  if (field != Field::header && field != Field::response_header) return;
  const std::string_view name = view.text(StrId{subject.b});
  const std::string op = e.is(ast::Expr::Kind::comparison) ? e.text : "in";
  if (!has_upper(literal.plain_text()) || std::find(kWords.begin(), kWords.end(), name) == kWords.end()) return;
  view.out
      .add(Kind::wire_case, literal.span,
           "`" + std::string(name) + "` is sent in small letters or in any case, not only like this")
      .help("write `nocase " + op + "`, or the text in small letters");
}

void lint_plain_text(const CheckView& view, const ast::Expr& literal, const Value& left, std::string_view op,
                     bool negated) {
  if (!literal.is_plain_string() || !left.ok()) return;
  if (lint_pattern_sign(view, literal, left, op) || lint_unlike_value(view, literal, left, op)) return;
  if (left.type == Type::string || left.type == Type::string_list)
    return lint_wildcard_in_text(view, literal, left, op);
  if (left.type != Type::path && left.type != Type::host) return;
  const std::string text = literal.plain_text();
  // OPTIONS * has that path; and the signs alone are what is looked for.
  if (left.type == Type::path && text.find_first_not_of(".*+()") == std::string::npos) return;
  const std::size_t star = text.find('*');
  const std::size_t brace = text.find('{');
  const bool named = brace != std::string::npos && brace + 1 < text.size() && is_name(text[brace + 1]) &&
                     text.find('}', brace) != std::string::npos;
  if (star == std::string::npos && !named) return;
  const std::size_t at = star != std::string::npos ? star : brace;
  Diagnostic& d = view.out.add(Kind::wildcard_as_text, literal.place_in_text(at, at + 1),
                               std::string("`") + text[at] + "` is plain text after `" + std::string(op) + "`");
  const std::string like = negated ? "not like" : "like";
  const std::string shown = std::string(left.type == Type::path ? "path " : "host ") + like + " \"" + text + "\"";
  d.help("a template stands after `" + like + "`" + (shown.size() <= kQuotedSource ? ": `" + shown + "`" : ""));
}

}  // namespace sprx
