// One request at a pool of servers: where it is, and what of it is kept until a connection holds it.
//
//     placing ── a server has room ──▶ dialing ── connection ──▶ open ──▶ over
//      │   ▲                             │  └── no connection: another server ──▶ placing
//      │   └── room ── in_line           └───── none is left ──▶ failed ──▶ over, at the turn's end
//      └── all are full ──▲
//
// Owner: OriginStreams.   Thread: one loop.
// Not here: the verbs (backends/servers_backend.h), the bytes (backends/origin_connection.h).
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "router/backends/limits.h"
#include "router/backends/line.h"
#include "router/backends/origin_clock.h"
#include "router/exchange/backend.h"
#include "router/http/codec.h"
#include "router/net/loop.h"
#include "router/route/member_health.h"
#include "router/route/reservation.h"

namespace zeroway {

class OriginConnection;

struct OriginStream {
  enum class Stage : std::uint8_t { placing, in_line, dialing, open, failed };

  // `due` is called when the time of arm() has come.
  OriginStream(Loop& loop, std::function<void(OriginStream&)> due)
      : timer(loop, [this, due = std::move(due)] { due(*this); }) {}

  StreamKey key = 0;
  ReplyTo reply_to;
  Stage stage = Stage::placing;
  Kind kind = Kind::request;
  Attempt attempt = Attempt::first;
  Last last = Last::no;
  const ClientInfo* client = nullptr;
  const Route* route = nullptr;
  std::string balance_key;            // of ip_hash and hash
  std::optional<std::size_t> wanted;  // the server that its client is bound to, as long as that one is fit

  Reservation placement;
  const ServerSpec* server = nullptr;      // that it is placed at
  std::optional<HealthTicket> health;      // its word on that server
  std::vector<std::size_t> tried;          // servers without a connection for it
  std::optional<std::size_t> avoided;      // the server that was silent before: only if no other one is fit
  OriginConnection* connection = nullptr;  // when open
  CodecStream number = 0;                  // on that connection
  std::optional<Line::Ticket> ticket;      // in_line
  std::optional<Error> error;              // failed

  // The opening, until a connection holds it.
  Head head;
  bool is_head_kept = false;
  std::string body;
  Head trailers;
  bool has_ended = false;
  std::uint32_t credit = 0;

  OriginClock clock;
  Time continue_due = Time::max();  // the client waits for 100 Continue, which we say then
  Time connect_due{};               // a connection must hold it by then; Time{} = no server has been chosen yet
  Time line_due{};                  // in_line
  bool is_grpc = false;
  bool is_accepted = false;      // the exchange knows who has it
  bool has_head = false;         // the final one
  bool has_reply_ended = false;  // of a tunnel, whose request may go on

  Timer timer;
  Time rings_at = Time::max();

  void keep_head(const Head& given) {
    if (std::exchange(is_head_kept, true)) return;
    head = given;
  }
  void forget_opening();
  // Lets the timer ring at `when`, or earlier: who is called looks again.
  void arm(Time when, Time now);
  void begin(StreamKey new_key, ReplyTo new_reply_to);
  // Releases what the stream holds. Its memory is kept for the next one.
  void finish();
};

}  // namespace zeroway
