#include "http/compare.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include "http/escape.h"

namespace sprx::http_suite {
namespace {

using Lines = std::vector<std::string>;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::string name_of(const std::string& line) { return lower(line.substr(0, line.find(':'))); }

/// What every forwarded message gets, unless the case itself names the field: name, pattern of the value, and whether
/// it must be there.
struct Added {
  const char* name;
  const char* value;
  bool required;
};

constexpr Added kAddedToRequests[] = {
    {"via", "1\\.1 sprx", true},
    {"x-forwarded-for", "127\\.0\\.0\\.1", true},
    {"x-forwarded-proto", "http", true},
    {"section-io-id", "[A-Za-z0-9_-]{8,64}", true},
};
constexpr const char* kDate =
    "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
    "[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT";
constexpr Added kAddedToResponses[] = {{"date", kDate, true}, {"via", "1\\.1 sprx", false}};

/// Fields that this hop writes anew: where in the head they stand does not matter.
constexpr const char* kFraming[] = {"content-length", "transfer-encoding", "connection",
                                    "keep-alive",     "trailer",           "upgrade"};

/// Fields that peers add, drop or reword on their own accord.
constexpr const char* kLeftAside[] = {"content-length",
                                      "transfer-encoding",
                                      "connection",
                                      "keep-alive",
                                      "via",
                                      "date",
                                      "server",
                                      "x-forwarded-for",
                                      "x-forwarded-proto",
                                      "section-io-id",
                                      "trailer",
                                      "upgrade",
                                      "te",
                                      "expect",
                                      "x-varnish",
                                      "age",
                                      "accept-encoding"};

template <std::size_t N>
bool is_in(const char* const (&names)[N], const std::string& name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_named(const Lines& lines, const std::string& name) {
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) { return name_of(line) == name; });
}

std::string shown(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += "\n      " + escape(line);
  return lines.empty() ? "\n      (none)" : text;
}

template <typename Fields>
std::optional<std::string> take_added(const Fields& fields, const Lines& expected, Lines& actual, bool needed,
                                      bool via) {
  for (const Added& field : fields) {
    if (!via && std::string_view(field.name) == "via") continue;
    if (is_named(expected, field.name)) continue;
    Lines found;
    std::erase_if(actual, [&](const std::string& line) {
      if (name_of(line) != field.name) return false;
      found.push_back(line);
      return true;
    });
    if (found.empty() && !(field.required && needed)) continue;
    if (found.size() != 1) return std::string(field.name) + " is there " + std::to_string(found.size()) + " times";
    const std::string value = found[0].substr(std::min(found[0].size(), found[0].find(':') + 2));
    if (!std::regex_match(value, std::regex(field.value))) return "value of an added field: " + escape(found[0]);
  }
  return std::nullopt;
}

/// The framing fields of `lines`, taken out, as sorted `name: value` in lower case; those of `Connection` token by
/// token.
Lines take_framing(Lines& lines) {
  Lines framing;
  std::erase_if(lines, [&](const std::string& line) {
    const std::string name = name_of(line);
    if (!is_in(kFraming, name)) return false;
    std::string value = line.substr(std::min(line.size(), line.find(':') + 1));
    if (name == "connection") {
      std::istringstream tokens(lower(value));
      for (std::string token; std::getline(tokens, token, ',');) {
        token.erase(std::remove(token.begin(), token.end(), ' '), token.end());
        framing.push_back("connection: " + token);
      }
    } else {
      value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
      framing.push_back(name + ": " + value);
    }
    return true;
  });
  std::sort(framing.begin(), framing.end());
  return framing;
}

std::optional<std::string> compare_exactly(Lines expected, Lines actual, Side received_by, bool interim, bool via) {
  const auto wrong = received_by == Side::origin ? take_added(kAddedToRequests, expected, actual, true, via)
                                                 : take_added(kAddedToResponses, expected, actual, !interim, via);
  if (wrong) return wrong;
  const Lines expected_framing = take_framing(expected);
  const Lines actual_framing = take_framing(actual);
  if (expected_framing != actual_framing) {
    return "framing fields: want" + shown(expected_framing) + "\n    got" + shown(actual_framing);
  }
  if (expected != actual) return "fields: want" + shown(expected) + "\n    got" + shown(actual);
  return std::nullopt;
}

Lines loosely(const Lines& lines) {
  Lines kept;
  for (const std::string& line : lines) {
    const std::string name = name_of(line);
    if (is_in(kLeftAside, name)) continue;
    std::string value = line.substr(std::min(line.size(), line.find(':') + 1));
    value.erase(0, std::min(value.find_first_not_of(" \t"), value.size()));
    value.erase(value.find_last_not_of(" \t") + 1);
    kept.push_back(name + ": " + value);
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

/// Peers may reword a reason phrase, and speak HTTP/1.0 upstream where the client does.
bool same_start(const Head& expected, const Head& actual, Side received_by, bool loose) {
  if (!loose) return expected.start == actual.start;
  if (received_by == Side::client) return expected.status() == actual.status();
  const auto without_version = [](const std::string& line) { return line.substr(0, line.rfind(' ')); };
  return without_version(expected.start) == without_version(actual.start);
}

}  // namespace

std::optional<std::string> compare_heads(const Head& expected, const Head& actual, Side received_by,
                                         const Expectations& expects) {
  const bool loose = expects.strictness == Strictness::loose;
  if (!same_start(expected, actual, received_by, loose))
    return "first line: want " + escape(expected.start) + "\n    got " + escape(actual.start);
  if (!loose)
    return compare_exactly(expected.lines, actual.lines, received_by, expected.status() / 100 == 1, expects.via);
  const Lines want = loosely(expected.lines);
  const Lines got = loosely(actual.lines);
  if (want != got) return "fields: want" + shown(want) + "\n    got" + shown(got);
  return std::nullopt;
}

bool is_one_of(const std::string& status, const std::string& list) {
  std::istringstream in(list);
  for (std::string one; std::getline(in, one, '|');) {
    if (one == "any" || one == status) return true;
  }
  return false;
}

std::optional<std::string> check_made_answer(const Head& head, const std::string& body, const std::string& status,
                                             const std::string& want, const Expectations& expects) {
  const std::string got = std::to_string(head.status());
  if (expects.strictness == Strictness::loose) {
    if (head.status() >= 400) return std::nullopt;
    return "status: want " + status + ", got " + escape(head.start);
  }
  if (!is_one_of(got, status)) return "status: want " + status + ", got " + escape(head.start);
  const auto once = [&](const char* name, const std::string& pattern) -> std::optional<std::string> {
    const auto values = head.values(name);
    if (values.size() == 1 && std::regex_match(values[0], std::regex(pattern))) return std::nullopt;
    return std::string(name) + " of an answer made here: want " + pattern + ", got " +
           (values.empty() ? std::string("none") : escape(values[0])) + (values.size() > 1 ? " and more" : "");
  };
  if (auto wrong = once("Date", kDate)) return wrong;
  if (auto wrong = once("Content-Type", "text/plain(; ?charset=utf-8)?")) return wrong;
  if (auto wrong = once("Content-Length", "[1-9][0-9]{0,2}")) return wrong;
  if (auto wrong = once("Cache-Control", "no-store")) return wrong;
  const std::string error = want.empty() ? "[a-z_]+" : want;
  if (!expects.via && !head.values("Proxy-Status").empty()) return "Proxy-Status although it is turned off";
  if (expects.via) {
    if (auto wrong = once("Proxy-Status", "sprx; ?error=" + error + "(;.*)?")) return wrong;
  }
  if (!head.values("Server").empty()) return "an answer made here tells its server";
  if (body.size() > 400 || body.find('<') != std::string::npos) return "body of an answer made here: " + escape(body);
  return std::nullopt;
}

}  // namespace sprx::http_suite
