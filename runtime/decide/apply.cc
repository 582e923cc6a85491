#include "runtime/decide/apply.h"

#include <algorithm>
#include <string>

#include "compiler/table/canonical.h"
#include "runtime/decide/arena.h"
#include "runtime/decide/edit_lists.h"
#include "runtime/decide/status.h"

namespace sprx {
namespace {

void set_header(std::vector<HeaderLine>& headers, std::string_view name, std::string_view value) {
  const auto is_named = [&](const HeaderLine& line) { return equal_nocase(line.name, name); };
  const auto first = std::find_if(headers.begin(), headers.end(), is_named);
  if (first == headers.end()) {
    headers.push_back({name, value});
    return;
  }
  first->value = value;
  headers.erase(std::remove_if(first + 1, headers.end(), is_named), headers.end());
}

bool has_no_body(std::uint16_t status) { return status == 204 || status == 205 || status == 304; }

/// The redirect target with the outgoing query joined to it.
std::string_view with_query(std::string_view location, KeepQuery keep, const RequestMessage& outgoing, Arena& arena) {
  if (keep == KeepQuery::no || !outgoing.has_query || outgoing.query.empty()) return location;
  const std::size_t end = std::min(location.find('#'), location.size());
  const std::string_view target = location.substr(0, end);
  const bool has_query = target.find('?') != std::string_view::npos;
  if (has_query && keep == KeepQuery::unless_set) return location;
  std::string joined(target);
  if (!has_query) {
    joined += '?';
  } else if (!joined.ends_with('?') && !joined.ends_with('&')) {
    joined += '&';
  }
  // The query was sent by a client: what a URI cannot hold, and a `#`, must not get into the header as it is.
  for (const char c : outgoing.query) {
    if (c == '#') {
      joined += "%23";
    } else {
      append_trusted_text({&c, 1}, joined);
    }
  }
  joined += location.substr(end);
  return arena.copy(joined);
}

}  // namespace

const HeaderLine* find_header(std::span<const HeaderLine> headers, std::string_view name) {
  for (const HeaderLine& line : headers) {
    if (equal_nocase(line.name, name)) return &line;
  }
  return nullptr;
}

void apply_request(const RuleSet& rules, const Decision& decision, Arena& arena, RequestMessage& message) {
  for (const Edit& edit : decision.edits) {
    switch (edit.target) {
      case Target::header:
        edit_headers(rules, edit, message.headers);
        break;
      case Target::none:  // `sort query`
      case Target::query:
        message.query = edit_query(rules, edit, message.query, message.has_query, arena);
        break;
      case Target::cookie:
        edit_cookies(rules, edit, message.headers, arena);
        break;
      case Target::path:
        if (edit.present) message.path = edit.text;
        break;
      case Target::host:
        if (edit.present) set_header(message.headers, "Host", edit.text);
        break;
      case Target::response_header:
      case Target::response_cookie:
      case Target::response_status:
        break;  // held until there is a response
    }
  }
  if (decision.has_origin) set_header(message.headers, "section-origin", decision.origin);
}

void apply_response(const RuleSet& rules, const Decision& decision, Arena& arena, ResponseMessage& message) {
  for (const Edit& edit : decision.edits) {
    switch (edit.target) {
      case Target::response_header:
        edit_headers(rules, edit, message.headers);
        break;
      case Target::response_cookie:
        edit_set_cookies(rules, edit, message.headers, arena);
        break;
      case Target::response_status:
        if (edit.present) {
          message.status = static_cast<std::uint16_t>(edit.number);
          message.reason = reason_phrase(message.status);
        }
        break;
      default:
        break;
    }
  }
}

void make_answer(const RuleSet&, const Decision& decision, const RequestMessage& outgoing, Arena& arena,
                 ResponseMessage& out) {
  out.status = decision.status;
  out.reason = reason_phrase(decision.status);
  out.headers.clear();
  for (const DecidedHeader& header : decision.headers) out.headers.push_back({header.name, header.value});
  if (decision.outcome == Outcome::redirect) {
    set_header(out.headers, "Location", with_query(decision.location, decision.keep_query, outgoing, arena));
  }
  const bool says_type = !decision.content_type.empty() || !body_of(decision).empty();
  if (has_no_body(decision.status) || !says_type || find_header(out.headers, "content-type") != nullptr) return;
  out.headers.push_back({"Content-Type", decision.content_type.empty() ? kDefaultType : decision.content_type});
}

std::string_view body_of(const Decision& decision) {
  if (has_no_body(decision.status)) return {};
  if (decision.has_body) return decision.body;
  return decision.outcome == Outcome::deny ? status_line_text(decision.status) : std::string_view{};
}

std::optional<std::string_view> final_body(const Decision& decision, const ResponseMessage& answer, Arena& arena) {
  const std::string_view body = body_of(decision);
  if (body.empty() || decision.body_parts.empty()) return body;
  const Escaping kind = escaping_for(std::span<const HeaderLine>(answer.headers));
  if (kind == decision.escaping) return body;
  std::string made;
  if (!append_body(decision.body_parts, kind, made)) return std::nullopt;
  return arena.copy(made);
}

}  // namespace sprx
