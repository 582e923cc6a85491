// One key of a list or table: read as what the list's type says, and stored as it compares.
#include <algorithm>
#include <charconv>

#include "compiler/checker.h"
#include "compiler/odd_rows.h"
#include "compiler/pattern_source.h"
#include "compiler/unseen.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// What a row is that no host is, as it should be written; empty where that is not known.
std::string host_meant(std::string_view text, bool domains) {
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  text = text.substr(0, text.find_first_of("/?#"));
  if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos && text.find(':') == colon)
    text = text.substr(0, colon);
  if (!domains) return canonical_host_literal(text).value_or("");
  if (text.starts_with('.')) return canonical_domain_literal("*" + std::string(text)).value_or("");
  return canonical_domain_literal(text).value_or("");
}

std::string help_for_host(std::string_view text, const std::string& meant, bool domains) {
  if (!domains && text.starts_with("*.") && canonical_domain_literal(text))
    return "names below a domain are rows of a list of type `domain`, which takes `" + std::string(text) + "`";
  if (!meant.empty() && text.starts_with('.'))
    return "below the domain only is `" + meant + "`, the name itself too `" + meant.substr(2) + "`";
  if (!meant.empty()) return std::string("only the ") + (domains ? "domain" : "host") + " stands here: `" + meant + "`";
  return "labels of letters, digits and `-` with dots between them" +
         std::string(domains ? "; `*.x.org` is only below, `=x.org` only itself" : "");
}

/// What to write instead of a row that begins with no `/`.
std::string help_for_path(std::string_view text) {
  constexpr std::size_t kLongestShown = 60;
  if (text.size() > kLongestShown) return {};
  if (text.size() > 3 && text.starts_with("\"/") && text.ends_with('"'))
    return "rows of this kind of file stand without quotes: `" + std::string(text.substr(1, text.size() - 2)) + "`";
  if (text.starts_with("http://") || text.starts_with("https://")) {
    const std::size_t path = std::min(text.find('/', text.find("//") + 2), text.size());
    return "only the path stands here: `" + (path == text.size() ? "/" : std::string(text.substr(path))) + "`";
  }
  if (text.starts_with('^') || text.ends_with('$')) {
    std::string_view inner = text.substr(text.starts_with('^') ? 1 : 0);
    if (inner.ends_with('$')) inner.remove_suffix(1);
    const bool plain = inner.starts_with('/') && inner.find_first_of("^$*+?()[]{}|\\") == std::string_view::npos;
    return plain ? "rows are compared as a whole, without `^` and `$`: `" + std::string(inner) + "`"
                 : std::string("this is a pattern, which is a row of a list of type `pattern`");
  }
  if (const std::string_view host = host_before_path(text); !host.empty())
    return "only the path stands here, the host is compared apart: `host == \"" + std::string(host) + "\"`";
  return "write `/" + std::string(text) + "`";
}

/// A row without the quotes round it and the signs behind it that other formats want.
std::string_view row_alone(std::string_view text) {
  if (const std::string_view inside = text_in_quotes(text); !inside.empty()) return inside;
  const std::size_t stop = text.find_last_not_of(",;");
  return stop == std::string_view::npos ? text : text.substr(0, stop + 1);
}

/// What is wrong with a row of a file as it stands, whatever its kind; else `otherwise`.
std::string help_for_row(std::string_view text, std::string otherwise) {
  constexpr std::size_t kLongestRow = 60;
  if (std::string unseen = help_for_unseen(text); !unseen.empty()) return unseen;
  const std::string alone(row_alone(text));
  if (text.size() > kLongestRow || alone == text) return otherwise;
  if (!text.starts_with('"') && !text.starts_with('\''))
    return "rows stand on lines of their own, with nothing between them: `" + alone + "`";
  return std::string("rows of this kind of file stand without quotes") + (text.ends_with(',') ? " and commas" : "") +
         ": `" + alone + "`";
}

}  // namespace

bool Checker::default_row(const Symbol& table, KeyKind kind, const DataCell& key, std::string_view value,
                          const ast::Expr* e) {
  const bool bare = e != nullptr && e->is(ast::Expr::Kind::path) && (key.text == "default" || key.text == "_");
  if (!bare && key.text != "default" && key.text != "*") return false;
  constexpr std::size_t kShownValue = 40;
  const bool shown = value.size() <= kShownValue && value.find_first_of("\\$") == std::string_view::npos &&
                     (e != nullptr || value.find('"') == std::string_view::npos);
  const bool as_written = e != nullptr || table.list->value_type.text != "string";
  const std::string instead = !shown ? "…" : as_written ? std::string(value) : "\"" + std::string(value) + "\"";
  const std::string help = "what stands in for a key that is not there is written where it is looked up: `" +
                           table.name + "[…] \?\? " + instead + "`";
  const bool host = kind == KeyKind::host || kind == KeyKind::domain;
  const bool numbers = kind == KeyKind::cidr || kind == KeyKind::ip || kind == KeyKind::integer;
  if (bare || numbers || (kind == KeyKind::path && key.text == "default") || (host && key.text == "*")) {
    bad_row(key.span, e, "a table has no row for all other keys", help);
    return true;
  }
  if (host) out_.add(Kind::wildcard_as_text, key.span, "`default` is a key like the others in a table").help(help);
  return false;
}

bool Checker::bad_row(Span where, const ast::Expr* e, std::string message, std::string help) {
  Diagnostic& d = report(e != nullptr ? Kind::bad_row : Kind::data_row, where, std::move(message));
  if (!help.empty()) d.help(std::move(help));
  return false;
}

bool Checker::add_text_key(Keys& keys, std::string_view text, Span where, const ast::Expr* e) {
  std::string key;
  if (keys.kind == KeyKind::path) {
    switch (canonical_path_literal(text, key)) {
      case PathError::none:
        break;
      case PathError::bad_percent:
        return bad_row(where, e, "a `%` in a path begins an escape of two hexadecimal digits",
                       "the character `%` itself is written `%25`");
      case PathError::nul:
        return bad_row(where, e, "no path holds a NUL byte", {});
      case PathError::not_absolute:
        return bad_row(where, e, "a path begins with `/`",
                       e != nullptr ? help_for_path(text) : help_for_row(text, help_for_path(text)));
    }
    if (keys.mode == MatchMode::under && key.size() > 1 && key.back() == '/') key.pop_back();
  } else if (keys.kind == KeyKind::host || keys.kind == KeyKind::domain) {
    const std::optional<std::string> host =
        keys.kind == KeyKind::host ? canonical_host_literal(text) : canonical_domain_literal(text);
    if (!host) {
      const bool domains = keys.kind == KeyKind::domain;
      const std::string meant = host_meant(text, domains);
      const std::string help = help_for_host(text, meant, domains);
      bad_row(where, e, std::string("this is no ") + (domains ? "domain" : "host"),
              e != nullptr ? help : help_for_row(text, help));
      if (e != nullptr && !meant.empty()) out_.last().fix(where, "\"" + meant + "\"", false);
      return false;
    }
    key = *host;
  } else {
    key = text;
  }
  if (keys.nocase) key = folded(key);
  // Rows of files are told apart by their own index; those of literals share ids, so that equal lists are one.
  keys.texts.push_back(e != nullptr ? pool().strings.intern(key) : pool().strings.add(key));
  return true;
}

bool Checker::add_prefix_key(Keys& keys, std::string_view text, Span where, const ast::Expr* e) {
  if (e != nullptr) {
    const std::optional<Cidr> cidr = cidr_text(std::string(text), *e, keys.kind == KeyKind::ip);
    if (cidr) keys.prefixes.push_back(*cidr);
    return cidr.has_value();
  }
  const CidrResult result = parse_cidr(text);
  if (result.error == CidrError::none && (keys.kind == KeyKind::cidr || result.cidr.bits == 128)) {
    keys.prefixes.push_back(result.cidr);
    return true;
  }
  if (result.error == CidrError::none)
    return bad_row(where, nullptr, "a list of type `ip` holds addresses only, this is a prefix",
                   "declare the list as `: cidr`");
  if (result.error == CidrError::host_bits_set) {
    const std::string masked = to_text(result.cidr);
    const std::string longer = longer_prefix(text);
    report(Kind::cidr_host_bits, where, "this prefix has bits set after its length")
        .help("the network is `" + masked + "`" +
              (longer.empty() ? "" : "; if the length is the slip, `" + longer + "`"))
        .fix(where, masked, false);
    return false;
  }
  const bool alone = parse_cidr(row_alone(text)).error == CidrError::none;
  const std::string help = alone ? help_for_row(text, {}) : help_for_unseen(text);
  return bad_row(where, nullptr,
                 result.error == CidrError::bad_length && help.empty() ? "this prefix length is out of range"
                                                                       : "this is no IP address or prefix",
                 help.empty() ? "write `203.0.113.0/24` or `2001:db8::/32`" : help);
}

bool Checker::add_pattern_key(Keys& keys, std::string_view text, bool nocase, Span where, const ast::Expr* e) {
  if ((e != nullptr && text.empty()) || patterns_full_) return false;  // it has been said
  PatternResult result = compile_pattern(text, nocase);
  for (const PatternError& error : result.errors) {
    const Span place =
        e != nullptr
            ? e->place_in_text(error.begin, std::max(error.end, error.begin + 1))
            : Span{where.file, where.begin + static_cast<std::uint32_t>(error.begin),
                   std::min(where.end, where.begin + static_cast<std::uint32_t>(std::max(error.end, error.begin + 1)))};
    Diagnostic& d = report(Kind::bad_pattern, place, error.message);
    if (!error.help.empty()) d.help(error.help);
  }
  if (!result.errors.empty()) return false;
  if (matches_every_text(result.value)) {
    out_.add(Kind::matches_all, where, "every text matches this pattern")
        .help("`matches` and `in` search, and this is found in the empty text; leave the row out");
  }
  const std::optional<PatternId> id = take_pattern(std::move(result.value), where);
  if (id) keys.patterns.push_back(*id);
  return id.has_value();
}

bool Checker::add_template_key(Keys& keys, std::string_view text, Span where, const ast::Expr* e) {
  const TemplateKind kind = keys.kind == KeyKind::path_template ? TemplateKind::path : TemplateKind::host;
  TemplateResult result = parse_template(text, kind);
  for (const TemplateError& error : result.errors) {
    const Span place = e != nullptr ? e->place_in_text(error.begin, std::max(error.end, error.begin + 1), true) : where;
    Diagnostic& d = report(Kind::bad_template, place, error.message);
    if (!error.help.empty()) d.help(error.help);
  }
  if (!result.value) return false;
  if (e != nullptr && kind == TemplateKind::path) lint_question(*e, true);
  keys.templates.push_back(pool().template_id(std::move(*result.value)));
  return true;
}

bool Checker::add_integer_key(Keys& keys, std::string_view text, Span where) {
  std::int64_t numbers[2] = {0, 0};
  const std::size_t dots = text.find("..");
  const std::string_view parts[2] = {text.substr(0, dots),
                                     dots == std::string_view::npos ? text : text.substr(dots + 2)};
  for (int i = 0; i < 2; ++i) {
    const auto [end, error] = std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), numbers[i]);
    if (error == std::errc::result_out_of_range)
      return bad_row(where, nullptr, "this is beyond what a number can be",
                     "a number is -9223372036854775808 to 9223372036854775807");
    if (error != std::errc() || end != parts[i].data() + parts[i].size())
      return bad_row(where, nullptr, "this is no number", help_for_row(text, "write `42` or `200..299`"));
  }
  if (numbers[0] > numbers[1])
    return bad_row(where, nullptr, "this range holds nothing", "write the smaller number first");
  keys.ranges.push_back({numbers[0], numbers[1]});
  return true;
}

bool Checker::add_key(Keys& keys, std::string_view text, Span where, const ast::Expr* e) {
  if (text.size() > limits_.string_bytes) {
    report(Kind::limit_string, where, "this row is longer than " + std::to_string(limits_.string_bytes) + " bytes");
    return false;
  }
  switch (keys.kind) {
    case KeyKind::string:
    case KeyKind::path:
    case KeyKind::host:
    case KeyKind::domain:
      return add_text_key(keys, text, where, e);
    case KeyKind::cidr:
    case KeyKind::ip:
      return add_prefix_key(keys, text, where, e);
    case KeyKind::integer:
      return add_integer_key(keys, text, where);
    case KeyKind::pattern:
      return add_pattern_key(keys, text, keys.nocase, where, e);
    default:
      return add_template_key(keys, text, where, e);
  }
}

bool Checker::add_key_expr(Keys& keys, const ast::Expr& e) {
  using K = ast::Expr::Kind;
  if (e.is(K::error)) return false;
  if (e.is(K::paren)) return add_key_expr(keys, e.children[0]);
  if (keys.kind == KeyKind::integer) {
    if (e.is(K::integer)) {
      keys.ranges.push_back({e.number, e.number});
      return true;
    }
    if (e.is(K::range)) {
      if (e.children[0].number > e.children[1].number)
        return bad_row(e.span, &e, "this range holds nothing", "write the smaller number first");
      keys.ranges.push_back({e.children[0].number, e.children[1].number});
      return true;
    }
    return bad_row(e.span, &e, "a list of numbers holds numbers and ranges such as `200..299`",
                   e.is(K::string) ? "write the number without quotes" : "");
  }
  if (keys.kind == KeyKind::pattern) {
    if (e.is(K::regex) && !plain_pattern(e)) return false;
    if (e.is(K::regex)) return add_pattern_key(keys, e.text, keys.nocase || e.nocase, e.span, &e);
    if (!e.is(K::string)) return bad_row(e.span, &e, "a list of patterns holds patterns", "write `r\"…\"`");
    string_for_pattern(e, "a list of patterns holds patterns, this is a plain string", false);
    return false;
  }
  if (e.is(K::regex)) {
    report(Kind::pattern_elsewhere, e.span, "a pattern in a list of text")
        .help("declare the list as `: pattern`; all items of an inline list are of one kind");
    return false;
  }
  if (bare_row(keys, e)) return false;
  if (!e.is(K::string))
    return bad_row(e.span, &e, "a list holds literals",
                   e.is(K::integer) ? "text is written in quotes" : "compare values with `==`");
  const bool is_template = keys.kind == KeyKind::path_template || keys.kind == KeyKind::host_template;
  if (!plain(e, "a row") || (!is_template && !check_escapes(e))) return false;
  return add_key(keys, e.plain_text(is_template), e.span, &e);
}

}  // namespace sprx
