// Literals that what they are compared with can never be: a capital in a media type, a lower-case method, a port past
// 65535. Such a condition is a mistake that no request would ever show; the message offers the form that can match.
#include <algorithm>
#include <array>
#include <limits>

#include "compiler/checker.h"
#include "compiler/table/error_words.h"
#include "compiler/words.h"

namespace sprx {
namespace {

std::string raised(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

bool is_known_method(std::string_view text) {
  constexpr std::array kMethods{"GET",     "HEAD",    "POST",  "PUT",   "DELETE",
                                "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND"};
  return std::find(kMethods.begin(), kMethods.end(), text) != kMethods.end();
}

/// Fields that hold no capitals.
bool is_lower_case(Field field) {
  return field == Field::host || field == Field::scheme || field == Field::path_extension ||
         field == Field::response_media_type || field == Field::response_source;
}

struct Bounds {
  std::int64_t least = 0;
  std::int64_t most = 0;
};
std::optional<Bounds> bounds_of(Field field) {
  if (field == Field::port) return Bounds{0, 65'535};
  if (field == Field::response_status) return Bounds{200, 999};
  if (field == Field::geo_asn) return Bounds{0, 4'294'967'295};
  return std::nullopt;
}

}  // namespace

bool Checker::never(const ast::Expr& e, const std::string& why, const std::string& form) {
  Diagnostic& d = report(Kind::never_equal, e.span, why);
  if (form.empty()) d.help("compare with a value that it can have, or take the comparison out");
  // Other case is the same value as it is spelt there; anything more may be another value than was meant.
  const bool same = e.is_plain_string() && equal_nocase(form, e.plain_text());
  if (!form.empty() && e.is(ast::Expr::Kind::regex)) {
    d.help("the form it can equal is `\"" + form + "\"`, written `== \"" + form + "\"`");
    return false;
  }
  if (!form.empty()) d.help("the form it can equal is `\"" + form + "\"`").fix(e.span, "\"" + form + "\"", same);
  return false;
}

bool Checker::can_equal(const ast::Expr& e, const std::string& text, const Want& want) {
  const Expr subject = pool()[want.subject];
  if (subject.op == Op::field) return field_can_equal(e, static_cast<Field>(subject.a), text, want.nocase);
  return subject.op != Op::call || call_can_equal(e, subject, text, want.nocase);
}

bool Checker::field_can_equal(const ast::Expr& e, Field field, const std::string& text, bool nocase) {
  const std::string lower = folded(text);
  const std::string upper = raised(text);
  switch (field) {
    case Field::method:
      if (!is_token(text)) return never(e, "`method` is one word, never this");
      if (nocase || text == upper || !is_known_method(upper)) return true;
      return never(e, "methods are compared exactly, and `" + upper + "` is in capitals", upper);
    case Field::scheme:
      if (lower != "http" && lower != "https") return never(e, "`scheme` is `http` or `https`, never this");
      return nocase || lower == text || never(e, "`scheme` is lower case and never equals this", lower);
    case Field::uri:
    case Field::raw_path: {
      if (text.starts_with('/') || text == "*") return true;
      const std::string name(info(field).name);
      return never(e, "`" + name + "` begins with `/` and never equals this",
                   text.find("://") == std::string::npos ? "/" + text : std::string());
    }
    case Field::header_names:
      return is_token(text) || never(e, "`" + text + "` is no name of a header, `header.names` never holds it");
    case Field::geo_country:
      if (!is_country(upper)) {
        return never(e, "`" + text + "` is no ISO 3166 country code, `geo.country` never equals it",
                     upper == "UK" ? "GB" : "");
      }
      return nocase || upper == text || never(e, "`geo.country` is upper case and never equals this", upper);
    case Field::response_source:
      if (lower != "upstream" && lower != "rule" && lower != "proxy") {
        return never(e, "`response.source` is `upstream`, `rule` or `proxy`, never this");
      }
      return nocase || lower == text || never(e, "`response.source` is lower case and never equals this", lower);
    case Field::response_error:
      return error_can_equal(e, text, nocase);
    case Field::response_media_type: {
      if (text.find(';') != std::string::npos) {
        return never(e, "`response.media_type` has no parameters and never equals this",
                     lower.substr(0, lower.find(';')));
      }
      const std::size_t slash = std::min(text.find('/'), text.size());
      if (text.ends_with("/*") && is_token(text.substr(0, slash))) {
        report(Kind::never_equal, e.span, "`response.media_type` is a whole type, this `*` stands for itself")
            .help("write `response.media_type starts_with \"" + lower.substr(0, slash + 1) + "\"`");
        return false;
      }
      if (slash == text.size() || !is_token(text.substr(0, slash)) || !is_token(text.substr(slash + 1))) {
        return never(e, "`response.media_type` is like `text/html`, never this");
      }
      return nocase || lower == text || never(e, "`response.media_type` is lower case and never equals this", lower);
    }
    case Field::path_extension:
      if (text.find_first_of("./") != std::string::npos) {
        const std::string last = lower.substr(lower.find_last_of("./") + 1);
        return never(e, "`path.extension` is what follows the last dot and never equals this", last);
      }
      return nocase || lower == text || never(e, "`path.extension` is lower case and never equals this", lower);
    case Field::path_file:
      return text.find('/') == std::string::npos ||
             never(e, "`path.file` is the last segment and never holds a `/`", text.substr(text.rfind('/') + 1));
    case Field::http_version:
      if (upper != "HTTP/1.1" && upper != "HTTP/1.0") {
        return never(e, "`http_version` is `HTTP/1.1` or `HTTP/1.0`, never this");
      }
      return nocase || upper == text || never(e, "`http_version` is in capitals and never equals this", upper);
    default:
      return true;
  }
}

bool Checker::error_can_equal(const ast::Expr& e, const std::string& text, bool nocase) {
  const std::string lower = folded(text);
  const bool known = error_word(lower) != nullptr;
  if (known && (nocase || lower == text)) return true;
  if (known) return never(e, "`response.error` is lower case and never equals this", lower);
  std::vector<std::string_view> words;
  std::string all;
  for (const ErrorWord& one : kErrorWords) {
    if (one.seen == ErrorSeen::never) continue;
    words.push_back(one.word);
    all += (all.empty() ? "" : " ") + std::string(one.word);
  }
  Diagnostic& d = report(Kind::never_equal, e.span, "`response.error` is never this");
  if (const std::string near(similar(lower, words)); !near.empty())
    d.help("a similar word exists: `\"" + near + "\"`").fix(e.span, "\"" + near + "\"", false);
  d.help("it is absent or one of `" + all + "`");
  return false;
}

bool Checker::call_can_equal(const ast::Expr& e, const Expr& call, const std::string& text, bool nocase) {
  const auto function = static_cast<Function>(call.a);
  const std::string name = "`" + std::string(info(function).name) + "`";
  switch (function) {
    case Function::lower:
      return nocase || folded(text) == text || never(e, name + " gives lower case, never this", folded(text));
    case Function::upper:
      return nocase || raised(text) == text || never(e, name + " gives upper case, never this", raised(text));
    case Function::trim: {
      const std::string_view trimmed = without_blanks(text);
      return trimmed == text || never(e, name + " leaves no blanks at the ends", std::string(trimmed));
    }
    case Function::sha256:
    case Function::hmac_sha256: {
      const std::string lower = folded(text);
      if (lower.size() != 64 || lower.find_first_not_of("0123456789abcdef") != std::string::npos) {
        return never(e, name + " gives 64 hexadecimal digits, never this");
      }
      return nocase || lower == text || never(e, name + " gives lower case, never this", lower);
    }
    case Function::accepts_type:
    case Function::accepts_language:
    case Function::accepts_encoding: {
      const std::span<const ExprId> offers = pool().list(call);
      const bool offered = std::any_of(offers.begin(), offers.end(), [&](ExprId offer) {
        const std::string_view known = pool().strings.view(StrId{pool()[offer].a});
        return nocase ? equal_nocase(known, text) : known == text;
      });
      return offered || never(e, name + " gives one of its offers, never this");
    }
    default:
      return true;
  }
}

bool Checker::number_can_equal(const ast::Expr& e, const Value& left, std::int64_t first, std::int64_t last) {
  const Expr& subject = pool()[left.id];
  constexpr std::int64_t kUnreadable = std::numeric_limits<std::int64_t>::max();  // the parser has reported it
  if (subject.op != Op::field || first == kUnreadable) return true;
  const auto field = static_cast<Field>(subject.a);
  const std::optional<Bounds> bounds = bounds_of(field);
  if (!bounds || (last >= bounds->least && first <= bounds->most)) return true;
  report(Kind::never_equal, e.span,
         "`" + std::string(info(field).name) + "` is " + std::to_string(bounds->least) + " to " +
             std::to_string(bounds->most) + ", never this")
      .help("compare with a number in that range, or take the comparison out");
  return false;
}

bool Checker::fragment_can_match(const ast::Expr& e, const Value& left, bool nocase) {
  const Expr& subject = pool()[left.id];
  if (nocase || subject.op != Op::field || !e.is_plain_string()) return true;
  const auto field = static_cast<Field>(subject.a);
  const std::string text = e.plain_text();
  const std::string other = field == Field::geo_country ? raised(text) : folded(text);
  if ((!is_lower_case(field) && field != Field::geo_country) || other == text) return true;
  report(Kind::never_equal, e.span,
         "`" + std::string(info(field).name) + "` is " + (field == Field::geo_country ? "upper" : "lower") +
             " case and never holds this")
      .help("the form it can hold is `\"" + other + "\"`")
      .fix(e.span, "\"" + other + "\"", true);
  return false;
}

}  // namespace sprx
