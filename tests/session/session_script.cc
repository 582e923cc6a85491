#include "tests/session/session_script.h"

#include <algorithm>

#include "http/transcript.h"

namespace sprx::testing {
namespace {

using Kind = SessionStep::Kind;
using http_suite::Side;
using http_suite::Verb;

constexpr std::size_t kMostSteps = 400;

bool has_bytes(Kind kind) {
  return kind == Kind::client_sends || kind == Kind::origin_sends || kind == Kind::client_drips ||
         kind == Kind::origin_drips;
}

bool has_amount(Kind kind) {
  return has_bytes(kind) || kind == Kind::pass || kind == Kind::client_window || kind == Kind::origin_window;
}

void add_sent(std::vector<SessionStep>& out, Kind kind, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, UINT16_MAX);
    out.push_back({kind, static_cast<std::uint16_t>(piece.size()), std::string(piece)});
    bytes.remove_prefix(piece.size());
  }
}

/// What a step of a transcript does, as far as it does something; false where a case cannot be played in memory.
bool add_step(std::vector<SessionStep>& out, const http_suite::Step& step) {
  const bool client = step.side == Side::client;
  switch (step.verb) {
    case Verb::send:
      add_sent(out, client ? Kind::client_sends : Kind::origin_sends, step.bytes);
      return true;
    case Verb::fin:
    case Verb::close:
      out.push_back({client ? Kind::client_fin : Kind::origin_fin, 0, ""});
      return true;
    case Verb::reset:
      out.push_back({client ? Kind::client_reset : Kind::origin_reset, 0, ""});
      return true;
    case Verb::alive:
      add_sent(out, Kind::client_sends, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n");
      out.push_back({Kind::origin_answers, 0, ""});
      return true;
    case Verb::ok:
      out.push_back({Kind::origin_answers, 0, ""});
      return true;
    case Verb::drip:
      add_sent(out, client ? Kind::client_drips : Kind::origin_drips, step.words.empty() ? "" : step.words.back());
      return true;
    case Verb::origin_down:
      out.push_back({Kind::origin_refuses, 0, ""});
      return true;
    case Verb::origin_full:
      out.push_back({Kind::origin_silent, 0, ""});
      return true;
    case Verb::origin_up:
      out.push_back({Kind::origin_accepts, 0, ""});
      return true;
    case Verb::crowd:
    case Verb::flow:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::vector<SessionStep> script_of(std::string_view bytes) {
  std::vector<SessionStep> script;
  while (!bytes.empty() && script.size() < kMostSteps) {
    SessionStep step;
    step.kind = static_cast<Kind>(static_cast<unsigned char>(bytes[0]) % SessionStep::kKinds);
    bytes.remove_prefix(1);
    if (has_amount(step.kind)) {
      if (bytes.size() < 2) break;
      step.amount =
          static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) * 256 + static_cast<unsigned char>(bytes[1]));
      bytes.remove_prefix(2);
    }
    if (has_bytes(step.kind)) {
      step.bytes = bytes.substr(0, step.amount);
      bytes.remove_prefix(step.bytes.size());
      step.amount = static_cast<std::uint16_t>(step.bytes.size());
    }
    script.push_back(std::move(step));
  }
  return script;
}

std::string bytes_of(const std::vector<SessionStep>& script) {
  std::string out;
  for (const SessionStep& step : script) {
    out += static_cast<char>(step.kind);
    if (has_amount(step.kind)) {
      out += static_cast<char>(step.amount / 256);
      out += static_cast<char>(step.amount % 256);
    }
    out += step.bytes;
  }
  return out;
}

std::vector<NamedScript> scripts_of_transcripts(const std::filesystem::path& folder) {
  std::vector<NamedScript> out;
  for (const http_suite::Group& group : http_suite::read_groups(folder)) {
    for (const http_suite::Case& one : group.cases) {
      NamedScript named{one.name, {}};
      const auto& steps = one.alternatives.front().steps;
      const bool playable = std::all_of(steps.begin(), steps.end(),
                                        [&](const http_suite::Step& step) { return add_step(named.script, step); });
      if (playable && !named.script.empty()) out.push_back(std::move(named));
    }
  }
  return out;
}

}  // namespace sprx::testing
