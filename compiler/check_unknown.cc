// Names that mean nothing here: what they are like, and what other languages mean by them.
#include <algorithm>
#include <array>

#include "compiler/checker.h"
#include "compiler/table/canonical.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// `geo.country` for `client.country`: the field that ends in the same word, where it is the only one.
std::string_view same_last_word(std::string_view name) {
  const std::size_t last = name.rfind('.');
  if (last == std::string_view::npos) return {};
  const std::string_view word = name.substr(last);
  std::string_view found;
  for (const FieldInfo& field : kFields) {
    const std::size_t dot = field.name.rfind('.');
    if (dot == std::string_view::npos || field.name == found || field.name.substr(dot) != word) continue;
    if (!found.empty()) return {};
    found = field.name;
  }
  return found;
}

/// `length(path)` for `path.length`; "" where it is another one.
std::string property_as_call(const std::string& name) {
  constexpr auto kProperties = std::to_array<std::string_view>({"length", "size", "len", "lower", "upper"});
  const std::size_t dot = name.rfind('.');
  const std::string field = name.substr(0, dot);
  const std::string_view last = std::string_view(name).substr(std::min(dot, name.size() - 1) + 1);
  const bool known =
      dot != std::string::npos && std::find(kProperties.begin(), kProperties.end(), last) != kProperties.end();
  if (!known ||
      std::none_of(std::begin(kFields), std::end(kFields), [&](const FieldInfo& f) { return f.name == field; }))
    return {};
  return std::string(last == "size" || last == "len" ? "length" : last) + "(" + field + ")";
}

/// `:id` or `<id>` in a string before `use`, in the same rule: what other languages write for `{id}`.
Span part_of_template(const SourceSet& sources, Span use, const std::string& name) {
  constexpr std::uint32_t kLookedBack = 500;
  const std::uint32_t begin = use.begin > kLookedBack ? use.begin - kLookedBack : 0;
  const std::string_view text = sources.text({use.file, begin, use.begin});
  for (const std::string& sign : {"/:" + name, "/<" + name + ">"}) {
    const std::size_t at = text.rfind(sign);
    if (at == std::string_view::npos || text.find('}', at) != std::string_view::npos) continue;
    const auto place = begin + static_cast<std::uint32_t>(at) + 1;
    return {use.file, place, place + static_cast<std::uint32_t>(sign.size()) - 1};
  }
  return {};
}

/// The `let` of the rule whose value binds that name: `let m = path like "/a/{id}";`.
Span let_with_capture(const SourceSet& sources, const Env& env, const std::string& name) {
  for (const Env* at = &env; at != nullptr; at = at->parent) {
    if (at->rule == nullptr) continue;
    for (const ast::Statement& statement : at->rule->statements) {
      const auto* const let = std::get_if<ast::Let>(&statement);
      if (let == nullptr) continue;
      const std::string_view text = sources.text(let->value.span);
      for (const std::string& sign : {"{" + name + "}", "{" + name + "...}", "?P<" + name + ">"}) {
        const std::size_t found = text.find(sign);
        if (found != std::string_view::npos && (found == 0 || text[found - 1] != '$')) return let->name.span;
      }
    }
  }
  return {};
}

/// Names that are looked at to help with one that is unknown; in larger configurations the help is less.
constexpr std::size_t kMostNamesLookedAt = 2000;

/// What is meant by a word that other languages have.
std::string_view help_for_word(std::string_view name) {
  if (name == "on" || name == "off")
    return "a flag is a condition by itself: `when maintenance;` or `when not maintenance;`";
  if (name == "null" || name == "nil" || name == "none" || name == "undefined" || name == "None" || name == "NULL")
    return "nothing equals what is absent: ask `exists header[\"X\"]` or `not exists header[\"X\"]`";
  return {};
}

/// The `let` of that name further down in the rule.
Span later_let(const Env& env, const ast::Expr& e) {
  for (const Env* at = &env; at != nullptr; at = at->parent) {
    if (at->rule == nullptr) continue;
    for (const ast::Statement& later : at->rule->statements) {
      const auto* const let = std::get_if<ast::Let>(&later);
      if (let != nullptr && let->name.text == e.text && let->name.span.begin >= e.span.begin) return let->name.span;
    }
  }
  return {};
}

/// `args["a"]`, `flag["maintenance"]`: what has no entries under that name. "" where no `[` follows.
std::string help_before_key(const SourceSet& sources, const ast::Expr& e, std::string* replacement) {
  constexpr std::uint32_t kLookedOn = 80;
  const std::string_view rest = sources.text({e.span.file, e.span.end, e.span.end + kLookedOn});
  const std::size_t close = rest.find(']');
  if (!rest.starts_with('[')) return {};
  const std::string key(rest.substr(0, close == std::string_view::npos ? 0 : close + 1));
  if (e.text == "flag" || e.text == "flags") {
    const bool named = key.size() > 4 && key[1] == '"';
    return "a flag is a condition by its name alone: `when " + (named ? key.substr(2, key.size() - 4) : "maintenance") +
           ";`";
  }
  for (const std::string_view theirs : {"args", "arg", "params", "param", "get", "query_params", "qs"}) {
    if (e.text != theirs) continue;
    *replacement = "query";
    return "a parameter of the query is `query" + (key.empty() ? "[\"a\"]" : key) + "`";
  }
  return "before `[` stands a table or a field with entries: `header`, `query`, `cookie`, "
         "`response.header`";
}

}  // namespace

bool Checker::answer_foreign(const ast::Expr& e, std::string_view text) {
  const ForeignAnswer answer = foreign_path(text);
  if (answer.ours.empty() && answer.help.empty()) return false;
  Diagnostic& d = report(Kind::foreign_name, e.span,
                         "`" + std::string(text) + "` is how " + std::string(answer.language) + " names this");
  if (!answer.ours.empty()) {
    d.help("here it is `" + answer.ours + "`").fix(e.span, answer.ours, false);
  } else {
    d.help(answer.help);
  }
  return true;
}

bool Checker::lost_capture(const ast::Expr& e, const Env& env) {
  for (const Env* at = &env; at != nullptr; at = at->parent) {
    for (const LostCapture& lost : at->lost) {
      if (lost.name != e.text) continue;
      const bool by_or = lost.reason.find("`or`") != std::string::npos;
      const bool by_list = lost.reason.find("list") != std::string::npos;
      Diagnostic& d = report(Kind::unbound_capture, e.span,
                             "the capture `" + e.text + "` is not bound here" + (by_list ? "" : " on every way"));
      if (lost.where.known()) d.label(lost.where, by_list ? "named here" : "bound here");
      d.label(lost.way, lost.reason)
          .help(
              by_list ? "write a rule for each template, or `like \"…\" or … like \"…\"` with `" + e.text +
                            "` on every side"
              : by_or
                  ? "bind `" + e.text + "` on every side of an `or`, or use it in a rule of its own"
                  : "what did not match has no parts: ask for what does match, and let an earlier rule take the rest");
      return true;
    }
  }
  return false;
}

void Checker::unknown_field(const ast::Expr& e) {
  const std::string& name = e.text;
  const std::string root = name.substr(0, name.find('.'));
  std::vector<std::string_view> names;
  std::string near;
  if (is_field_root(root) && root != name) {
    // Below a root only what follows it counts, or every short field of the root would be near.
    for (const FieldInfo& field : kFields) {
      if (field.name.starts_with(root + ".")) names.push_back(field.name.substr(root.size() + 1));
    }
    near = similar(std::string_view(name).substr(root.size() + 1), names);
    if (!near.empty()) near.insert(0, root + ".");
  } else if (root != name) {
    for (const FieldInfo& field : kFields) names.push_back(field.name);
    near = similar(name, names);
  }
  Diagnostic& d =
      report(Kind::unknown_field, e.span,
             std::string("unknown ") + (root == "response" ? "response" : "request") + " field `" + name + "`");
  if (const std::string call = property_as_call(name); !call.empty()) {
    d.help("write `" + call + "`").fix(e.span, call, false);
  } else if (!near.empty()) {
    d.help("a field with a similar name exists: `" + near + "`").fix(e.span, near, false);
  } else if (const std::string_view other = same_last_word(name); !other.empty()) {
    d.help("there is `" + std::string(other) + "`").fix(e.span, std::string(other), false);
  } else if (root == "now" && root != name) {
    d.help(
        "times of the day and days of the week are not read: a `flag` is turned on and off by the platform, and "
        "`since` and `until` are a rule's first and last moment");
  } else if (const std::string known = fields_below(root); !known.empty()) {
    d.help("fields that begin so: " + known);
  } else if ((root == "flag" || root == "flags") && root != name) {
    d.help("a flag is a condition by its name alone: `when " + name.substr(root.size() + 1) + ";`");
  } else {
    d.help("text stands in quotes: `\"" + name + "\"`; the fields are listed by `sprx doc`")
        .fix(e.span, "\"" + name + "\"", false);
  }
}

std::string Checker::similar_name(const std::string& name, const Env& env) const {
  std::vector<std::string_view> names;
  if (similar_work_ == 0) return {};
  for (const Env* at = &env; at != nullptr; at = at->parent) {
    for (const Capture& capture : at->captures) names.push_back(capture.name);
  }
  for (const Scope* at = env.scope; at != nullptr && names.size() < kMostNamesLookedAt; at = at->parent) {
    for (const auto& [known, symbol] : at->names) names.push_back(known);
  }
  std::sort(names.begin(), names.end());
  return std::string(similar(name, names, similar_work_));
}

bool Checker::is_cut(const ast::Expr& e) const {
  if (cut_ || !incomplete_) return cut_;
  const std::string_view rest = sources_.text({e.span.file, e.span.end, e.span.end + 80});
  const auto blanks = std::min(rest.find_first_not_of(" \t\r\n"), rest.size());
  return out_.syntax_error_in({e.span.file, e.span.end, e.span.end + static_cast<std::uint32_t>(blanks)});
}

bool Checker::said_by_parser(const ast::Expr& e) const {
  const std::string& name = e.text;
  // `req.http.User-Agent`: the parser has said it of the whole.
  const std::string_view next = sources_.text({e.span.file, e.span.end, e.span.end + 1});
  if (incomplete_ && name == "if") return true;
  const bool function =
      std::any_of(kFunctions.begin(), kFunctions.end(), [&](const FunctionInfo& known) { return known.name == name; });
  if ((function || name == "has" || name == "defined") && is_cut(e)) return true;
  if (cut_ && (next == "-" || next == "(" || next == ":" || name == "NOT" || name == "Not")) return true;
  // What a syntax error points at has been answered.
  return incomplete_ && out_.syntax_error_in({e.span.file, e.span.begin, e.span.begin});
}

void Checker::unknown_path(const ast::Expr& e, const Env& env) {
  if (said_by_parser(e)) return;
  const std::string& name = e.text;
  const bool half = excused(env, name);
  const bool dotted = name.find('.') != std::string::npos;
  if (!half && lost_capture(e, env)) return;
  if (!dotted && broken_names_.contains(name)) return;
  if (const LeftOut* known = left_out_value(name); known != nullptr && !half) {
    report(Kind::left_out, e.span, std::string(known->message)).help(std::string(known->help));
    return;
  }
  if (answer_foreign(e, name)) return;
  if (!dotted && half) return;
  if (statement_as_value(e) || (dotted && part_of_name(e, env))) return;
  if (dotted || is_field_root(name)) return unknown_field(e);
  const std::string near = similar_name(name, env);
  std::vector<std::string_view> fields;
  for (const FieldInfo& field : kFields) fields.push_back(field.name);
  std::string near_field(similar(name, fields, similar_work_));
  // `POST` is text without its quotes and not a slip of `host`.
  const bool capitals = std::none_of(name.begin(), name.end(), [](char ch) { return ch >= 'a' && ch <= 'z'; });
  if (capitals && !equal_nocase(name, near_field)) near_field.clear();
  if (near.empty() && !near_field.empty()) {
    report(Kind::unknown_field, e.span, "unknown request field `" + name + "`")
        .help("a field with a similar name exists: `" + near_field + "`")
        .fix(e.span, near_field, false);
    return;
  }
  if (near.empty() && broken_names_.contains(std::string())) return;
  // A capture is another one in each rule.
  const bool shared = near.empty() || find_capture(env, near) == nullptr;
  if (shared && said_names_.joins(Kind::unknown_name, name, near, e.span)) return;
  Diagnostic& d = report(Kind::unknown_name, e.span, "unknown name `" + name + "`");
  if (shared) said_names_.remember(Kind::unknown_name, name, near);
  if (!near.empty()) {
    d.help("a name like it is declared: `" + near + "`").fix(e.span, near, false);
  } else {
    explain_unknown(e, env, d);
  }
}

void Checker::explain_unknown(const ast::Expr& e, const Env& env, Diagnostic& d) const {
  const std::string& name = e.text;
  // Not by `scope`: that of a rule's let is gone with its rule.
  for (const Symbol& symbol : symbols_) {
    if (symbols_.size() > kMostNamesLookedAt) break;
    if (symbol.name != name || symbol.full_name == name) continue;
    d.label(symbol.where, "seen in its own group or rule only").help("declare it at the top of a file to use it here");
    return;
  }
  if (const Span let = later_let(env, e); let.known()) {
    d.label(let, "declared here, further down").help("write this `let` before its first use");
    return;
  }
  if (const Span let = let_with_capture(sources_, env, name); let.known()) {
    d.label(let, "a part of a `let` is seen in it only")
        .help("a capture is of the rule's own `when`: write the comparison there");
    return;
  }
  if (const std::string_view help = help_for_word(name); !help.empty()) {
    d.help(std::string(help));
    return;
  }
  if (const Span part = part_of_template(sources_, e.span, name); part.known()) {
    d.label(part, "plain text in a template").help("a part with a name is written `{" + name + "}`");
    return;
  }
  if (const std::string_view field = same_last_word("." + name); !field.empty()) {
    d.help("there is the field `" + std::string(field) + "`").fix(e.span, std::string(field), false);
    return;
  }
  std::string replacement;
  if (const std::string help = help_before_key(sources_, e, &replacement); !help.empty()) {
    d.help(help);
    if (!replacement.empty()) d.fix(e.span, replacement, false);
    return;
  }
  d.help("a bare word is a field, a list, a table, a let, a flag or a capture; text stands in quotes: `\"" + name +
         "\"`")
      .fix(e.span, "\"" + name + "\"", false);
}

}  // namespace sprx
