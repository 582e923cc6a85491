// String literals read as what stands beside them: paths, hosts, addresses, times. Those that a field can never equal
// are in check_never.cc.
#include <algorithm>
#include <array>
#include <cctype>

#include "compiler/checker.h"
#include "compiler/literals.h"
#include "compiler/table/utf8.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// `10.0.*.*`, `10.0.`, `10.0.0.0/255.255.0.0`: the prefix that other languages write so; empty if it is none.
std::string prefix_meant(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const std::optional<IpAddress> mask = parse_ip(text.substr(slash + 1));
    if (!mask || text.find('.', slash) == std::string_view::npos) return {};
    for (unsigned bits = 0; bits <= 32; ++bits) {
      const std::string tried = std::string(text.substr(0, slash + 1)) + std::to_string(bits);
      const std::uint32_t wanted = bits == 0 ? 0U : 0xFFFFFFFFU << (32 - bits);
      const std::string dotted = std::to_string(wanted >> 24) + "." + std::to_string(wanted >> 16 & 255U) + "." +
                                 std::to_string(wanted >> 8 & 255U) + "." + std::to_string(wanted & 255U);
      if (parse_ip(dotted) != mask) continue;
      const CidrResult result = parse_cidr(tried);
      return result.error == CidrError::none || result.error == CidrError::host_bits_set ? to_text(result.cidr) : "";
    }
    return {};
  }
  std::string address;
  unsigned bits = 0;
  bool open = false;
  for (std::size_t at = 0, part = 0; part < 4; ++part) {
    const std::size_t end = std::min(text.find('.', at), text.size());
    const std::string_view label = at < text.size() ? text.substr(at, end - at) : "*";
    if (part == 3 && end != text.size()) return {};
    open = open || label == "*";
    if (open != (label == "*")) return {};
    address += (part == 0 ? "" : ".") + (open ? std::string("0") : std::string(label));
    bits += open ? 0U : 8U;
    at = std::min(end + 1, text.size());
  }
  return open && bits > 0 && parse_ip(address) ? address + "/" + std::to_string(bits) : std::string{};
}

}  // namespace

bool Checker::check_escapes(const ast::Expr& e) {
  bool good = true;
  for (const ast::Expr& part : e.children) {
    if (!part.is(ast::Expr::Kind::piece) || !part.escaped) continue;
    report(Kind::syntax_bad_escape, part.span, "`" + part.text + "` is an escape of templates only")
        .help("outside of templates write `" + part.text.substr(1) + "` as it is")
        .fix(part.span, part.text.substr(1), true);
    good = false;
  }
  return good;
}

bool Checker::plain(const ast::Expr& e, std::string_view what) {
  if (e.is(ast::Expr::Kind::error)) return false;
  if (!e.is(ast::Expr::Kind::string)) {
    report(Kind::bad_literal, e.span, std::string(what) + " is a string literal").help("write it in quotes");
    return false;
  }
  for (const ast::Expr& part : e.children) {
    if (part.is(ast::Expr::Kind::piece)) continue;
    if (part.is(ast::Expr::Kind::error)) return false;
    Diagnostic& d = report(Kind::no_interpolation, part.span, std::string(what) + " is taken as it is, without `${…}`");
    if (what == "a template" && part.is(ast::Expr::Kind::path) && part.text.find('.') == std::string::npos) {
      d.help("a part with a name is `{" + part.text + "}`; a `$` before `{` is written `\\$`");
    } else {
      d.help("a `$` before `{` is written `\\$`");
    }
    return false;
  }
  std::size_t size = e.text.size();
  for (const ast::Expr& part : e.children) size += part.text.size();
  if (size > limits_.string_bytes) {
    report(Kind::limit_string, e.span, "this string is longer than " + std::to_string(limits_.string_bytes) + " bytes");
    return false;
  }
  return true;
}

Value Checker::literal(const ast::Expr& e, const Want& want) {
  if (!plain(e, "text") || !check_escapes(e)) return {kNoExpr, want.type, e.span};
  if (!is_utf8(sources_.text(e.span))) return {kNoExpr, want.type, e.span};  // the parser has reported it
  switch (want.type) {
    case Type::path:
      return {path_literal(e, want), Type::path, e.span};
    case Type::host:
    case Type::domain:
      return {host_literal(e, want), Type::host, e.span};
    case Type::ip:
      return {ip_literal(e), Type::ip, e.span};
    case Type::time:
      return {time_literal(e), Type::time, e.span};
    default:
      return {text_literal(e, want), Type::string, e.span};
  }
}

ExprId Checker::path_literal(const ast::Expr& e, const Want& want) {
  const std::string text = e.plain_text();
  std::string canonical;
  switch (canonical_path_literal(text, canonical)) {
    case PathError::none:
      break;
    case PathError::bad_percent: {
      std::size_t at = text.find('%');
      while (at != std::string::npos && at + 2 < text.size() &&
             std::isxdigit(static_cast<unsigned char>(text[at + 1])) != 0 &&
             std::isxdigit(static_cast<unsigned char>(text[at + 2])) != 0)
        at = text.find('%', at + 1);
      const std::size_t begin = at == std::string::npos ? 0 : at;
      report(Kind::bad_path, e.place_in_text(begin, begin + 1),
             "a `%` in a path begins an escape of two hexadecimal digits")
          .help("the character `%` itself is written `%25`");
      return kNoExpr;
    }
    case PathError::nul:
      // A byte as it is in the file was reported as a control character.
      if (sources_.text(e.span).find('\0') != std::string_view::npos) return kNoExpr;
      report(Kind::bad_path, e.span, "no path holds a NUL byte").help("a request with `%00` is refused; remove this");
      return kNoExpr;
    case PathError::not_absolute:
      if (text.starts_with("^/")) {
        report(Kind::bad_path, e.span, "a path begins with `/`, this is a pattern")
            .help("a pattern stands after `matches`; the whole path is compared without `^` and `$`");
        return kNoExpr;
      }
      if (const std::string_view host = host_before_path(text); !host.empty()) {
        report(Kind::bad_path, e.span, "a path begins with `/`, and never with a host")
            .help("the host is compared apart: `host == \"" + std::string(host) + "\"`" +
                  (host.size() < text.size() ? ", the path is `\"" + text.substr(host.size()) + "\"`" : ""));
        return kNoExpr;
      }
      if (text.starts_with('*') && text.find_first_of("\"\\$") == std::string::npos) {
        report(Kind::bad_path, e.span, "a path begins with `/`, this is a template")
            .help("a `*` stands for any text after `like`: `path like \"" + text + "\"`");
        return kNoExpr;
      }
      report(Kind::bad_path, e.span, "a path begins with `/`")
          .help(text.find("://") != std::string::npos
                    ? "only the path stands here; the host is compared apart: `host == \"…\"`"
                    : "write `\"/" + text + "\"`");
      if (text.find("://") == std::string::npos) out_.last().fix(e.span, "\"/" + text + "\"", false);
      return kNoExpr;
  }
  if (canonical != text) {
    report(Kind::never_equal, e.span, "`path` is canonical and never equals this")
        .help("the form it can equal is `\"" + canonical + "\"`")
        .fix(e.span, "\"" + canonical + "\"", canonical.find_first_of("\"\\$") == std::string::npos);
    return kNoExpr;
  }
  lint_question(e);
  if (want.nocase) std::transform(canonical.begin(), canonical.end(), canonical.begin(), fold);
  return pool().text(canonical);
}

ExprId Checker::host_literal(const ast::Expr& e, const Want& want) {
  const std::string text = e.plain_text();
  const std::optional<std::string> canonical = canonical_host_literal(text);
  if (!canonical) {
    Diagnostic& d = report(Kind::bad_host, e.span, "`" + text + "` is no host");
    const std::size_t colon = text.rfind(':');
    if (text.find("://") != std::string::npos) {
      d.help("only the host stands here, without scheme and path");
    } else if (const std::string port = port_of(text); !port.empty()) {
      const std::string host = text.substr(0, colon);
      d.help("`host` has no port; compare `port` " +
             (host.empty() ? "instead: `port == " + port + "`"
                           : "as well: `host == \"" + host + "\" and port == " + port + "`"));
    } else if (colon != std::string::npos && text.find(':') == colon) {
      d.help("`host` has no port, and `" + text.substr(colon + 1) + "` is none: ports are 1 to 65535");
    } else if (text.starts_with("*.")) {
      d.help("names below a domain: `host like \"" + text + "\"`, or with the name itself `host under \"" +
             text.substr(2) + "\"`");
    } else if (text.starts_with('.') && canonical_host_literal(text.substr(1))) {
      d.help("a domain is written without the dot before it: `host under \"" + text.substr(1) + "\"`");
    } else {
      d.help("a host is labels of letters, digits and `-` with dots between them");
    }
    return kNoExpr;
  }
  const std::string folded = [&] {
    std::string out = text;
    if (want.nocase) std::transform(out.begin(), out.end(), out.begin(), fold);
    return out;
  }();
  if (*canonical != folded) {
    report(Kind::never_equal, e.span, "`host` is lower case, without a trailing dot, and never equals this")
        .help("the form it can equal is `\"" + *canonical + "\"`")
        .fix(e.span, "\"" + *canonical + "\"", true);
    return kNoExpr;
  }
  return pool().text(*canonical);
}

ExprId Checker::ip_literal(const ast::Expr& e) {
  const std::string text = e.plain_text();
  if (const std::optional<IpAddress> ip = parse_ip(text)) return pool().address(*ip);
  Diagnostic& d = report(Kind::bad_ip, e.span, "`" + text + "` is no IP address");
  if (text.find('/') != std::string::npos && parse_cidr(text).error != CidrError::bad_address) {
    d.help("a prefix is compared with `in`: `client.ip in \"" + text + "\"`");
  } else {
    d.help("an address is like `\"203.0.113.9\"` or `\"2001:db8::1\"`");
  }
  return kNoExpr;
}

std::optional<Cidr> Checker::cidr_text(const std::string& text, const ast::Expr& e, bool addresses_only) {
  const CidrResult result = parse_cidr(text);
  switch (result.error) {
    case CidrError::none:
      if (addresses_only && result.cidr.bits != 128) {
        report(Kind::bad_ip, e.span, "`" + text + "` is a prefix, a list of type `ip` holds addresses only")
            .help("declare the list as `: cidr`");
        return std::nullopt;
      }
      return result.cidr;
    case CidrError::host_bits_set: {
      // Which of the two is the slip, the address or the length, is not known: nothing is corrected by itself.
      const std::string masked = to_text(result.cidr);
      const std::string longer = longer_prefix(text);
      report(Kind::cidr_host_bits, e.span, "`" + text + "` has bits set after its prefix length")
          .help("the network is `\"" + masked + "\"`" +
                (longer.empty() ? "" : "; if the length is the slip, `\"" + longer + "\"`"))
          .fix(e.span, "\"" + masked + "\"", false);
      return std::nullopt;
    }
    case CidrError::bad_length:
    case CidrError::bad_address:
      break;
  }
  const bool length = result.error == CidrError::bad_length && text.find_first_of(", ") == std::string::npos;
  Diagnostic& d = report(Kind::bad_ip, e.span,
                         "`" + text + (length ? "` has a prefix length out of range" : "` is no IP address or prefix"));
  if (const std::string meant = prefix_meant(text); !meant.empty()) {
    d.help("as a prefix it is `\"" + meant + "\"`").fix(e.span, "\"" + meant + "\"", false);
  } else if (const std::string items = split_items(text); items.find(',') != std::string::npos) {
    d.help("each of them stands in quotes of its own: `" + items + "`").fix(e.span, items, false);
  } else if (length) {
    d.help("it is 0 to 32 for IPv4, 0 to 128 for IPv6");
  } else if (text.find('-') != std::string::npos && parse_ip(text.substr(0, text.find('-')))) {
    d.help("ranges of addresses are written as prefixes, such as `\"203.0.113.0/24\"`");
  } else {
    d.help("write `\"203.0.113.0/24\"` or `\"2001:db8::/32\"`");
  }
  return std::nullopt;
}

namespace {

/// "November has 30 days" for a day that its month has not; "" for other mistakes.
std::string days_of_month(const std::string& text) {
  constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                     "May",       "June",     "July",     "August",
                                                     "September", "October",  "November", "December"};
  const auto number = [&text](std::size_t at) {
    const bool digits = text.size() >= at + 2 && std::isdigit(static_cast<unsigned char>(text[at])) != 0 &&
                        std::isdigit(static_cast<unsigned char>(text[at + 1])) != 0;
    return digits ? (text[at] - '0') * 10 + (text[at + 1] - '0') : 0;
  };
  const int month = text.size() >= 10 && text[4] == '-' && text[7] == '-' ? number(5) : 0;
  const int day = month == 0 ? 0 : number(8);
  if (month < 1 || month > 12 || day < 29 || day > 31) return {};
  // Of the days that a month has, the time would have been read.
  for (int last = day - 1; last >= 28; --last) {
    std::string meant = text;
    meant.replace(8, 2, std::to_string(last));
    if (!parse_time(meant)) continue;
    return std::string(kMonths[static_cast<std::size_t>(month) - 1]) +
           (month == 2 ? " " + text.substr(0, 4) : std::string{}) + " has " + std::to_string(last) + " days";
  }
  return {};
}

}  // namespace

ExprId Checker::time_literal(const ast::Expr& e) {
  if (const std::optional<std::int64_t> time = parse_time(e.plain_text())) return pool().integer(*time, Type::time);
  const std::string text = e.plain_text();
  Diagnostic& d = report(Kind::bad_time, e.span, "`" + text + "` is no time");
  // What is missing is the time of the day, the seconds or the offset.
  std::string whole = text;
  if (whole.size() > 10 && whole[10] == ' ') whole[10] = 'T';
  for (const std::string_view rest : {"Z", ":00Z", "T00:00:00Z"}) {
    const std::string meant = "\"" + whole + std::string(rest) + "\"";
    if (!parse_time(whole + std::string(rest))) continue;
    d.help("times are RFC 3339 with an offset: `" + meant + "`").fix(e.span, meant, false);
    return kNoExpr;
  }
  if (const std::string months = days_of_month(text); !months.empty()) {
    d.help(months);
    return kNoExpr;
  }
  d.help("times are RFC 3339 with an offset: `\"2026-11-27T00:00:00Z\"`");
  return kNoExpr;
}

ExprId Checker::text_literal(const ast::Expr& e, const Want& want) {
  std::string text = e.plain_text();
  if (want.subject != kNoExpr && !can_equal(e, text, want)) return kNoExpr;
  if (want.nocase) std::transform(text.begin(), text.end(), text.begin(), fold);
  return pool().text(text);
}

}  // namespace sprx
