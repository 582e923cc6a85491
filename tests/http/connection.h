// One end of a connection that a case plays: the socket, what came in, and what the case has said so far about it.
#pragma once

#include <optional>
#include <string>

#include "http/escape.h"
#include "http/player.h"

namespace sprx::http_suite {

struct Player::Connection {
  Connection(Side which, unsigned which_number)
      : side(which), number(which_number), expected(reads(which)), actual(reads(which)) {}
  /// A client reads what origins send, and the other way round.
  [[nodiscard]] static Side reads(Side side) { return side == Side::client ? Side::origin : Side::client; }
  [[nodiscard]] std::string name() const { return (side == Side::client ? "C" : "O") + std::to_string(number); }
  [[nodiscard]] std::string rest() const {
    return actual.unread().empty() ? std::string() : "; unread: " + escape(actual.unread());
  }

  Side side;
  unsigned number;
  Descriptor fd;
  MessageReader expected;
  MessageReader actual;
  std::string payload;           ///< body bytes that came in and that no step has asked for yet
  std::optional<ReadEnd> ended;  ///< how the proxy ended it
  bool closed_body = false;      ///< the end of the connection was the end of a body
  bool discards = false;         ///< whatever else comes in does not matter
};

}  // namespace sprx::http_suite
