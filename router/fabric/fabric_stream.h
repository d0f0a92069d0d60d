// One stream on the fabric: its place, the credit of each direction, and the opening that the router keeps.
//
//     gathering ── turn ends ──▶ dealt ── first frame from a worker ──▶ held ──▶ gone
//         │                        └── proven unseen, or possibly seen ─────────▶ gone
//         ├── steered to a worker ─────────────────────────────────────▶ held
//         └── no worker has room ─▶ waiting ── room ──▶ dealt or held; timeout ─▶ gone
//
// Owner: Streams.   Thread: one loop.
// Not here: opening again after a loss (router/exchange), which worker (router/fabric/placement.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "proto/message.h"
#include "proto/stream_state.h"
#include "proto/window.h"
#include "router/backends/line.h"
#include "router/exchange/backend.h"
#include "router/fabric/roster.h"
#include "router/observe/time.h"

namespace zeroway {

enum class Place : std::uint8_t { gathering, waiting, dealt, held };

struct FabricStream {
  StreamId id = 0;
  ReplyTo reply_to;  // nobody: the exchange gave the stream up; kept until a worker claims it and can be told
  Place place = Place::gathering;
  PoolId pool = 0;
  Line::Queue queue = 0;               // when waiting
  std::unique_ptr<Affinity> affinity;  // null = any worker of the pool may have it
  WorkerKey worker = 0;                // when held
  std::uint64_t sent_in = 0;  // when it was steered: how many messages its worker got before the one with its opening
  bool is_accepted = false;   // the worker has sent a frame about the stream
  bool is_open_pool = false;  // counted among the open pool's streams
  bool is_request_ended = false;
  Attempt attempt = Attempt::first;
  bool is_websocket = false;  // MESSAGE frames instead of DATA
  bool is_tunnel = false;     // each direction has an end of its own
  bool is_grpc = false;       // a call, which may be long
  bool is_asked = false;      // its client was asked to come again: it is to be another worker's
  Time opened{};
  Time moved{};  // of a WebSocket: when a message passed last
  ResetCode give_up_code = ResetCode::cancel;
  StreamState reply;
  SendWindow to_worker{kOpeningWindow};
  CreditedWindow from_worker{kFirstReplyWindow};
  MessageWriter opening;           // gathering, waiting: the opening so far; dealt: the frames after the opening
  std::uint64_t dealt_epoch = 0;   // the last ping round that had begun when the stream was dealt
  std::uint64_t dealt_breaks = 0;  // how many deal connections had broken off by then
  Time dealt_at{};
  Line::Ticket ticket = 0;  // when waiting
  Time starved_since{};     // it used up all its worker's credit; 0 = it has credit, or the operator was told

  void reset_for(StreamId new_id, ReplyTo new_reply_to) {
    opening.clear();
    MessageWriter kept = std::move(opening);
    *this = FabricStream{};
    opening = std::move(kept);
    id = new_id;
    reply_to = new_reply_to;
  }
};

}  // namespace zeroway
