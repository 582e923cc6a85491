// Terminals: `respond redirect deny drop forward`, and the answers that some of them make.
#include <algorithm>
#include <array>

#include "compiler/check_foreign_text.h"
#include "compiler/check_joined.h"
#include "compiler/check_queries.h"
#include "compiler/check_sent.h"
#include "compiler/rule_state.h"
#include "compiler/words.h"

namespace sprx {
namespace {

constexpr std::array<std::uint16_t, 5> kRedirectStatuses{301, 302, 303, 307, 308};

bool has_no_body(std::uint16_t status) { return status == 204 || status == 205 || status == 304; }

Answer& push_answer(RuleSet& rules, Action& action) {
  action.answer = static_cast<std::uint32_t>(rules.answers.size());
  return rules.answers.emplace_back();
}

/// `redirect 301 "/b"` before its block; an example where more stands there.
std::string head_of_redirect(const SourceSet& sources, const ast::Block& block) {
  constexpr std::uint32_t kLookedBack = 80;
  const std::string_view text = sources.text(
      {block.span.file, block.span.begin > kLookedBack ? block.span.begin - kLookedBack : 0, block.span.begin});
  const std::size_t begin = text.rfind("redirect ");
  const std::size_t end = text.find_last_not_of(" \n") + 1;
  const std::string_view head = begin < end ? text.substr(begin, end - begin) : std::string_view{};
  return head.empty() || head.find_first_of(";{}\n") != std::string_view::npos ? "redirect 301 \"/new\""
                                                                               : std::string(head);
}

/// Of what is called by its short name.
std::string_view media_type_of(std::string_view name) {
  struct Known {
    std::string_view name;
    std::string_view type;
  };
  constexpr std::array kKnown{Known{"json", "application/json"},
                              Known{"html", "text/html; charset=utf-8"},
                              Known{"htm", "text/html; charset=utf-8"},
                              Known{"text", "text/plain; charset=utf-8"},
                              Known{"txt", "text/plain; charset=utf-8"},
                              Known{"plain", "text/plain; charset=utf-8"},
                              Known{"xml", "application/xml"},
                              Known{"css", "text/css"},
                              Known{"csv", "text/csv"},
                              Known{"js", "text/javascript"},
                              Known{"javascript", "text/javascript"},
                              Known{"svg", "image/svg+xml"}};
  for (const Known& known : kKnown) {
    if (equal_nocase(name, known.name)) return known.type;
  }
  return {};
}

bool is_scheme(const ast::Expr& e) { return e.is(ast::Expr::Kind::path) && (e.text == "https" || e.text == "http"); }

}  // namespace

std::optional<std::uint16_t> Checker::status(const ast::Expr& e, std::uint16_t least, std::uint16_t most,
                                             std::string_view word) {
  if (e.is(ast::Expr::Kind::error)) return std::nullopt;
  if (!e.is(ast::Expr::Kind::integer)) {
    Diagnostic& d = report(Kind::bad_status, e.span, "the status after `" + std::string(word) + "` is a number");
    const std::string text = e.is_plain_string() ? e.plain_text() : std::string{};
    const bool number = text.size() == 3 && text.find_first_not_of("0123456789") == std::string::npos;
    const bool inner = e.is(ast::Expr::Kind::paren) && e.children[0].is(ast::Expr::Kind::integer);
    const std::string shown = number  ? text
                              : inner ? std::to_string(e.children[0].number)
                                      : std::to_string(least == 200 ? 200 : 403);
    const bool address = parse_ip(text).has_value() || parse_cidr(text).error == CidrError::none;
    if (word == "deny" && (address || (e.is(ast::Expr::Kind::path) && e.text == "all"))) {
      d.help(address ? "who is denied says a condition: `when client.ip in [\"" + text + "\"]; deny;`"
                     : "write `deny;`: it is said of all requests that the rule's conditions hold for");
      return std::nullopt;
    }
    const bool assigned = word.find('.') != std::string_view::npos;  // `set response.status`
    d.help("write `" + std::string(word) + (assigned ? " = " : " ") + shown + "`");
    if (number || inner) d.fix(e.span, shown, true);
    return std::nullopt;
  }
  if (e.number < least || e.number > most) {
    Diagnostic& d = report(Kind::bad_status, e.span,
                           "the status after `" + std::string(word) + "` is " + std::to_string(least) + " to " +
                               std::to_string(most) + ", not " + std::to_string(e.number));
    d.help(word == "deny" && e.number >= 200 && e.number < 400
               ? "other answers are made with `respond` and `redirect`"
               : "write a status in that range, such as `" + std::string(word) +
                     (word == "deny"                             ? " 403`"
                      : word.find('.') == std::string_view::npos ? " 404`"
                                                                 : " = 404`"));
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(e.number);
}

void Checker::terminal(const ast::Action& a, ActionWord word, RuleState& rule) {
  if (rule.terminal == nullptr) rule.terminal = &a;
  if (said_twice(a)) {
    rule.poisoned = true;
    return;
  }
  Action out{.word = word};
  Answer answer;
  bool good = true;
  if (word == ActionWord::drop || word == ActionWord::forward) {
    good = shape(a, 0, 0, false, false, std::string(info(word).name) + ";");
  } else if (word == ActionWord::redirect) {
    good = redirect(a, rule, answer);
  } else {
    const bool deny = word == ActionWord::deny;
    good = shape(a, deny ? 0 : 1, 1, false, true, deny ? "deny 403;" : "respond 200 { body \"…\"; }");
    answer.status = 403;
    if (good && !a.arguments.empty()) {
      const std::optional<std::uint16_t> number = status(a.arguments[0], deny ? 400 : 200, 599, info(word).name);
      good = number.has_value();
      answer.status = number.value_or(answer.status);
    }
  }
  if (a.block && !a.incomplete && word != ActionWord::drop && word != ActionWord::forward)
    good = answer_block(*a.block, word, rule, answer) && good;
  if (!good) {
    rule.poisoned = true;
    return;
  }
  if (word != ActionWord::drop && word != ActionWord::forward) push_answer(rules(), out) = answer;
  push(rule, a, out);
}

/// `redirect 301 to "/x"`, `redirect permanent "/x"`, `redirect location "/x" code 301`.
bool Checker::foreign_redirect(const ast::Action& a, const Env& env) {
  struct Word {
    std::string_view text;
    std::string_view status;
  };
  constexpr std::array kWords{Word{"to", ""},           Word{"location", ""},    Word{"prefix", ""},
                              Word{"with", ""},         Word{"code", ""},        Word{"status", ""},
                              Word{"permanent", "301"}, Word{"perm", "301"},     Word{"permanently", "301"},
                              Word{"temporary", "302"}, Word{"temp", "302"},     Word{"temporarily", "302"},
                              Word{"found", "302"},     Word{"seeother", "303"}, Word{"redirect", "302"}};
  constexpr std::array<std::string_view, 7> kKeep{"query",      "args",      "query_string",  "qsa",
                                                  "with_query", "with_args", "preserve_query"};
  const ast::Expr* first = nullptr;
  std::string status;
  std::string target;
  std::string keep;
  const ast::Expr* scheme = nullptr;
  bool prefix = false;
  bool all = !a.assigned;  // every part has a place in what is offered
  for (const ast::Expr& e : a.arguments) {
    if (e.is(ast::Expr::Kind::error)) return false;
    const bool name = e.is(ast::Expr::Kind::path);
    if (scheme != nullptr && name) {  // HAProxy's `redirect scheme https`
      target = "\"" + e.text + "://${host}${uri}\"";
      first = first == nullptr ? scheme : first;
      scheme = nullptr;
      continue;
    }
    const bool last = &e == &a.arguments.back();
    if (name && e.text == "scheme" && target.empty() && !last && is_scheme(*(&e + 1))) {
      scheme = &e;
      continue;
    }
    const bool known = name && (find_symbol(env, e.text) != nullptr || find_capture(env, e.text) != nullptr);
    const auto* const word =
        std::find_if(kWords.begin(), kWords.end(), [&](const Word& one) { return name && one.text == e.text; });
    if (e.is(ast::Expr::Kind::integer) && status.empty()) {
      status = std::to_string(e.number);
    } else if (name && !known && word != kWords.end()) {
      if (first == nullptr) first = &e;
      all = all && (word->status.empty() || status.empty());
      if (!word->status.empty()) status = word->status;
      prefix = prefix || word->text == "prefix";
    } else if (name && !known && std::find(kKeep.begin(), kKeep.end(), e.text) != kKeep.end()) {
      if (first == nullptr) first = &e;
      keep = " keep_query";
    } else if (name && (e.text == "keep_query" || e.text == "keep_query_unless_set")) {
      keep = " " + e.text;
    } else if (target.empty() && !e.is(ast::Expr::Kind::integer)) {
      target = std::string(sources_.text(e.span));
    } else {
      all = false;
    }
  }
  if (first == nullptr || a.incomplete) return false;
  if (prefix && target.size() > 2 && target.ends_with('"'))  // what was asked for stands behind it
    target = target.substr(0, target.size() - (target.ends_with("/\"") ? 2 : 1)) + "${uri}\"";
  const std::string whole = (status.empty() ? "302" : status) + " " + (target.empty() ? "\"/new\"" : target) + keep;
  Diagnostic& d = report(Kind::bad_action, first->span, "`" + first->text + "` is no part of a redirect");
  d.help(whole.size() <= 70 ? "write `redirect " + whole + ";`"
                            : "write a status and a target: `redirect 301 \"/new\";`");
  if (!target.empty())
    d.fix({a.word.span.file, a.arguments.front().span.begin, a.arguments.back().span.end}, whole,
          all && !status.empty());
  return true;
}

bool Checker::redirect(const ast::Action& a, RuleState& rule, Answer& answer) {
  constexpr std::string_view kUsage = "redirect 301 \"/new\";";
  if (redirect_in_order(a) || foreign_redirect(a, rule.env)) return false;
  if (a.arguments.size() == 1 && !a.incomplete && !a.arguments[0].is(ast::Expr::Kind::integer)) {
    report(Kind::bad_action, a.word.span, "`redirect` wants a status before its target")
        .help("write `redirect 301 " + std::string(sources_.text(a.arguments[0].span)) + ";`")
        .fix({a.word.span.file, a.word.span.end, a.word.span.end}, " 301", false);
    text_of(a.arguments[0], rule, "a redirect target");
    return false;
  }
  if (a.arguments.size() == 1 && !a.incomplete) {
    report(Kind::bad_action, a.word.span, "`redirect` wants a target after its status")
        .help("write `" + std::string(kUsage) + "`");
    return false;
  }
  if (a.arguments.size() == 2 && a.arguments[0].is(ast::Expr::Kind::string) &&
      a.arguments[1].is(ast::Expr::Kind::integer)) {
    const std::string ordered =
        std::string(sources_.text(a.arguments[1].span)) + " " + std::string(sources_.text(a.arguments[0].span));
    report(Kind::bad_action, a.arguments[1].span, "the status of a redirect stands before its target")
        .help(ordered.size() <= 70 ? "write `redirect " + ordered + ";`" : "write `" + std::string(kUsage) + "`")
        .fix({a.word.span.file, a.arguments[0].span.begin, a.arguments[1].span.end}, ordered, true);
    return false;
  }
  if (a.assigned && a.arguments.size() == 3 && !a.incomplete && a.arguments[2].text.starts_with("keep_query")) {
    // `redirect 301 "/b" keep_query=true;`
    const ast::Expr& keep = a.arguments[2];
    const std::string_view value = sources_.text(a.assigned->span);
    const bool off = value == "false" || value == "off" || value == "0" || value == "no";
    const Span whole{a.word.span.file, a.word.span.begin, off ? a.arguments[1].span.end : keep.span.end};
    const std::string shown(sources_.text(whole));
    report(Kind::bad_action, a.assigned->span, "`" + keep.text + "` takes no value")
        .help(shown.size() <= 70 ? "write `" + shown + ";`" : "write it alone, `redirect 301 \"/new\" keep_query;`")
        .fix({keep.span.file, whole.end, a.assigned->span.end}, "", true);
    return false;
  }
  const bool parts = !a.incomplete && !a.assigned && a.arguments.size() > 2 &&
                     a.arguments[0].is(ast::Expr::Kind::integer) &&
                     (a.arguments.size() > 3 || !a.arguments[1].is(ast::Expr::Kind::string));
  if (const std::string whole = parts ? joined_target(sources_, a.arguments) : std::string{}; !whole.empty()) {
    report(Kind::bad_action, a.arguments[2].span, "values beside each other are not joined")
        .help("values are put into text with `${…}`: write `redirect " + std::to_string(a.arguments[0].number) + " " +
              whole + ";`")
        .fix({a.word.span.file, a.arguments[1].span.begin, a.arguments.back().span.end}, whole, true);
    return false;
  }
  if (!shape(a, 2, 3, false, true, kUsage)) return false;
  bool good = true;
  const ast::Expr& number = a.arguments[0];
  const bool known =
      number.is(ast::Expr::Kind::integer) &&
      std::find(kRedirectStatuses.begin(), kRedirectStatuses.end(), number.number) != kRedirectStatuses.end();
  if (!known) {
    if (!number.is(ast::Expr::Kind::error)) {
      Diagnostic& d = report(Kind::bad_status, number.span, "the status of a redirect is 301, 302, 303, 307 or 308");
      d.help("301 and 308 are permanent, 302 and 307 are not; 307 and 308 keep the method");
      if (number.text == "permanent") d.fix(number.span, "301", true);
      if (number.text == "temporary" || number.text == "temp") d.fix(number.span, "302", true);
    }
    good = false;
  } else {
    answer.status = static_cast<std::uint16_t>(number.number);
  }
  if (a.arguments.size() == 3) {
    const ast::Expr& keep = a.arguments[2];
    if (keep.text == "keep_query" || keep.text == "keep_query_unless_set") {
      answer.keep_query = keep.text == "keep_query" ? KeepQuery::yes : KeepQuery::unless_set;
    } else if (!keep.is(ast::Expr::Kind::error)) {
      constexpr std::size_t kLongestTarget = 60;
      const bool known_value =
          keep.is(ast::Expr::Kind::path) &&
          (is_field_root(keep.text.substr(0, keep.text.find('.'))) || find_symbol(rule.env, keep.text) != nullptr ||
           find_capture(rule.env, keep.text) != nullptr);
      const std::string written(sources_.text(a.arguments[1].span));
      const std::string shown = "`" + written.substr(0, written.size() - 1) + "${" + keep.text + "}\"`";
      report(Kind::bad_action, keep.span,
             "after the target of a redirect stands `keep_query`, `keep_query_unless_set` or nothing")
          .help(known_value && a.arguments[1].is_plain_string() && shown.size() <= kLongestTarget
                    ? "a value is put into the text: " + shown
                    : "write `redirect 301 \"/new\" keep_query;`");
      good = false;
    }
  }
  lint_http_target(view_, a.arguments[1]);
  const ExprId id = text_of(a.arguments[1], rule, "a redirect target");
  if (id == kNoExpr || !need_present({id, Type::string, a.arguments[1].span}, rule.env, "a redirect target"))
    return false;
  answer.location = target({id, Type::string, a.arguments[1].span}, a.arguments[1], rule.env);
  if (answer.location != kNoExpr) {
    lint_foreign_text(view_, a.arguments[1], rule.env, uses_);
    lint_template_in_target(view_, a.arguments[1], rule.env, uses_);
    slashes_.look_at(a.arguments[1], rule.env);
    const bool said = lint_query_before_text(view_, a.arguments[1], noted_);
    if (a.arguments.size() == 3 && !said) lint_query_twice(view_, a.arguments[1], a.arguments[2]);
  }
  return good && answer.location != kNoExpr;
}

bool Checker::answer_block(const ast::Block& block, ActionWord word, RuleState& rule, Answer& answer) {
  std::vector<AnswerHeader> headers;
  std::map<std::string, Span> given;
  bool good = true;
  for (const ast::Action& entry : block.actions) {
    const std::string& name = entry.word.text;
    if (name == "body" || name == "content_type") {
      if (const auto [first, fresh] = given.emplace(name, entry.word.span); !fresh) {
        report(Kind::duplicate_option, entry.word.span, "`" + name + "` is given twice")
            .label(first->second, "given here first")
            .help("keep one of them");
        good = false;
        continue;
      }
    }
    if (name == "header" && word == ActionWord::redirect && !entry.arguments.empty() &&
        entry.arguments[0].is_plain_string() && equal_nocase(entry.arguments[0].plain_text(), "location")) {
      report(Kind::forbidden_header, entry.arguments[0].span, "the target of a redirect is its Location")
          .help("write it after the status: `redirect 302 \"/new\";`");
      good = false;
    } else if (name == "header") {
      good = answer_header(entry, rule, headers) && good;
    } else if (name == "body" && word != ActionWord::redirect) {
      if (has_no_body(answer.status)) {
        report(Kind::body_not_allowed, entry.word.span,
               "an answer with status " + std::to_string(answer.status) + " has no body")
            .help("leave `body` out, or answer with another status");
        good = false;
      }
      good = answer_body(entry, rule, answer) && good;
    } else if (name == "content_type" && word != ActionWord::redirect) {
      good = answer_type(entry, answer) && good;
    } else if (entry.word.known()) {
      Diagnostic& d = report(Kind::unknown_option, entry.word.span,
                             "`" + name + "` is no part of `" + std::string(info(word).name) + "`");
      d.help(word == ActionWord::redirect && name.starts_with("keep_query")
                 ? "it stands behind the target: `" + head_of_redirect(sources_, block) + " " + name + ";`"
             : word == ActionWord::redirect
                 ? "in its block stand `header \"Name\" = \"value\";`"
                 : "in its block stand `header \"Name\" = \"value\";`, `content_type \"…\";` "
                   "and `body \"…\";` or `body file \"…\";`");
      good = false;
    } else {
      good = false;
    }
  }
  if (headers.size() > limits_.actions) {
    report(Kind::limit_actions, block.span, "more than " + std::to_string(limits_.actions) + " headers in one answer");
    return false;
  }
  const bool typed = std::any_of(headers.begin(), headers.end(), [this](const AnswerHeader& header) {
    return equal_nocase(pool().strings.view(header.name), "content-type");
  });
  if (good && !typed) plain_bodies_.note(block, answer, rule.actions);
  answer.first_header = static_cast<std::uint32_t>(rules().answer_headers.size());
  answer.header_count = static_cast<std::uint32_t>(headers.size());
  rules().answer_headers.insert(rules().answer_headers.end(), headers.begin(), headers.end());
  return good;
}

bool Checker::answer_header(const ast::Action& a, RuleState& rule, std::vector<AnswerHeader>& headers) {
  if (!shape(a, 1, 1, true, false, "header \"Name\" = \"value\";")) return false;
  const ast::Expr& name = a.arguments[0];
  bool good = plain(name, "a header name") && check_escapes(name) &&
              name_allowed(name, name.plain_text(), Target::response_header, ActionWord::set);
  const ExprId id = text_of(*a.assigned, rule, "a header");
  if (!good || id == kNoExpr) return false;
  lint_location(name.plain_text(), *a.assigned, id, rule);
  lint_sent_value(name.plain_text(), *a.assigned, rule);
  headers.push_back({pool().strings.intern(name.plain_text()), id});
  return true;
}

bool Checker::answer_type(const ast::Action& a, Answer& answer) {
  if (!shape(a, 1, 1, false, false, "content_type \"text/html; charset=utf-8\";")) return false;
  const ast::Expr& e = a.arguments[0];
  if (!plain(e, "a content type") || !check_escapes(e)) return false;
  const std::string text = e.plain_text();
  const std::size_t slash = text.find('/');
  const std::size_t end = text.find_first_of("; ");
  const bool controls =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (controls || slash == std::string::npos || !is_token(text.substr(0, slash)) ||
      !is_token(text.substr(slash + 1, end == std::string::npos ? end : end - slash - 1))) {
    const std::string_view meant = media_type_of(text);
    const std::string type(meant.empty() ? "text/html; charset=utf-8" : meant);
    Diagnostic& d = report(Kind::bad_value, e.span, "`" + text + "` is no content type");
    d.help("write `content_type \"" + type + "\";`");
    if (!meant.empty()) d.fix(e.span, "\"" + type + "\"", true);
    return false;
  }
  answer.content_type = pool().strings.intern(text);
  return true;
}

bool Checker::answer_body(const ast::Action& a, RuleState& rule, Answer& answer) {
  const bool file = !a.arguments.empty() && a.arguments[0].is(ast::Expr::Kind::path) && a.arguments[0].text == "file";
  if (!shape(a, file ? 2 : 1, file ? 2 : 1, false, false, file ? "body file \"page.html\";" : "body \"…\";"))
    return false;
  if (!file) {
    lint_file_as_body(view_, a.arguments[0]);
    const ExprId id = text_of(a.arguments[0], rule, "a body");
    if (id == kNoExpr) return false;
    answer.body = flatten({id, Type::string, a.arguments[0].span});
    return answer.body != kNoExpr;
  }
  const ast::Expr& e = a.arguments[1];
  if (!plain(e, "a file name") || !check_escapes(e)) return false;
  const std::optional<std::string> text = body_file(e);
  if (!text) return false;
  answer.body = pool().text(*text);
  return true;
}

}  // namespace sprx
