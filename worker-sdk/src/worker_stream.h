// One stream as the loop sees it: its windows, the order of its verbs, what waits for credit.
//
// Owner: WorkerCore, which uses it again for later streams.   Thread: the loop.
// Closed (nothing goes to or comes from the router any more) and its handler done: then it is free.
// Not here: the reply's calls (handler_side.h); which frame is about which stream (router_link.h).
#pragma once
#include <memory>
#include <string>

#include "loop_side.h"
#include "pool_side.h"
#include "proto/frame.h"
#include "proto/stream_state.h"
#include "proto/window.h"
#include "socket_side.h"

namespace zeroway {

class RouterLink;
class WorkerCore;

class WorkerStream {
 public:
  explicit WorkerStream(WorkerCore& core);

  // A request's head (in request()) came with this id.
  void open(RouterLink& link, StreamId id, Last last);
  Head& request() { return request_; }
  [[nodiscard]] StreamId id() const { return id_; }
  [[nodiscard]] bool is_open() const { return link_ != nullptr; }
  [[nodiscard]] bool is_of(const RouterLink& link, StreamId id) const { return link_ == &link && id_ == id; }
  [[nodiscard]] bool has_whole_body() const { return in_state_.has_ended(); }
  [[nodiscard]] bool has_spoken() const { return has_spoken_; }

  // The side that its handler will use, begun; from here on bytes go there.
  LoopSide& use_loop_side();
  PoolSide& use_pool_side();
  SocketSide& use_socket_side();
  LoopSide& loop_side() { return loop_side_; }
  // nullptr when it is no WebSocket's.
  SocketSide* socket_side() { return is_web_socket() ? socket_side_.get() : nullptr; }
  HandlerSide* side() { return side_; }

  // From the router.
  void data(Bytes bytes, Last last);
  void piece(Bytes bytes, MessageKind kind, Last last);
  void trailers(Head& trailers);
  void credit(std::uint32_t bytes);
  void cancelled();  // by RST_STREAM, or because the link is gone
  // The router broke a rule: reset, and the handler is cancelled.
  void break_off(ResetCode code);

  // From the handler.
  void put_head(Head& head, Last last);
  void put_data(std::string_view bytes, Last last);
  void put_message(std::string_view piece, MessageKind kind, Last last);  // its message_credit() fits send_window()
  void put_end(const Head& trailers);
  void put_reset(ResetCode code);
  void consumed(std::size_t bytes);
  void wants_body();  // it waits and nothing is there
  void handler_begins() { handler_runs_ = true; }
  void handler_done();
  // The worker drains: its handler is told.
  void drain() {
    if (handler_runs_) side_->drain();
  }

  // It is free: large buffers are given back.
  void let_go();
  [[nodiscard]] std::size_t kept_bytes() const;

  // The router learns that this worker holds the stream, if it has heard nothing about it yet.
  void accept();
  [[nodiscard]] std::uint32_t send_window() const { return out_window_.left(); }
  [[nodiscard]] std::size_t waiting() const { return out_body_.size() - out_sent_; }

  bool is_indexed = false;  // RouterLink's: whether its index has this stream

 private:
  [[nodiscard]] bool is_web_socket() const { return side_ != nullptr && side_ == socket_side_.get(); }
  void begin(HandlerSide& side);
  void flush_waiting();
  void send_now(std::string_view bytes, Last last);
  void body_is_over(Head* trailers);
  void close();

  WorkerCore& core_;
  RouterLink* link_ = nullptr;  // nullptr = closed
  StreamId id_ = 0;
  Head request_;
  StreamState in_state_, out_state_;
  ReceiveWindow in_window_;
  SendWindow out_window_;
  bool has_spoken_ = false;
  bool expects_continue_ = false;  // and the client has not been told to go on
  bool handler_runs_ = false;
  std::string early_body_;  // came before a side was there, as did these
  Head early_trailers_;
  std::string out_body_;  // waits for credit; the first out_sent_ bytes are gone
  std::size_t out_sent_ = 0;
  bool ends_after_body_ = false;
  Head out_trailers_;
  LoopSide loop_side_;
  std::unique_ptr<PoolSide> pool_side_;
  std::unique_ptr<SocketSide> socket_side_;
  HandlerSide* side_ = nullptr;
};

}  // namespace zeroway
