// Literal arguments of functions: ranges, groups of a replacement, elements of comma lists, offers of a negotiation.
// What a function can do nothing with is the author's mistake, at its own place.
#include <algorithm>

#include "compiler/checker.h"
#include "compiler/table/header_list.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// Most buckets: a share of one in a thousand million is finer than anybody counts.
constexpr std::int64_t kMostBuckets = 1'000'000'000;

/// `type/subtype` with parameters, as a server offers it: no wildcard, no weight.
bool is_type_offer(std::string_view text) {
  const std::string_view type = next_quoted_part(text, ';');
  const std::size_t slash = std::min(type.find('/'), type.size());
  if (slash == type.size() || !is_token(type.substr(0, slash)) || !is_token(type.substr(slash + 1))) return false;
  if (type.find('*') != std::string_view::npos) return false;
  while (!text.empty()) {
    const std::string_view parameter = next_quoted_part(text, ';');
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    if (equals == parameter.size() || !is_token(parameter.substr(0, equals)) || equals + 1 == parameter.size())
      return false;
    if (equals == 1 && fold(parameter[0]) == 'q') return false;
  }
  return true;
}

std::string_view form_of_offers(Function function) {
  if (function == Function::accepts_type) return "media types such as `\"text/html\"`";
  return function == Function::accepts_language ? "language tags such as `\"en-GB\"`"
                                                : "content codings such as `\"gzip\"`";
}

bool is_offer(Function function, std::string_view text) {
  if (function == Function::accepts_type) return is_type_offer(text);
  if (function == Function::accepts_language) return is_language_tag(text);
  return is_token(text) && text.find('*') == std::string_view::npos;
}

std::string counted(int groups) {
  return groups == 0 ? "no group" : groups == 1 ? "one group" : std::to_string(groups) + " groups";
}

}  // namespace

bool Checker::check_arguments(const ast::Expr& e, Function function, const Env& env, std::vector<ExprId>& ids) {
  const std::vector<ast::Expr>& given = e.children;
  const auto empty_text = [&](std::size_t i) {
    const Expr& argument = pool()[ids[i]];
    return argument.op == Op::text && pool().strings.view(StrId{argument.a}).empty();
  };
  switch (function) {
    case Function::regex_replace: {
      const Pattern pattern = pool().at(PatternId{pool()[ids[1]].a});
      if (!check_replacement(given[2], pattern)) return false;
      ids[2] = guarded_replacement(ids[2]);
      return true;
    }
    case Function::replace:
    case Function::split:
      if (!empty_text(1)) return true;
      report(Kind::bad_argument, given[1].span,
             "the " +
                 std::string(function == Function::split ? "separator of `split`" : "text that `replace` looks for") +
                 " is empty")
          .help(function == Function::split ? "write the text between the parts: `split(path, \"/\", 1)`"
                                            : "write the text that is to be replaced");
      return false;
    case Function::subnet: {
      const bool v4 = literal_number(given[1], e, ids[1], 0, 32, "the prefix length of IPv4");
      return literal_number(given[2], e, ids[2], 0, 128, "the prefix length of IPv6") && v4;
    }
    case Function::bucket:
      return bucket_of_request(e) && literal_number(given[2], e, ids[2], 1, kMostBuckets, "the number of buckets");
    case Function::list_add: {
      int budget = 1'000;
      if (pool()[ids[0]].type != Type::string_list && !prover_.is_present(ids[0], env.facts, budget)) {
        out_.add(Kind::add_to_absent, given[0].span, "where this is absent, so is the list with the element added")
            .help("begin with an empty list: `" + std::string(sources_.text(given[0].span)) + " \?\? \"\"`");
      }
      return check_element(given[1], e, ids[1]);
    }
    case Function::list_remove:
      return check_element(given[1], e, ids[1]);
    case Function::accepts_type:
    case Function::accepts_language:
    case Function::accepts_encoding:
      return check_offers(e, function, ids);
    default:
      return true;
  }
}

bool Checker::literal_text(const ast::Expr& e, const ast::Expr& call, ExprId id, std::string* out) {
  if (pool()[id].op != Op::text) {
    report(Kind::bad_argument, e.span, "this argument of `" + call.text + "` is a text in quotes, without `${…}`")
        .help("write it out here, such as `\"en\"`; what depends on the request is chosen with `choose`");
    return false;
  }
  *out = pool().strings.view(StrId{pool()[id].a});
  return true;
}

bool Checker::literal_number(const ast::Expr& e, const ast::Expr& call, ExprId id, std::int64_t least,
                             std::int64_t most, std::string_view what) {
  const Expr& known = pool()[id];
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  if (known.op != Op::integer) {
    report(Kind::bad_argument, e.span,
           std::string(what) + " is written out in `" + call.text + "`: a number from " + range)
        .help("write the number itself here");
    return false;
  }
  const std::int64_t number = pool().integers[known.a];
  if (number >= least && number <= most) return true;
  report(Kind::bad_argument, e.span, std::string(what) + " is " + range + ", not " + std::to_string(number))
      .help("write a number in that range");
  return false;
}

bool Checker::check_replacement(const ast::Expr& e, const Pattern& pattern) {
  if (e.is(ast::Expr::Kind::paren)) return check_replacement(e.children[0], pattern);
  if (!e.is(ast::Expr::Kind::string)) return true;
  // Runs of pieces between values, with the place of each byte: an escape such as `\\` is one byte of two.
  std::string text;
  std::vector<Span> places;
  bool good = true;
  const auto add = [&](const std::string& piece, Span span, bool exact) {
    for (std::uint32_t i = 0; i < piece.size(); ++i) {
      places.push_back(exact ? Span{span.file, span.begin + i, span.begin + i + 1} : span);
    }
    text += piece;
  };
  const std::uint32_t quote = e.raw ? 3 : 1;
  if (e.children.empty()) add(e.text, {e.span.file, e.span.begin + quote, e.span.end - quote}, true);
  for (const ast::Expr& part : e.children) {
    if (part.is(ast::Expr::Kind::piece)) {
      add(part.text, part.span, part.span.end - part.span.begin == part.text.size());
      continue;
    }
    good = check_group(e, text, places, pattern) && good;
    text.clear();
    places.clear();
  }
  return check_group(e, text, places, pattern) && good;
}

bool Checker::check_group(const ast::Expr& e, const std::string& text, const std::vector<Span>& places,
                          const Pattern& pattern) {
  const int groups = group_count(pattern);
  const std::string slash = e.raw ? "\\" : "\\\\";
  bool good = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    const bool digit = next >= '0' && next <= '9';
    if (text[i] == '$' && digit) {
      out_.add(Kind::foreign_group, {places[i].file, places[i].begin, places[i + 1].end},
               "this is a dollar sign and a digit, not a group")
          .help("a group is written `" + slash + next + "`");
    }
    if (text[i] != '\\') continue;
    const Span where{places[i].file, places[i].begin, next == '\0' ? places[i].end : places[i + 1].end};
    if (!digit && next != '\\') {
      report(Kind::bad_argument, where,
             "a backslash in a replacement stands before the number of a group or another backslash")
          .help("groups are `" + slash + "1` to `" + slash + "9`, `" + slash + "0` is the match, `" + slash + slash +
                "` a backslash");
      good = false;
    } else if (digit && next - '0' > groups) {
      report(Kind::bad_argument, where,
             "the pattern has " + counted(groups) + ", there is no group " + std::string(1, next))
          .help("`" + slash + "0` is the whole match; a group is what stands in `(…)`");
      good = false;
    }
    ++i;
  }
  return good;
}

/// In values that are put into a replacement a backslash is text: a client names no groups.
ExprId Checker::guarded_replacement(ExprId id) {
  const Expr e = pool()[id];
  if (e.op == Op::text || e.op == Op::integer || e.op == Op::address) return id;
  if (e.op == Op::concat) {
    const std::span<const ExprId> old = pool().list(e);
    std::vector<ExprId> parts(old.begin(), old.end());
    for (ExprId& part : parts) part = guarded_replacement(part);
    return concat(std::move(parts));
  }
  const ExprId arguments[] = {id, pool().text("\\"), pool().text("\\\\")};
  const Expr call{
      .op = Op::call, .type = Type::string, .origin = e.origin, .a = static_cast<std::uint32_t>(Function::replace)};
  return pool().add_list(call, arguments);
}

bool Checker::check_element(const ast::Expr& e, const ast::Expr& call, ExprId id) {
  if (pool()[id].op != Op::text) return true;
  const std::string_view text = pool().strings.view(StrId{pool()[id].a});
  std::string_view rest = text;
  if (!text.empty() && next_quoted_part(rest, ',') == text && rest.empty()) return true;
  report(Kind::bad_argument, e.span, "`" + std::string(text) + "` is not one element of a comma list")
      .help(without_blanks(text).empty() ? "write the element in quotes: `\"Accept-Encoding\"`"
                                         : "write one `" + call.text + "` for each element, without blanks around it");
  return false;
}

bool Checker::check_offers(const ast::Expr& e, Function function, std::span<const ExprId> ids) {
  bool good = true;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    std::string text;
    if (!literal_text(e.children[i], e, ids[i], &text)) {
      good = false;
    } else if (!is_offer(function, text)) {
      report(Kind::bad_argument, e.children[i].span,
             "`" + text + "` cannot be offered: `" + e.text + "` chooses from " + std::string(form_of_offers(function)))
          .help("offer what the answer will really be, without parameters and wildcards");
      good = false;
    } else if (const auto first = std::find(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(i), ids[i]);
               first != ids.begin() + static_cast<std::ptrdiff_t>(i)) {
      report(Kind::bad_argument, e.children[i].span, "`" + text + "` is offered already")
          .label(e.children[static_cast<std::size_t>(first - ids.begin())].span, "offered here first")
          .help("the first of two that are liked equally is chosen; leave the second out");
      good = false;
    }
  }
  return good;
}

}  // namespace sprx
