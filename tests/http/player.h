// Player: carries out one case's steps against a running proxy, being both its clients and its origin, one step after
// the other on one thread. Whatever arrives without having been asked for is a mismatch too.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/compare.h"
#include "http/message_reader.h"
#include "http/net.h"
#include "http/target.h"
#include "http/transcript.h"

namespace sprx::http_suite {

/// How what the client and the origin send is cut.
struct Split {
  enum class Kind : unsigned char {
    whole,
    bytes,  ///< byte by byte, each read by the proxy before the next is sent
    once,   ///< into two, after `at` bytes of all that the case sends
  } kind = Kind::whole;
  std::size_t at = 0;
  static constexpr std::size_t kLargest = 4'096;  ///< longer steps are sent whole
};

/// The scripted origin's listening socket. It outlives cases: the proxy knows its port.
struct Origin {
  Descriptor listener;
  std::uint16_t port = 0;
};

/// What the access log must hold for one request; `error` "" for any.
struct LogEntry {
  std::string status;
  std::string error;
};

struct Outcome {
  std::optional<std::string> failure;
  std::size_t line = 0;  ///< of the step that failed
  bool origin_contacted = false;
  int client_status = 0;      ///< of the last final response that the client got
  bool client_ended = false;  ///< the proxy ended a client connection
  std::size_t sent = 0;       ///< bytes of all that was sent, for Split::once
  std::vector<LogEntry> log;
  std::string wire;  ///< what was received, for people
};

class Player {
 public:
  Player(const Target& target, Origin& origin, Milliseconds deadline, Split split);
  ~Player();
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  [[nodiscard]] Outcome play(const std::vector<Step>& steps);
  /// A plain request on a connection of its own is served. Nothing, or why not.
  [[nodiscard]] std::optional<std::string> serves();

 private:
  struct Connection;
  struct Mismatch {
    std::string what;
  };
  [[noreturn]] static void fail(std::string what) { throw Mismatch{std::move(what)}; }

  void perform(const Step& step);
  Connection& connection(const Step& step);
  Connection& client(unsigned number);
  Connection& origin(unsigned number);
  std::unique_ptr<Connection> adopt_or_accept();
  std::unique_ptr<Connection> accept(Milliseconds deadline);

  void send(Connection& to, const std::string& bytes);
  void write_all(Connection& to, std::string_view bytes);
  void wait_until_read(Connection& to, bool& stuck);
  void receive(Connection& from, const std::string& bytes);
  void match(Connection& from, const Event& expected);
  Event next_event(Connection& from);
  std::optional<Event> read_event(Connection& from, ReadEnd& end);
  void note_head(Connection& from, const Head& head);
  void expect_end(Connection& from, bool reset_is_fine);
  void expect_made_answer(Connection& from, const Step& step, bool closes);
  void expect_alive(Connection& from);
  Connection& accept_alive();
  void expect_ok();
  void drip(const Step& step);
  void crowd(std::size_t size);
  void flow(const Step& step);
  void set_origin(Verb verb);
  void finish();
  void finish_maybe();
  void look_at_clients();
  void drop_everything();

  const Target& target_;
  Origin& origin_;
  Milliseconds deadline_;
  Split split_;
  std::size_t sent_ = 0;
  std::map<unsigned, std::unique_ptr<Connection>> clients_;
  std::map<unsigned, std::unique_ptr<Connection>> origins_;
  std::vector<std::unique_ptr<Connection>> spare_;  ///< origin connections that only `alive` used
  std::vector<Descriptor> crowd_;                   ///< clients that connected and say nothing
  std::vector<Descriptor> fillers_;                 ///< what occupies the queue of a full origin
  unsigned last_client_ = 1;
  unsigned last_origin_ = 1;
  bool maybe_contacted_ = false;  ///< the origin may have got the head of a request that was then refused
  Outcome outcome_;
  std::optional<std::vector<LogEntry>> log_;
};

}  // namespace sprx::http_suite
