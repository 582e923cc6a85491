#include "tests/runtime/script.h"

#include <fmt/format.h>
#include <map>
#include <sstream>
#include <vector>

#include "tests/runtime/proxy_fixture.h"
#include "tests/runtime/sockets.h"

namespace sprx {
namespace {

constexpr std::string_view kUp =
    "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nsection-io-id: {id}\r\nVia: 1.1 sprx\r\n";
constexpr std::string_view kDown = "Date: {date}\r\nVia: 1.1 sprx\r\n";

/// `{TEXT*N}` and escapes, worked out.
std::string expand(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      switch (text[++i]) {
        case 'r':
          out += '\r';
          break;
        case 'n':
          out += '\n';
          break;
        case 't':
          out += '\t';
          break;
        case '0':
          out += '\0';
          break;
        case 'x':
          out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
          i += 2;
          break;
        default:
          out += text[i];
      }
      continue;
    }
    const std::size_t close = text[i] == '{' ? text.find('}', i) : std::string_view::npos;
    const std::size_t star = close == std::string_view::npos ? close : text.substr(0, close).rfind('*');
    if (star != std::string_view::npos && star > i) {
      const std::string unit = expand(text.substr(i + 1, star - i - 1));
      for (int n = std::stoi(std::string(text.substr(star + 1, close - star - 1))); n > 0; --n) out += unit;
      i = close;
      continue;
    }
    out += text[i];
  }
  return out;
}

std::string show(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out.size() > 4'000 ? out.substr(0, 4'000) + "…" : out;
}

/// The length that `expected` has on the wire: placeholders have fixed lengths.
std::string with_room(std::string expected, std::vector<std::pair<std::size_t, std::size_t>>& holes) {
  const auto fill = [&](std::string_view name, std::size_t size) {
    for (std::size_t at; (at = expected.find(name)) != std::string::npos;) {
      expected.replace(at, name.size(), std::string(size, '?'));
      for (auto& [place, length] : holes) {
        if (place > at) place = place + size - name.size();
      }
      holes.emplace_back(at, size);
    }
  };
  fill("{date}", 29);
  fill("{id}", 32);
  return expected;
}

bool plausible(std::string_view text) {
  if (text.size() == 29) return text.ends_with(" GMT") && text[3] == ',';
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

class Player {
 public:
  Player(const ScriptCase& test, std::size_t read_limit)
      : proxy_(origin_.port(), test.rules, [&](ServerOptions& options) { options.read_limit = read_limit; }) {
    clients_[1] = connect_to(proxy_.port());
  }

  std::string run(const std::string& script) {
    std::istringstream lines(script);
    std::vector<std::string> expected_log;
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      const std::size_t start = line.find_first_not_of(' ');
      if (start == std::string::npos || line[start] == '#') continue;
      line.erase(0, start);
      if (line.starts_with("log ")) {
        expected_log.push_back(expand(line.substr(4)));
        continue;
      }
      const std::string problem = step(line);
      if (!problem.empty()) return fmt::format("line {}: {}\n{}", number, line, problem);
    }
    return finish(expected_log);
  }

 private:
  std::string step(const std::string& line) {
    if (line == "up") return expect(origins_[1], kUp);
    if (line == "down") return expect(clients_[1], kDown);
    const std::size_t mark = line.find_first_of(":<>");
    const std::string who = line.substr(0, mark);
    const int index = who.size() > 1 ? std::stoi(who.substr(1)) : 1;
    if (line[mark] == ':') return act(who[0] == 'c', index, line.substr(mark + 2));
    Peer& peer = who[0] == 'c' ? clients_[index] : origins_[index];
    const bool raw = mark + 1 < line.size() && line[mark + 1] == line[mark];
    const std::size_t from = std::min(line.size(), mark + (raw ? 3 : 2));
    std::string text = expand(line.substr(from));
    if (!raw) text += "\r\n";
    if (line[mark] == '<') return expect(peer, text);
    return peer.send(text) ? "" : "the other side is gone";
  }

  std::string act(bool client, int index, const std::string& what) {
    Peer& peer = client ? clients_[index] : origins_[index];
    if (what == "open") {
      peer = client ? connect_to(proxy_.port()) : origin_.accept();
      return peer.open() ? "" : "no connection";
    }
    if (what == "refuse") {
      origin_.close();
    } else if (what == "listen") {
      origin_.reopen();
    } else if (what == "shut") {
      peer.shut();
    } else if (what == "close") {
      peer.close();
    } else if (what == "reset") {
      peer.reset();
    } else if (what == "eof" || what == "gone") {
      bool reset = false;
      bool timed_out = false;
      const std::string rest = peer.receive_all(&reset, &timed_out);
      if (timed_out) return "the connection stays open";
      if (!rest.empty()) return "before the end came:\n" + show(rest);
      if (reset && what == "eof") return "ended with a reset";
      peer.close();
    } else {
      return "unknown step";
    }
    return "";
  }

  static std::string expect(Peer& peer, std::string_view text) {
    std::vector<std::pair<std::size_t, std::size_t>> holes;
    std::string expected = with_room(std::string(text), holes);
    std::string got = peer.receive(expected.size());
    const std::string original = got;
    bool well = got.size() == expected.size();
    for (const auto& [at, size] : holes) {
      if (!well) break;
      well = plausible(std::string_view(got).substr(at, size));
      got.replace(at, size, std::string(size, '?'));
    }
    if (well && got == expected) return "";
    return fmt::format("expected\n{}\ngot\n{}", show(text), show(original));
  }

  /// Nothing may be left over anywhere, and the log must say what the script says.
  std::string finish(const std::vector<std::string>& expected_log) {
    for (auto& [index, peer] : clients_) {
      if (peer.open()) peer.shut();
    }
    for (auto& [index, peer] : origins_) {
      if (peer.open()) peer.shut();
    }
    proxy_.finish();
    for (auto* peers : {&clients_, &origins_}) {
      for (auto& [index, peer] : *peers) {
        if (!peer.open()) continue;
        const std::string rest = peer.receive_all();
        if (!rest.empty())
          return fmt::format("at the end, unexpected at {}{}:\n{}", peers == &clients_ ? 'c' : 'o', index, show(rest));
      }
    }
    if (origin_.accept_now().open()) return "at the end: an unexpected connection to the origin";
    const std::vector<std::string> lines = proxy_.log_lines();
    for (std::size_t i = 0; i < expected_log.size(); ++i) {
      if (i >= lines.size()) return fmt::format("the access log has only {} lines", lines.size());
      std::string_view rest = expected_log[i];
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find("  "), rest.size());
        const std::string_view fragment = rest.substr(0, end);
        rest.remove_prefix(std::min(rest.size(), end + 2));
        if (lines[i].find(fragment) == std::string::npos)
          return fmt::format("log line {} lacks {}:\n{}", i + 1, fragment, lines[i]);
      }
    }
    return "";
  }

  Listener origin_;
  ProxyFixture proxy_;
  std::map<int, Peer> clients_;
  std::map<int, Peer> origins_;
};

}  // namespace

std::string play(const ScriptCase& test, std::size_t read_limit) {
  Player player(test, read_limit);
  return player.run(test.script);
}

}  // namespace sprx
