// Calls of functions: their names, arguments and results.
#include <algorithm>
#include <iterator>

#include "compiler/checker.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// The type that a letter of FunctionInfo::parameters stands for.
Type type_of(char letter) {
  switch (letter) {
    case 'i':
    case 'I':
      return Type::integer;
    case 't':
    case 'T':
      return Type::time;
    case 'a':
    case 'A':
      return Type::ip;
    case 'p':
    case 'P':
      return Type::pattern;
    default:
      return Type::string;
  }
}

std::string signature(const FunctionInfo& function) {
  std::string out = std::string(function.name) + "(";
  bool first = true;
  for (const char letter : function.parameters) {
    if (letter == '*') {
      out += ", …";
      continue;
    }
    if (!first) out += ", ";
    first = false;
    const bool optional = letter >= 'A' && letter <= 'Z';
    out += (optional ? "[" : "") + std::string(name_of(type_of(letter))) + (optional ? "]" : "");
  }
  return out + ")";
}

}  // namespace

namespace {

/// What functions of other languages are called here.
std::string_view foreign_function(std::string_view name) {
  struct Known {
    std::string_view theirs;
    std::string_view ours;
  };
  constexpr Known kKnown[] = {{"len", "length"},
                              {"strlen", "length"},
                              {"size", "length"},
                              {"lowercase", "lower"},
                              {"tolower", "lower"},
                              {"to_lower", "lower"},
                              {"uppercase", "upper"},
                              {"toupper", "upper"},
                              {"to_upper", "upper"},
                              {"substr", "substring"},
                              {"strip", "trim"},
                              {"urlencode", "url_encode"},
                              {"urldecode", "url_decode"},
                              {"to_int", "int"},
                              {"std.tolower", "lower"},
                              {"regsub", "regex_replace"},
                              {"regsuball", "regex_replace"},
                              {"http.url_decode", "url_decode"},
                              {"hmac", "hmac_sha256"},
                              {"hmac_sha1", "hmac_sha256"},
                              {"hmac_md5", "hmac_sha256"},
                              {"digest.hmac_sha256", "hmac_sha256"},
                              {"md5", "sha256"},
                              {"sha1", "sha256"},
                              {"sha512", "sha256"},
                              {"hash", "sha256"},
                              {"b64encode", "base64_encode"},
                              {"b64decode", "base64_decode"},
                              {"random", "bucket"},
                              {"rand", "bucket"},
                              {"randomint", "bucket"},
                              {"randombool", "bucket"},
                              {"percent", "bucket"},
                              {"concat", ""},
                              {"default", "\?\?"},
                              {"coalesce", "\?\?"},
                              {"ifnull", "\?\?"},
                              {"nvl", "\?\?"},
                              {"if_empty", "\?\?"},
                              {"regex", "matches"},
                              {"regexp", "matches"},
                              {"regex_match", "matches"},
                              {"match", "matches"},
                              {"wildcard", "like"},
                              {"startswith", "starts_with"},
                              {"endswith", "ends_with"},
                              {"includes", "contains"},
                              {"defined", "exists"},
                              {"isset", "exists"},
                              {"has", "exists"},
                              {"is_empty", "not exists"},
                              {"empty", "not exists"},
                              {"cidr_match", "in"},
                              {"ip_in_range", "in"}};
  for (const Known& known : kKnown) {
    if (known.theirs == name) return known.ours;
  }
  return {};
}

}  // namespace

bool Checker::foreign_call(const ast::Expr& e) {
  const std::string_view ours = foreign_function(e.text);
  const auto argument = [&](std::size_t i) { return std::string(sources_.text(e.children[i].span)); };
  const bool field = is_field_root(e.text);
  if (ours.empty() && !field && e.text != "concat") return false;
  Diagnostic& d = report(Kind::unknown_function, e.word,
                         field ? "`" + e.text + "` is a field and no function" : "unknown function `" + e.text + "`");
  if (field) {
    const bool keyed = std::any_of(kFields.begin(), kFields.end(), [&](const FieldInfo& known) {
      return known.name == e.text && known.key == FieldInfo::Key::keyed;
    });
    const bool key = keyed && e.children.size() == 1 && e.children[0].is(ast::Expr::Kind::string);
    if (!keyed && !e.children.empty()) {
      const bool whole =
          std::any_of(kFields.begin(), kFields.end(), [&](const FieldInfo& known) { return known.name == e.text; });
      d.help(whole ? "a field is written by its name alone: `" + e.text + " == " + argument(0) + "`"
                   : "fields that begin so: " + fields_below(e.text));
      return true;
    }
    const std::string text = e.text + (key ? "[" + argument(0) + "]" : e.children.empty() ? "" : "[\"…\"]");
    d.help("write `" + text + "`");
    if (key || e.children.empty()) d.fix(e.span, text, true);
    return true;
  }
  if (ours.empty()) {
    d.help("strings are joined by interpolation: `\"${host}${uri}\"`");
    return true;
  }
  const auto* function = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                      [ours](const FunctionInfo& known) { return known.name == ours; });
  if (ours == "\?\?") {
    std::string values;
    for (std::size_t i = 0; i < e.children.size(); ++i) values += (i == 0 ? "" : " \?\? ") + argument(i);
    const bool several = e.children.size() > 1 && values.size() <= 70;
    d.help("a default stands after `\?\?`: `" + (several ? values : "header[\"X\"] \?\? \"none\"") + "`");
    if (several) d.fix(e.span, values, false);
  } else if (ours == "bucket") {
    d.help("nothing is random here; a share of the visitors is `bucket(client.ip, \"name\", 100) < 20`");
  } else if (function != std::end(kFunctions)) {
    d.help("here it is `" + std::string(ours) + "`").fix(e.word, std::string(ours), false);
  } else if (ours.ends_with("exists")) {
    d.help(e.children.size() == 1 ? "write `" + std::string(ours) + " " + argument(0) + "`"
                                  : "write `exists header[\"X\"]`");
  } else if (ours == "matches") {
    const std::string left = e.children.size() == 2 ? argument(0) : "path";
    d.help("`matches` stands between a value and a pattern: `" + left + " matches r\"^/old/\"`");
  } else {
    const std::string shown = e.children.size() == 2 ? argument(0) + " " + std::string(ours) + " " + argument(1)
                                                     : "path " + std::string(ours) + " \"…\"";
    d.help("`" + std::string(ours) + "` stands between two values: `" + shown + "`");
  }
  return true;
}

Value Checker::call_value(const ast::Expr& e, Env& env) {
  const Value poisoned{kNoExpr, Type::none, e.span};
  const FunctionInfo* function = nullptr;
  for (const FunctionInfo& known : kFunctions) {
    if (known.name == e.text) function = &known;
  }
  if (function == nullptr) {
    if (const LeftOut* known = left_out_value(e.text)) {
      report(Kind::left_out, e.word, std::string(known->message)).help(std::string(known->help));
      return poisoned;
    }
    if (foreign_call(e) || called_name(e, env)) return poisoned;
    std::vector<std::string_view> names;
    for (const FunctionInfo& known : kFunctions) names.push_back(known.name);
    const std::string_view near = similar(e.text, names);
    Diagnostic& d = report(Kind::unknown_function, e.word, "unknown function `" + e.text + "`");
    if (!near.empty()) {
      d.help("a function with a similar name exists: `" + std::string(near) + "`")
          .fix(e.word, std::string(near), false);
    } else {
      d.help("the functions are listed by `sprx doc`");
    }
    return poisoned;
  }
  std::vector<ExprId> arguments;
  bool of_list = false;
  if (!call_arguments(e, *function, env, arguments, &of_list) || !check_arguments(e, function->id, env, arguments)) {
    return {kNoExpr, function->result, e.span};
  }
  Type result = function->result;
  if (of_list && function->id != Function::length) {
    if (!is_text(result) && result != Type::string_list) {
      report(Kind::argument_type, e.children[0].span, "`" + e.text + "` wants one value, this is a list")
          .help("ask for one value, for example `header[\"X\"]`");
      return poisoned;
    }
    result = Type::string_list;
  }
  const Origin origin = origin_of_call(function->id, arguments, env);
  Expr call{.op = Op::call, .type = result, .origin = origin, .a = static_cast<std::uint32_t>(function->id)};
  return {pool().add_list(call, arguments), result, e.span};
}

/// What decodes makes client text of everything a client sent; `url_encode` makes it fit to be sent. Of text that is in
/// a URL's form already the same is true of what keeps that form only.
Origin Checker::origin_of_call(Function function, std::span<const ExprId> ids, const Env& env) const {
  const Origin origin = origin_of(ids);
  if (origin == Origin::own) return origin;
  if (function == Function::url_encode) return Origin::wire;
  if (function == Function::url_decode || function == Function::base64_decode) return Origin::client;
  if (origin != Origin::wire) return origin;
  if (function == Function::lower || function == Function::upper || function == Function::trim) return origin;
  int budget = kProofBudget;
  const bool of_host =
      std::all_of(ids.begin(), ids.end(), [&](ExprId id) { return prover_.authority_safe(id, env.facts, budget); });
  return of_host ? origin : Origin::client;
}

bool Checker::argument_count(const ast::Expr& e, const FunctionInfo& function) {
  const std::string_view letters = function.parameters;
  const bool any_number = letters.ends_with('*');
  const std::size_t named = letters.size() - (any_number ? 1 : 0);
  std::size_t least = 0;
  for (const char letter : letters) least += letter >= 'a' && letter <= 'z' ? 1 : 0;
  const std::size_t given = e.children.size();
  if (any_number && given > limits_.call_arguments) {
    report(Kind::limit_arguments, e.word,
           "`" + e.text + "` takes at most " + std::to_string(limits_.call_arguments) + " arguments, here are " +
               std::to_string(given));
    return false;
  }
  if (given >= least && (any_number || given <= named)) return true;
  const std::string wanted = std::to_string(least) + (any_number      ? " or more"
                                                      : named > least ? " to " + std::to_string(named)
                                                                      : "");
  report(Kind::argument_count, e.word,
         "`" + e.text + "` takes " + wanted + (wanted == "1" ? " argument" : " arguments") + ", here are " +
             std::to_string(given))
      .help("write `" + signature(function) + "`");
  return false;
}

Value Checker::argument(const ast::Expr& e, Type wanted, Env& env) {
  if (wanted == Type::pattern && e.is(ast::Expr::Kind::regex)) {
    if (!count_node(e, env)) return {kNoExpr, wanted, e.span};
    const std::optional<PatternId> pattern = pattern_of(e);
    if (!pattern) return {kNoExpr, wanted, e.span};
    return {pool().add({.op = Op::pattern, .type = Type::pattern, .a = static_cast<std::uint32_t>(*pattern)}), wanted,
            e.span};
  }
  const bool read_as = wanted == Type::ip || wanted == Type::time;
  return value(e, env, read_as ? Want{wanted} : Want{});
}

bool Checker::call_arguments(const ast::Expr& e, const FunctionInfo& function, Env& env, std::vector<ExprId>& out,
                             bool* of_list) {
  std::string_view letters = function.parameters;
  const bool any_number = letters.ends_with('*');
  if (any_number) letters.remove_suffix(1);
  bool good = argument_count(e, function);
  for (std::size_t i = 0; i < e.children.size(); ++i) {
    const bool beyond = i >= letters.size() && !any_number;
    const Type wanted = type_of(letters[std::min(i, letters.size() - 1)]);
    const Scoped replacement(in_replacement_, function.id == Function::regex_replace && i == 2);
    const Value v = argument(e.children[i], beyond ? Type::none : wanted, env);
    if (!v.ok()) {
      good = false;
      continue;
    }
    if (beyond) continue;
    const bool text = wanted == Type::string && (is_text(v.type) || v.type == Type::ip || v.type == Type::integer);
    const bool list = i == 0 && wanted == Type::string && v.type == Type::string_list;
    if (list) *of_list = true;
    if (!text && !list && v.type != wanted) {
      Diagnostic& d = report(Kind::argument_type, e.children[i].span,
                             "argument " + std::to_string(i + 1) + " of `" + e.text + "` wants " +
                                 with_article(wanted) + ", this is " + with_article(v.type));
      if (wanted == Type::pattern && e.children[i].is(ast::Expr::Kind::string)) {
        d.help("write `r" + std::string(sources_.text(e.children[i].span)) + "`");
      } else if (wanted == Type::time) {
        d.help(
            "times are `now` and text such as `\"2027-01-01T00:00:00Z\"`; a date in a header is text without an order");
      } else {
        d.help("write `" + signature(function) + "`");
      }
      good = false;
      continue;
    }
    out.push_back(v.id);
  }
  return good;
}

}  // namespace sprx
