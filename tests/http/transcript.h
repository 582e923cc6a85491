// Case files: what both ends of a proxy do, step by step. testdata/http/README.md is the description for people who
// write them.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace sprx::http_suite {

enum class Side : unsigned char { client, origin };

enum class Verb : unsigned char {
  send,          ///< bytes go out
  receive,       ///< these bytes must come in, after normalisation
  connect,       ///< a client connects without sending anything
  fin,           ///< half-close
  reset,         ///< close with RST
  close,         ///< close
  eof,           ///< the proxy must end its direction with FIN, with nothing before it
  gone,          ///< the proxy must end the connection, FIN or RST, with nothing before it
  alive,         ///< a further request on the client connection is served
  refused,       ///< an answer made by the proxy comes in, and then FIN
  error,         ///< an answer made by the proxy comes in
  answers_head,  ///< the next response answers a HEAD request: it has no body
  ok,            ///< the origin sends a plain 200 and the client receives it
  discard,       ///< whatever else comes in on this connection does not matter
  drip,          ///< bytes go out one by one, with a pause after each
  crowd,         ///< so many more clients connect and say nothing
  flow,          ///< a big generated body from one end to the other
  log,           ///< what the access log must say about the case's requests
  origin_down,   ///< connections to the origin are refused
  origin_full,   ///< connections to the origin are not answered at all
  origin_maybe,  ///< the head of a request may have gone to the origin; if so, its connection is dropped before the
                 ///< request is whole
  origin_up,     ///< the origin listens again
};

struct Step {
  Verb verb = Verb::send;
  Side side = Side::client;
  unsigned number = 1;  ///< which connection of that side; they are counted in the order in which they are made
  std::string bytes;    ///< send and receive
  std::vector<std::string> words;  ///< arguments of the others
  std::size_t line = 0;            ///< in the case file
};

/// What a peer that passes a further alternative is counted as.
enum class Verdict : unsigned char { same, stricter, accepts };

struct Alternative {
  Verdict verdict = Verdict::same;
  std::vector<Step> steps;
};

struct Case {
  std::string name;
  std::string comment;
  std::size_t line = 0;
  bool own = false;                       ///< about sprx's own settings: peers are not asked
  bool whole = false;                     ///< not replayed in pieces: it depends on what arrives together
  std::vector<Alternative> alternatives;  ///< the first is the documented behaviour
};

/// One file: cases that run against one process with one configuration.
struct Group {
  std::string name;
  std::string path;
  std::map<std::string, std::string> config;  ///< target -> text for its configuration
  std::chrono::milliseconds deadline{3'000};  ///< for each read
  std::size_t descriptors = 0;                ///< the target's limit, 0 for the usual one
  bool via = true;                            ///< false: the group's settings turn Via and Proxy-Status off
  bool deadline_given = false;                ///< the file says so; else peers, for whom much never comes, get less
  std::vector<Case> cases;
};

struct ParseError {
  std::string text;  ///< FILE:LINE: what
};

/// Throws ParseError.
[[nodiscard]] Group read_group(const std::filesystem::path& path);

/// All `*.http` files of `folder` in bytewise name order. Throws ParseError, also where two cases have one name.
[[nodiscard]] std::vector<Group> read_groups(const std::filesystem::path& folder);

}  // namespace sprx::http_suite
