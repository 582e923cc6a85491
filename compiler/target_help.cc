#include "compiler/target_help.h"

#include <algorithm>
#include <array>

#include "compiler/nginx_text.h"
#include "compiler/odd_rows.h"
#include "compiler/rule_state.h"
#include "compiler/table/canonical.h"
#include "compiler/target_walk.h"
#include "compiler/words.h"
#include "grammar/haproxy.h"

namespace sprx {

namespace {

constexpr std::string_view kSignsOfNames = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

/// The field of a variable behind `sign`, or the name itself: a capture of ours, perhaps.
std::string field_for(char sign, std::string_view name) {
  if (const std::string nginx = sign == '$' ? nginx_text(name).field : ""; !nginx.empty()) return nginx;
  const std::string other = is_field_root(name) ? std::string() : foreign_path(name).ours;
  return other.empty() || other.find(' ') != std::string::npos ? std::string(name) : other;
}

/// What to write instead of the variable in a text that makes no target.
std::string help_for_variable(std::string_view text) {
  const std::size_t dollar = text.find('$');
  const std::string_view rest = dollar == std::string_view::npos ? std::string_view{} : text.substr(dollar + 1);
  const std::string_view name = rest.substr(0, rest.find_first_not_of(kSignsOfNames));
  if (!name.empty() && name[0] >= '0' && name[0] <= '9') return std::string(kNameThePart);
  const std::string field = nginx_text(name).field;
  if (!field.empty()) return "a value is put into text with `${" + field + "}`";
  return "a value is put into text with `${…}`: `\"https://${host}${uri}\"`";
}

}  // namespace

std::string help_for_authority(std::string_view host, bool of_file) {
  const std::size_t sign = host.find_first_of("${%");
  if (sign != std::string_view::npos) {
    const std::size_t begin = host.find_first_not_of("${%", sign);
    const std::string_view rest = begin == std::string_view::npos ? std::string_view{} : host.substr(begin);
    const std::string_view name = rest.substr(0, rest.find_first_not_of(kSignsOfNames));
    const std::string ours = !of_file                            ? field_for(host[sign], name)
                             : equal_nocase(name, "request_uri") ? std::string("uri")
                                                                 : std::string(name);
    if (!of_file && !ours.empty() && ours[0] >= '0' && ours[0] <= '9') return std::string(kNameThePart);
    if (!ours.empty()) return "a value is put into text with `" + std::string(of_file ? "{" : "${") + ours + "}`";
  }
  return in_words_of(of_file, "a value is put into text with `${host}`; a host is letters, digits, `-` and `.`");
}

namespace {

constexpr std::string_view kEmptyLabel = "no host has an empty label: a `.` stands between two of them";

/// Of a `,` in a host: `example,com`, or two targets.
std::string help_for_comma(std::string_view authority) {
  if (authority.find(':') != std::string_view::npos || authority.ends_with(','))
    return "one target stands here, not several";
  std::string host(authority);
  std::replace(host.begin(), host.end(), ',', '.');
  return "in a host stands `.` and no `,`: " + quoted_target(host);
}

constexpr std::string_view kPortHelp = "a port is a number up to 65535 after the host: `https://www.example.com:8443/`";

/// Of the host of a whole URL; "" where it is one.
std::string help_for_whole_url(std::string_view text) {
  if (!text.starts_with("http://") && !text.starts_with("https://")) return {};
  const std::size_t host = text.find("://") + 3;
  const std::string_view authority = text.substr(host, text.find_first_of("/?#", host) - host);
  if (authority.starts_with('.') || authority.find("..") != std::string_view::npos) return std::string(kEmptyLabel);
  if (authority.find(',') != std::string_view::npos) return help_for_comma(authority);
  return authority.find(':') != std::string_view::npos ? std::string(kPortHelp) : std::string();
}

}  // namespace

std::string quoted_target(std::string_view text) {
  return "`" + std::string(text.substr(0, kQuotedTarget)) + (text.size() > kQuotedTarget ? "…`" : "`");
}

std::string in_words_of(bool of_file, std::string help) {
  if (!of_file) return help;
  for (const std::string_view sign : {"${", "\""}) {
    for (std::size_t at = help.find(sign); at != std::string::npos; at = help.find(sign, at)) help.erase(at, 1);
  }
  return help;
}

std::string url_help(std::string_view text, TargetStates before) {
  if (const std::string_view inside = text_in_quotes(text); !inside.empty() && before.any(TargetStates::start))
    return std::string("it stands without quotes") + (text.ends_with(',') ? " and commas" : "") + ": " +
           quoted_target(inside);
  if (const std::string_view scheme = meant_scheme(text, before); !scheme.empty()) {
    const std::string whole = std::string(scheme) + std::string(text.substr(text.find("://")));
    return "the scheme is `" + std::string(scheme) + "`" + (whole.ends_with("://") ? "" : ": " + quoted_target(whole));
  }
  if (const std::size_t open = text.find("%["), close = text.find(']', open); close != std::string_view::npos) {
    const std::string field = haproxy_field(text.substr(open + 2, close - open - 2));
    if (!field.empty()) return "a value is put into text with `${" + field + "}`";
  }
  if (const std::size_t open = text.find("%{"), close = text.find('}', open);
      close != std::string_view::npos && close > open + 2) {
    const std::string name(text.substr(open + 2, close - open - 2));
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == std::string::npos)
      return "a value is put into text with `${" + name + "}`";
  }
  if (const std::string_view path = path_in_target_fault(text, before, true); !path.empty()) return std::string(path);
  if (before.any(TargetStates::authority_begin | TargetStates::authority | TargetStates::label_begin)) {
    if (text.starts_with('.') && before.any(TargetStates::authority_begin | TargetStates::label_begin))
      return "what stands before this `.` may be empty, and no host has an empty label: leave the `[…]` away and write "
             "a rule of its own for the host without that part";
    const std::string_view host = text.substr(0, text.find_first_of(":/?#"));
    if (host.find("..") != std::string_view::npos) return std::string(kEmptyLabel);
    if (std::any_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
      return "in a URL a host with other letters than `a` to `z` is written in its ASCII form, which begins with "
             "`xn--`";
    if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos)
      return "the scheme stands before this, so write the host alone: " +
             quoted_target(text.substr(scheme + 3, text.find_first_of("/?#", scheme + 3) - scheme - 3));
    if (text.find(':') != std::string_view::npos) return std::string(kPortHelp);
    return "this stands in the host, which is letters, digits, `-` and `.`; a path begins with `/`";
  }
  if (before.any(TargetStates::port_begin)) return std::string(kPortHelp);
  if (before.any(TargetStates::kPort)) return "after a port stands `/`, `?`, `#` or nothing";
  if (const std::string help = help_for_whole_url(text); !help.empty()) return help;
  const std::size_t dot = text.find('.');
  const bool host = dot != std::string_view::npos && dot > 0 && dot + 1 < text.size() && dot < text.find('/') &&
                    text.find_first_of(": @") == std::string_view::npos && text.size() <= kQuotedTarget;
  if (host) return "to name another host write `https://" + std::string(text) + "`; a path of this one begins with `/`";
  if (text.find('$') != std::string_view::npos || text.starts_with('{')) return help_for_variable(text);
  if (text.starts_with("http:") || text.starts_with("https:"))
    return "after the scheme stand `//` and a host: `https://www.example.com/`";
  return "a target begins with `/`, `?`, `#` or a scheme and a host: `https://www.example.com/`";
}

bool comma_in_host(std::string_view text, TargetStates at) {
  const std::size_t slashes = text.find("://");
  if (!at.any(TargetStates::start) || slashes == std::string_view::npos) return false;
  const std::string_view scheme = text.substr(0, slashes);
  if (!equal_nocase(scheme, "http") && !equal_nocase(scheme, "https")) return false;
  const std::string_view rest = text.substr(slashes + 3);
  return rest.substr(0, rest.find_first_of("/?#")).find(',') != std::string_view::npos;
}

std::string_view meant_scheme(std::string_view text, TargetStates at) {
  constexpr std::size_t kLongest = 7;
  constexpr auto kKnown = std::to_array<std::string_view>({"http", "https", "shttp", "httpg"});
  const std::string_view scheme = text.substr(0, std::min(text.find("://"), text.size()));
  if (!at.any(TargetStates::start) || scheme.size() == text.size() || scheme.size() > kLongest ||
      scheme.find_first_of("/?#.+-") != std::string_view::npos)
    return {};
  const bool known =
      std::any_of(kKnown.begin(), kKnown.end(), [&](std::string_view one) { return equal_nocase(one, scheme); });
  return known ? std::string_view{} : similar(scheme, {"https", "http"});
}

std::string_view bad_authority(std::string_view text) {
  const std::size_t begin = text.find("://");
  if (begin == std::string_view::npos || text.substr(0, begin).find_first_of("/?#") != std::string_view::npos)
    return {};
  const std::string_view host = text.substr(begin + 3, text.find_first_of("/?#", begin + 3) - begin - 3);
  return host.find_first_of("${}<>()*^|\"\\` ") == std::string_view::npos ? std::string_view{} : host;
}

std::pair<std::string_view, std::string> host_of_other_letters(std::string_view text) {
  const std::size_t begin = text.find("://");
  if (begin == std::string_view::npos || text.find_first_of("/?#") < begin) return {};
  const std::string_view host = text.substr(begin + 3, text.find_first_of(":/?#", begin + 3) - begin - 3);
  if (std::all_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return {};
  return {host, canonical_host_literal(host).value_or("")};
}

std::string no_url(std::string_view text, TargetStates before) {
  const bool starts = before.any(TargetStates::start);
  return (text.empty() ? "this" : quoted_target(text)) +
         (starts ? " is no redirect target" : " makes no URL of the redirect target");
}

}  // namespace sprx
