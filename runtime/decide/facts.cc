#include "runtime/decide/facts.h"

#include <algorithm>
#include <optional>
#include <string>

#include "compiler/table/canonical.h"
#include "compiler/table/hash.h"
#include "runtime/decide/arena.h"
#include "runtime/decide/authority.h"
#include "runtime/decide/inputs.h"

namespace sprx {
namespace {

/// Longest text that is read as an address: an IPv6 address in brackets with a port.
constexpr std::size_t kMaxAddressText = 64;

std::string_view last_entry(std::string_view list) {
  if (find_byte(list, ',') == list.size()) return without_blanks(list);  // nearly always
  return without_blanks(list.substr(list.rfind(',') + 1));
}

/// An address as proxies write it: bare, `1.2.3.4:567`, `[v6]` or `[v6]:567`.
std::optional<IpAddress> read_address(std::string_view text) {
  text = without_blanks(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  if (text.empty() || text.size() > kMaxAddressText) return std::nullopt;
  const auto digits = [](std::string_view port) {
    return !port.empty() && port.size() <= 5 &&
           std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view after = text.substr(end + 1);
    if (!after.empty() && (after.front() != ':' || !digits(after.substr(1)))) return std::nullopt;
    return parse_ip(text.substr(1, end - 1));
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    return digits(text.substr(colon + 1)) ? parse_ip(text.substr(0, colon)) : std::nullopt;
  }
  return parse_ip(text);
}

/// The lines that facts are read from: the last of each name. Null: there is none.
struct Sources {
  const HeaderLine* scheme = nullptr;
  const HeaderLine* request_id = nullptr;
  const HeaderLine* client = nullptr;
};

constexpr std::string_view kForwardedFor = "x-forwarded-for";
constexpr std::string_view kForwardedProto = "x-forwarded-proto";
constexpr std::string_view kRequestId = "section-io-id";

/// A bit for a name's length; those that differ by 64 have the same.
constexpr std::uint64_t length_bit(std::string_view name) { return std::uint64_t{1} << (name.size() & 63); }

/// In one pass: what has none of these lengths is passed over without a look at its bytes. `client_header` is in lower
/// case.
Sources find_sources(std::span<const HeaderLine> headers, std::string_view client_header) {
  Sources out;
  const std::uint64_t lengths = length_bit(kForwardedProto) | length_bit(kRequestId) | length_bit(client_header);
  for (const HeaderLine& line : headers) {
    if ((lengths & length_bit(line.name)) == 0) continue;
    if (equal_lower(line.name, kForwardedProto)) out.scheme = &line;
    if (equal_lower(line.name, kRequestId)) out.request_id = &line;
    if (equal_lower(line.name, client_header)) out.client = &line;
  }
  return out;
}

std::string_view value_of(const HeaderLine* line) { return line == nullptr ? std::string_view{} : line->value; }

/// Entry number `skip` from the end of all X-Forwarded-For lines taken as one list; `headers` ends with the last one.
std::optional<std::string_view> forwarded_entry(std::span<const HeaderLine> headers, std::int64_t skip) {
  for (std::size_t i = headers.size(); i > 0; --i) {
    if (!equal_lower(headers[i - 1].name, kForwardedFor)) continue;
    std::string_view rest = headers[i - 1].value;
    for (bool more = true; more; --skip) {
      const std::size_t comma = rest.rfind(',');
      const std::string_view entry = without_blanks(rest.substr(comma + 1));
      if (skip == 0) return entry;
      more = comma != std::string_view::npos;
      rest = rest.substr(0, more ? comma : 0);
    }
  }
  return std::nullopt;
}

IpAddress client_of(const RequestHead& head, const HeaderLine* source, const IpAddress& peer, const RuleSet& rules) {
  if (source == nullptr) return peer;
  const std::int64_t hops = rules.settings[Setting::client_ip_trusted_hops];
  if (rules.client_ip_header != kNoStr || hops == 0) return read_address(last_entry(source->value)).value_or(peer);
  const auto upto = head.headers.first(static_cast<std::size_t>(source - head.headers.data()) + 1);
  const auto entry = forwarded_entry(upto, hops);
  return entry ? read_address(*entry).value_or(peer) : peer;
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

bool read_host(const RequestHead& head, Arena& arena, RequestFacts& out) {
  const std::uint16_t usual_port = out.scheme == "https" ? 443 : 80;
  if (head.authority.empty() || is_plain_host(head.authority)) {
    out.host = head.authority.empty() ? std::string_view("", 0) : head.authority;
    out.port = usual_port;
    return true;
  }
  const auto authority = split_authority(head.authority);
  if (!authority) return false;
  std::string_view host = authority->host;
  if (!is_host_name(host)) {
    if (!host.starts_with('[')) return false;
    const auto address = unusual_host(host);
    if (!address) return false;
    host = arena.copy(*address);
  } else if (std::any_of(host.begin(), host.end(), is_capital)) {
    const std::span<char> lower = arena.array<char>(host.size());
    std::transform(host.begin(), host.end(), lower.begin(), fold);
    host = {lower.data(), lower.size()};
  }
  out.host = host;
  out.port = authority->port != 0 ? authority->port : usual_port;
  return true;
}

bool read_path(const RequestHead& head, Arena& arena, RequestFacts& out) {
  const TargetPath begin = path_of_target(head.target);
  out.raw_path = head.target.substr(0, begin.size);
  out.raw_query = head.target.substr(std::min(begin.size + 1, head.target.size()));
  if (begin.plain || is_canonical_path(out.raw_path)) {
    out.path = out.raw_path;
    return true;
  }
  std::string canonical;
  if (canonical_path(out.raw_path, canonical) != PathError::none) return false;
  out.path = arena.copy(canonical);
  return true;
}

}  // namespace

FactsError read_facts(const RequestHead& head, const IpAddress& peer, std::int64_t now_us, std::string_view fresh_id,
                      const RuleSet& rules, Arena& arena, RequestFacts& out) {
  out.head = head;
  out.host = out.path = {};
  out.port = 0;
  out.now_us = now_us;
  const bool own_header = rules.client_ip_header != kNoStr;
  const Sources sources =
      find_sources(head.headers, own_header ? rules.pool.strings.view(rules.client_ip_header) : kForwardedFor);
  const std::string_view scheme = value_of(sources.scheme);
  out.scheme = equal_lower(scheme, "https") || equal_lower(last_entry(scheme), "https") ? "https" : "http";
  out.client = client_of(head, sources.client, peer, rules);
  const std::string_view id = value_of(sources.request_id);
  out.request_id = id.empty() ? fresh_id : id;
  const bool host_is_good = read_host(head, arena, out);
  if (!read_path(head, arena, out)) return FactsError::bad_path;
  return host_is_good ? FactsError::none : FactsError::bad_host;
}

}  // namespace sprx
