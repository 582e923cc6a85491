// Session: one client connection, from accept to close, as one coroutine: read a head, decide, answer or forward,
// relay, log, again.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "compiler/table/address.h"
#include "runtime/body.h"
#include "runtime/exchange.h"
#include "runtime/http/head_scan.h"
#include "runtime/stream.h"
#include "runtime/task.h"
#include "runtime/upstream_pool.h"

namespace sprx {

class Worker;

class Session {
 public:
  /// Takes the socket over and serves it until it ends; the session then deletes itself. `refused`: every request gets
  /// 503.
  static void begin(Worker& worker, int fd, const IpAddress& peer, bool refused);

  /// Once a tick: notices a client that has gone while the next hop is being waited for.
  void sweep(Milliseconds now);
  /// Lets go of an idle connection; one in use closes after its response.
  void drain();
  /// Ends whatever is pending.
  void abort();

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  friend class Worker;
  Session(Worker& worker, const IpAddress& peer, bool refused);
  ~Session();
  static struct Detached own(Session* session);

  // session.cc: the connection
  Task<> run();
  Task<bool> await_request();
  Task<Reason> read_head();
  void begin_exchange();
  void renew_exchange();
  void end_exchange();
  Task<> end_connection();
  Task<> linger(Stream& stream, Buffer& block);
  void note_unparsed(std::string_view bytes);
  /// The exchange's error is `reason` from now on; it is counted.
  void note_error(Reason reason);
  /// Why nothing more goes to the client or comes from it: `io` says so.
  [[nodiscard]] Reason client_end(Io io) const;

  // session_request.cc: from a head to a decision
  Task<> serve();
  Reason read_request();
  void build_outgoing();
  void note_request();
  [[nodiscard]] bool keeps_alive() const;
  [[nodiscard]] std::string_view upgrade_offer() const;

  // session_answer.cc: answers made here
  Task<> refuse(Reason reason);
  Task<> fail(Reason reason);
  Task<> answer_by_rule(const Decision& decision, Phase phase);
  Task<> answer_max_forwards();
  Task<> drop(const Decision& decision, Phase phase);
  /// Asks the response rules about the answer in exchange_->answer; what they make of it is in `answer` and `body`.
  enum class Ruled : std::uint8_t { go, drop, failed };
  Ruled rule_answer(ResponseSource source, std::string_view error, std::string_view& body);
  Task<> send_answer(std::string_view body, Reason reason);
  Task<> discard_body();
  void make_error(Reason reason, std::string_view& body);
  void finish_head(bool made_here, Reason reason, const OutFraming& framing, OutConnection connection,
                   std::string_view upgrade);
  [[nodiscard]] OutConnection connection_field() const;
  void note_rule(const Decision& decision, Phase phase);

  // session_upstream.cc: the next hop
  Task<> forward();
  Task<Reason> acquire(bool fresh);
  Task<Reason> connect_to(const struct Endpoint& endpoint);
  void write_upstream_head(OutFraming framing, std::string_view upgrade);
  Task<Reason> send_request();
  Task<Reason> read_response();
  Task<Reason> read_response_head();
  Task<Reason> pass_interim();
  void release_upstream(bool reusable);
  /// Sending the request twice does no harm, and all of it is at hand.
  [[nodiscard]] bool is_repeatable() const;
  [[nodiscard]] bool may_retry() const;

  // session_relay.cc: bodies
  Task<> upload();
  void upload_failed(Reason reason);
  Task<> stop_upload();
  Task<> relay_response();
  Task<Reason> relay_body(OutFraming::Kind kind, BodyReader& reader, bool send_body);
  Task<Reason> splice_body(BodyReader& reader);
  /// Why the rest of a response's body cannot be had, or not be passed on.
  [[nodiscard]] Reason body_fault(Io read) const;
  [[nodiscard]] Reason write_fault(Io write) const;
  [[nodiscard]] OutFraming response_framing(bool& has_body) const;

  // session_tunnel.cc: after 101
  Task<> tunnel(std::string_view offer);
  Task<> relay_tunnel();
  Task<> pump(Stream& from, Stream& to, Buffer& block, std::string_view bytes);
  void tunnel_broke(const Stream& side);
  [[nodiscard]] Milliseconds tunnel_patience() const;

  Worker& worker_;
  IpAddress peer_;
  bool refused_;
  Session* previous_ = nullptr;
  Session* next_ = nullptr;
  Stream client_;
  Buffer in_;     ///< received from the client, not yet used
  Buffer spent_;  ///< the response's head, until the log line is written
  std::unique_ptr<Exchange> exchange_;
  std::unique_ptr<UpstreamConnection> upstream_;
  std::unique_ptr<UpstreamConnection> ended_tunnel_;  ///< was `upstream_`; it is lingered for
  std::uint64_t requests_ = 0;
  bool idle_ = false;  ///< waiting for the first byte of a request
  bool keep_alive_ = true;
  bool aborted_ = false;
  bool client_ended_ = false;    ///< its FIN came between requests, or all that it sent into a tunnel was read
  bool was_waited_for_ = false;  ///< the request that is being served was not here yet when the one before it ended

  // Of the request that is being served.
  std::size_t head_size_ = 0;
  bool forwarding_ = false;  ///< the client is watched for having gone
  Milliseconds half_closed_at_ = kNever;
  BodyReader body_;  ///< of the request, as it arrives
  OutFraming::Kind body_out_ = OutFraming::Kind::none;
  std::string_view in_hand_;   ///< body bytes that came with the head
  bool in_hand_last_ = false;  ///< and there are no others
  Task<> upload_;
  Buffer upload_block_;
  bool uploading_ = false;
  Milliseconds uploaded_at_ = 0;        ///< when the upload ended
  bool upload_broken_ = false;          ///< the request did not go on to its end
  bool upload_stopped_ = false;         ///< stop_upload waits for the end of the upload
  Reason client_fault_ = Reason::none;  ///< what ends the exchange from this side: what the client did, or a drain
  bool continue_sent_ = false;          ///< a 100 went to the client
  std::uint64_t answer_at_ = 0;         ///< bytes that had gone to the client before the final response's head
  bool response_began_ = false;         ///< the head of the final response went out, or began to
  bool response_seen_ = false;          ///< something came back from the next hop
  bool retried_ = false;
  Milliseconds tunnel_moved_ = 0;  ///< when a pump last moved a byte
  bool tunnelling_ = false;
  bool tunnel_over_ = false;               ///< both pumps end
  const Stream* tunnel_broken_ = nullptr;  ///< the side that broke first
  std::array<bool, 2> tunnel_ended_{};     ///< the client's side and the next hop's: all that it sent was read
};

}  // namespace sprx
