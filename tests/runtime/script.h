// Script: a case of the byte-exact suite. A scripted client and a scripted origin on real loopback sockets with a proxy
// between them; every step waits for what it needs, so a script is deterministic without a single sleep.
//
// A script is lines; `\r \n \t \0 \\ \xHH` are escapes, `{TEXT*N}` is TEXT N times. WHO is `c` (client) or `o`
// (origin), with a number for the second connection and so on (`c2`, `o2`).
//   c> TEXT      sends TEXT and CR LF          c>> TEXT     sends TEXT as it is
//   c< TEXT      expects TEXT and CR LF        c<< TEXT     expects TEXT as it is
//   o: open      the proxy connects            o: refuse    the origin's port is closed
//   c: open      a new client connects (the first is there already)
//   WHO: shut | close | reset                  shuts the sending side, closes, closes with a reset
//   WHO: eof     expects the end               WHO: gone    expects the end or a reset
//   up           expects at the origin what the proxy adds to every request
//   down         expects at the client what the proxy adds to every response of the origin
//   log FRAGMENTS   the next line of the access log has every one of the fragments, which are separated by two blanks
// In expected text `{date}` is a Date value, `{id}` 32 hex digits.
#pragma once

#include <string>

namespace sprx {

struct ScriptCase {
  const char* name;
  std::string script;
  std::string rules;  ///< a main.sprx, "" for none
};

/// Plays the case against a fresh proxy; "" or what went wrong. `read_limit`: as in ServerOptions.
std::string play(const ScriptCase& test, std::size_t read_limit);

}  // namespace sprx
