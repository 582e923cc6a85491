#include "compiler/check_joined.h"

#include <algorithm>

#include "compiler/words.h"

namespace sprx {
namespace {

using Kinds = ast::Expr::Kind;
constexpr std::size_t kLongestMeant = 90;

bool is_bare_value(const ast::Expr& e) { return e.is(Kinds::string) || e.is(Kinds::integer) || e.is(Kinds::regex); }

/// `path not nocase` of a comparison, with its sign or word where that is not left out.
std::string left_of(const SourceSet& sources, const ast::Expr& e, bool negated, std::string_view word) {
  return std::string(sources.text(e.children[0].span)) + (negated ? " not" : "") + (e.nocase ? " nocase " : " ") +
         std::string(word);
}

/// The same comparison with `value`; "" where nothing is known of its operator.
std::string repeated_with(const SourceSet& sources, const ast::Expr& e, const ast::Expr& value) {
  const bool text = value.is(Kinds::string);
  if (value.is(Kinds::regex) != (e.text == "matches")) return {};
  if (!text && !value.is(Kinds::regex) && e.text != "==" && e.text != "!=" && e.text != "in") return {};
  if (e.text.empty() || e.text[0] == '<' || e.text[0] == '>') return {};
  const std::string word = e.text == "in" ? (e.negated ? "!=" : "==") : e.text;
  return left_of(sources, e, e.negated && e.text != "in", word) + " " + std::string(sources.text(value.span));
}

/// `path under ["/a", "/b"]` of the values beside the first comparison; "" where no list says it.
std::string one_list(const SourceSet& sources, const ast::Expr& joined) {
  const ast::Expr& first = ast::without_parens(joined.children[0]);
  const bool negative = first.negated || first.text == "!=";
  // `not … or` is meant as `not … and`.
  if (joined.is(Kinds::and_) && !negative) return {};
  const bool equal = first.text == "==" || first.text == "!=" || first.text == "in";
  const bool listed = equal || first.text == "under" || first.text == "contains" || first.text == "starts_with" ||
                      first.text == "ends_with";
  if (!listed || (equal && first.text != "in" && first.negated)) return {};
  const ast::Expr& right = first.children[1];
  const bool list = right.is(Kinds::list) && !right.children.empty();
  std::string items(sources.text(list ? right.children[0].span : right.span));
  const Kinds kind = list ? right.children[0].kind : right.kind;
  const auto add = [&](const ast::Expr& value) {
    if (value.kind != kind || items.size() > kLongestMeant) return false;
    items += ", " + std::string(sources.text(value.span));
    return true;
  };
  if (list && !std::all_of(right.children.begin() + 1, right.children.end(), add)) return {};
  if (!std::all_of(joined.children.begin() + 1, joined.children.end(), add)) return {};
  return left_of(sources, first, negative, equal ? "in" : first.text) + " [" + items + "]";
}

/// Each comparison whole: `path like "/a/*" or path like "/b/*"`.
std::string each_whole(const SourceSet& sources, const ast::Expr& joined) {
  const ast::Expr& first = ast::without_parens(joined.children[0]);
  const bool negative = first.negated || first.text == "!=";
  if (joined.is(Kinds::and_) && !negative && first.text == "==") return {};
  std::string out(sources.text(first.span));
  for (std::size_t i = 1; i < joined.children.size(); ++i) {
    const std::string next = repeated_with(sources, first, joined.children[i]);
    if (next.empty() || out.size() > kLongestMeant) return {};
    out += (negative || joined.is(Kinds::and_) ? " and " : " or ") + next;
  }
  return out;
}

/// The value of an operand that is one, or that is the first part of an `and`.
const ast::Expr* value_of_operand(const ast::Expr& operand) {
  if (is_bare_value(operand)) return &operand;
  return operand.is(Kinds::and_) && is_bare_value(operand.children[0]) ? &operand.children[0] : nullptr;
}

}  // namespace

std::optional<JoinedValue> joined_value(const SourceSet& sources, const ast::Expr& joined) {
  const ast::Expr& first = ast::without_parens(joined.children[0]);
  if (!first.is(Kinds::comparison) || first.children.size() != 2) return std::nullopt;
  const bool binds = first.text == "like" || first.text == "matches";
  const auto begin = joined.children.begin() + 1;
  if (std::all_of(begin, joined.children.end(), is_bare_value)) {
    std::string text = one_list(sources, joined);
    const bool list = !text.empty();
    if (!list) text = each_whole(sources, joined);
    if (!text.empty() && text.size() <= kLongestMeant) {
      return JoinedValue{
          begin->span,
          joined.span,
          (list ? "several values stand in a list: `" : "each side is a comparison of its own: `") + text + "`",
          text,
          1,
          true,
          binds};
    }
  }
  if (!joined.is(Kinds::or_)) return std::nullopt;
  for (std::size_t i = 1; i < joined.children.size(); ++i) {
    const ast::Expr* const value = value_of_operand(joined.children[i]);
    const ast::Expr& before = ast::without_parens(joined.children[i - 1]);
    if (value == nullptr || !before.is(Kinds::comparison) || before.negated || before.text == "!=") continue;
    const std::string text = repeated_with(sources, before, *value);
    if (text.empty() || text.size() > kLongestMeant) continue;
    return JoinedValue{value->span, value->span, "each side of `or` is a comparison of its own: `" + text + "`",
                       text,        i,           false,
                       binds};
  }
  return std::nullopt;
}

std::string default_meant(const SourceSet& sources, const ast::Expr& joined) {
  const ast::Expr& last = ast::without_parens(joined.children.back());
  if (!joined.is(Kinds::or_) || (!last.is(Kinds::string) && !last.is(Kinds::integer))) return {};
  std::string out;
  for (std::size_t i = 0; i < joined.children.size(); ++i) {
    const ast::Expr& value = joined.children[i];
    const bool known = value.is(Kinds::path) || value.is(Kinds::index) || value.is(Kinds::call);
    if (!known && i + 1 < joined.children.size()) return {};
    out += (i == 0 ? "" : " \?\? ") + std::string(sources.text(value.span));
  }
  return out.size() <= kLongestMeant ? out : std::string{};
}

std::string without_case(const SourceSet& sources, const ast::Expr& comparison) {
  const ast::Expr& call = ast::without_parens(comparison.children[0]);
  if (!call.is(Kinds::call) || (call.text != "lower" && call.text != "upper") || call.children.size() != 1) return {};
  const ast::Expr& value = call.children[0];
  if (!value.is(Kinds::path) || (value.text != "path" && value.text != "host")) return {};
  const std::string out = value.text + (comparison.negated ? " not" : "") + (value.text == "path" ? " nocase " : " ") +
                          comparison.text + " " + std::string(sources.text(comparison.children[1].span));
  return out.size() <= kLongestMeant ? out : std::string{};
}

std::string joined_target(const SourceSet& sources, const std::vector<ast::Expr>& arguments) {
  std::string out = "\"";
  std::size_t strings = 0;
  std::size_t fields = 0;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const ast::Expr& part = arguments[i];
    const std::string_view text = sources.text(part.span);
    const bool field =
        part.is(Kinds::index) || part.is(Kinds::call) ||
        (part.is(Kinds::path) && is_field_root(std::string_view(part.text).substr(0, part.text.find('.'))));
    if (out.size() > kLongestMeant || (!field && (!part.is(Kinds::string) || part.raw))) return {};
    if (i == 1 && text == "host") out += "https://";
    out += field ? "${" + std::string(text) + "}" : std::string(text.substr(1, text.size() - 2));
    (field ? fields : strings) += 1;
  }
  return strings > 0 && fields > 0 && out.size() <= kLongestMeant ? out + "\"" : std::string{};
}

std::string like_meant(const SourceSet& sources, const ast::Expr& comparison) {
  const ast::Expr& left = ast::without_parens(comparison.children[0]);
  const ast::Expr& right = ast::without_parens(comparison.children[1]);
  const std::string_view text = sources.text(right.span);
  if (!left.is(Kinds::path) || left.text != "uri") return without_case(sources, comparison);
  if (!right.is_plain_string() || !text.starts_with("\"/") || text.find('?') != std::string_view::npos) return {};
  const std::string out = "path" + std::string(comparison.negated ? " not" : "") +
                          (comparison.nocase ? " nocase" : "") + " like " + std::string(text);
  return out.size() <= kLongestMeant ? out : std::string{};
}

}  // namespace sprx
