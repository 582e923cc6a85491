// Requests and answers of `sprx trace` as JSON, one object a line.
#include <fmt/format.h>

#include "tools/json_text.h"
#include "tools/trace.h"
#include "tools/trace_head.h"

namespace sprx {
namespace {

namespace json = boost::json;

/// Thrown and caught in this file only: what is wrong with a line.
struct BadLine {
  std::string what;
};

std::string text_of(const json::value& value, std::string_view key) {
  if (!value.is_string()) throw BadLine{fmt::format("`{}` is not a string", key)};
  return std::string(value.as_string());
}

const json::object& object_of(const json::value& value, std::string_view key) {
  if (!value.is_object()) throw BadLine{fmt::format("`{}` is not an object", key)};
  return value.as_object();
}

HeaderList headers_of(const json::value& value, std::string_view key) {
  HeaderList out;
  for (const auto& header : object_of(value, key)) {
    const std::string name(header.key());
    if (const json::array* lines = header.value().if_array()) {
      for (const json::value& line : *lines) out.emplace_back(name, text_of(line, name));
    } else {
      out.emplace_back(name, text_of(header.value(), name));
    }
  }
  return out;
}

void read_upstream(const json::value& value, TraceRequest& out) {
  for (const auto& part : object_of(value, "upstream")) {
    if (part.key() == "status") {
      const bool fits = part.value().is_int64() && part.value().as_int64() >= 200 && part.value().as_int64() <= 599;
      if (!fits) throw BadLine{"`upstream.status` is not a number from 200 to 599"};
      out.upstream_status = static_cast<std::uint16_t>(part.value().as_int64());
    } else if (part.key() == "headers") {
      out.upstream_headers = headers_of(part.value(), "upstream.headers");
    } else if (part.key() == "error") {
      out.upstream_error = text_of(part.value(), "upstream.error");
    } else {
      throw BadLine{fmt::format("`upstream` has no `{}`", std::string_view(part.key()))};
    }
  }
}

void read_member(std::string_view key, const json::value& value, TraceRequest& out) {
  if (key == "url") {
    out.url = text_of(value, key);
  } else if (key == "method") {
    out.method = text_of(value, key);
  } else if (key == "headers") {
    out.headers = headers_of(value, key);
  } else if (key == "client") {
    out.client = text_of(value, key);
  } else if (key == "country") {
    out.country = text_of(value, key);
  } else if (key == "at") {
    out.at_us = parse_rfc3339(text_of(value, key));
    if (!out.at_us) throw BadLine{"`at` is not a time like 2026-01-31T12:00:00Z"};
  } else if (key == "flags") {
    for (const auto& flag : object_of(value, key)) {
      const bool word =
          flag.value().is_string() && (flag.value().as_string() == "on" || flag.value().as_string() == "off");
      if (!word && !flag.value().is_bool()) {
        throw BadLine{fmt::format("flag `{}` is not `\"on\"`, `\"off\"`, true or false", std::string_view(flag.key()))};
      }
      out.flags.emplace_back(flag.key(), word ? flag.value().as_string() == "on" : flag.value().as_bool());
    }
  } else if (key == "has") {
    for (const auto& list : object_of(value, key)) {
      const std::string name(list.key());
      const json::array* const several = list.value().if_array();
      if (several == nullptr) out.keys.emplace_back(name, text_of(list.value(), "has." + name));
      if (several == nullptr) continue;
      for (const json::value& one : *several) out.keys.emplace_back(name, text_of(one, "has." + name));
    }
  } else if (key == "exhausted") {
    if (!value.is_array()) throw BadLine{"`exhausted` is not an array of names of limits"};
    for (const json::value& one : value.as_array()) out.exhausted.push_back(text_of(one, key));
  } else if (key == "upstream") {
    read_upstream(value, out);
  } else {
    throw BadLine{fmt::format("a request has no `{}`", key)};
  }
}

/// A header that is there once is a string, several times an array.
json::object to_json(const HeaderList& headers) {
  json::object out;
  std::vector<std::string> seen;
  for (const auto& [name, value] : headers) {
    auto place = out.begin();
    while (place != out.end() && !same_name(place->key(), name)) ++place;
    if (place == out.end()) {
      out.emplace(json_text(name), json_text(value));
    } else if (place->value().is_array()) {
      place->value().as_array().emplace_back(json_text(value));
    } else {
      json::array both{place->value(), json_text(value)};
      place->value() = std::move(both);
    }
  }
  return out;
}

json::object to_json(const TracedForward& forward) {
  json::object out;
  out["method"] = json_text(forward.method);
  out["host"] = json_text(forward.host);
  out["path"] = json_text(forward.path);
  out["query"] = json_text(forward.query);
  out["headers"] = to_json(forward.headers);
  return out;
}

json::array names_of(const std::vector<TracedRule>& rules) {
  json::array out;
  for (const TracedRule& rule : rules) out.emplace_back(json_text(rule.name));
  return out;
}

}  // namespace

std::string read_trace_request(std::string_view line, TraceRequest& out) {
  json::error_code error;
  const json::value value = json::parse(line, error);
  if (error) return fmt::format("not JSON: {}", error.message());
  try {
    if (!value.is_object()) throw BadLine{"not a JSON object"};
    for (const auto& member : value.as_object()) read_member(member.key(), member.value(), out);
    if (out.url.empty()) throw BadLine{"`url` is missing"};
  } catch (const BadLine& bad) {
    return bad.what;
  }
  return mistake_in(out);
}

json::object to_json(const Traced& traced, bool why) {
  json::object out;
  out["outcome"] = traced.outcome;
  if (traced.status != 0) out["status"] = traced.status;
  if (!traced.error.empty()) out["error"] = traced.error;
  for (const auto& [name, value] : traced.headers) {
    if (same_name(name, "Location")) out["location"] = json_text(value);
  }
  if (!traced.headers.empty()) out["headers"] = to_json(traced.headers);
  if (traced.body) out["body"] = json_text(*traced.body);
  out["rules"] = names_of(traced.rules);
  if (!traced.would.empty()) out["would"] = names_of(traced.would);
  if (traced.forward) out["forward"] = to_json(*traced.forward);
  if (!traced.log.empty()) {
    json::object fields;
    for (const auto& [key, value] : traced.log) fields[json_text(key)] = json_text(value);
    out["log"] = std::move(fields);
  }
  if (why) {
    json::array reasons;
    for (const WhyNot& reason : traced.why) {
      reasons.push_back({{"rule", json_text(reason.rule)},
                         {"atom", json_text(reason.atom)},
                         {"left", json_text(reason.left)},
                         {"right", json_text(reason.right)}});
    }
    out["why"] = std::move(reasons);
  }
  return out;
}

}  // namespace sprx
