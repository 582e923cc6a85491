// Beginnings and ends of hosts, paths and URLs without a boundary: `/admin`, which `/administrator` begins with, and
// `example.com`, which `evilexample.com` ends with.
#include "compiler/check_domains.h"

#include <algorithm>
#include <cctype>

#include "compiler/table/canonical.h"

namespace sprx {
namespace {

/// Longer pieces are not shown in a help line.
constexpr std::size_t kShownDomain = 80;

bool is_sign_of_host(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.'; }

/// `example.com`: of two labels or more, and no address.
bool is_domain(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos || dot + 2 >= text.size() || text.size() > kShownDomain) return false;
  const bool ends = std::isalnum(static_cast<unsigned char>(text.front())) != 0 &&
                    std::isalpha(static_cast<unsigned char>(text.back())) != 0;
  return ends && text.find("..") == std::string_view::npos && std::all_of(text.begin(), text.end(), is_sign_of_host);
}

std::string small_letters(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), fold);
  return out;
}

std::string compared_with(const std::string& subject, std::string_view op, const std::string& text) {
  return subject + " " + std::string(op) + " \"" + text + "\"";
}

/// "origin" or "referer", if the value is that header.
std::string_view url_header(const CheckView& view, const Value& left) {
  const Expr* e = &view.source_of(left.id);
  if (e->op == Op::fallback) e = &view.source_of(view.pool().list(*e)[0]);
  if (e->op != Op::field || static_cast<Field>(e->a) != Field::header) return {};
  const std::string_view name = view.text(StrId{e->b});
  return name == "origin" || name == "referer" ? name : std::string_view{};
}

}  // namespace

std::optional<Unbounded> without_boundary(const CheckView& view, const ast::Expr& subject, const Value& left,
                                          const std::string& text, MatchMode mode, bool negated) {
  const std::string shown(view.sources.text(subject.span));
  const std::string_view header = url_header(view, left);
  const std::string under = negated ? "not under" : "under";
  if (shown.size() > kShownDomain) return std::nullopt;
  if (mode == MatchMode::ends_with) {
    const bool host = left.type == Type::host;
    if (!is_domain(text) || (!host && header != "origin")) return std::nullopt;
    const std::string form = compared_with(host ? shown : "url_host(" + shown + ")", under, small_letters(text));
    return Unbounded{"evil" + text, "a domain and the names below it are `" + form + "`", form};
  }
  const std::size_t scheme = text.find("://");
  if (mode != MatchMode::starts_with || header.empty() || scheme == std::string::npos) return std::nullopt;
  const std::string host = small_letters(std::string_view(text).substr(scheme + 3));
  // `https://www.google` is meant to go on.
  const bool begun = host.starts_with("www.") && host.find('.') == host.rfind('.');
  if (!is_domain(host) || begun) return std::nullopt;
  const std::string taken = text + ".evil.example";
  if (header == "origin") {
    const std::string form = compared_with(shown, negated ? "!=" : "==", small_letters(text));
    return Unbounded{taken,
                     "an origin is compared whole: `" + form + "`; a domain and the names below it are `url_host(" +
                         shown + ") " + under + " \"" + host + "\"`",
                     form};
  }
  const std::string form = compared_with(shown, negated ? "not starts_with" : "starts_with", small_letters(text) + "/");
  return Unbounded{taken, "end the host with a `/`: `" + form + "`", form};
}

void lint_boundary(const CheckView& view, const ast::Expr& e, const ast::Expr& right, const Value& left,
                   MatchMode mode) {
  if (!right.is_plain_string()) return;
  const std::string text = right.plain_text();
  if (left.type == Type::path && mode == MatchMode::starts_with) {
    if (text.size() <= 1 || text.front() != '/' || std::isalnum(static_cast<unsigned char>(text.back())) == 0) return;
    view.out.add(Kind::prefix_boundary, right.span, "this prefix also takes longer names, `" + text + "x` for example")
        .help("whole segments are `path under \"" + text + "\"`; where longer names are meant: `path like \"" + text +
              "*\"`");
    return;
  }
  // No host ends with a capital, and that is said.
  if (left.type == Type::host && !e.nocase && small_letters(text) != text) return;
  const std::optional<Unbounded> found = without_boundary(view, e.children[0], left, text, mode, e.negated);
  if (!found) return;
  const bool ends = mode == MatchMode::ends_with;
  Diagnostic& d = view.out.add(
      Kind::prefix_boundary, right.span,
      std::string(ends ? "this ending also takes other domains, `" : "this beginning also takes other hosts, `") +
          found->taken + "` for example");
  d.help(found->help);
  if (!ast::without_parens(e.children[1]).is(ast::Expr::Kind::list)) d.fix(e.span, found->form, false);
}

}  // namespace sprx
