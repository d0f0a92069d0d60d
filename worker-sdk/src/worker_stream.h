// One stream as the loop sees it: its windows, the order of its verbs, the bytes that wait for credit.
//
// Owner: WorkerCore, which uses it again for later streams.   Thread: the loop.
// A stream is free when it is closed (no frame goes to or comes from the router any more) and its handler is done.
// Not here: the reply's calls (handler_side.h); finding the stream of a frame (router_link.h).
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

  // The head of a request (in request()) came with this id.
  void open(RouterLink& link, StreamId id, Last last);
  Head& request() { return request_; }
  [[nodiscard]] StreamId id() const { return id_; }
  [[nodiscard]] bool is_open() const { return link_ != nullptr; }
  [[nodiscard]] bool is_of(const RouterLink& link, StreamId id) const { return link_ == &link && id_ == id; }
  [[nodiscard]] bool has_whole_body() const { return in_state_.has_ended(); }
  [[nodiscard]] bool has_spoken() const { return has_spoken_; }

  // The side that the handler will use; it is begun here, and receives all later bytes.
  LoopSide& use_loop_side();
  PoolSide& use_pool_side();
  SocketSide& use_socket_side();
  LoopSide& loop_side() { return loop_side_; }
  // nullptr when the stream is no WebSocket.
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
  void wants_body();  // the handler waits for the body and none is there
  void handler_begins() { handler_runs_ = true; }
  void handler_done();
  // The worker drains: tells the handler.
  void drain() {
    if (handler_runs_) side_->drain();
  }

  // The stream is free: large buffers are freed.
  void let_go();
  [[nodiscard]] std::size_t kept_bytes() const;

  // Tells the router that this worker holds the stream, if it has sent no frame about the stream yet.
  void accept();
  [[nodiscard]] std::uint32_t send_window() const { return out_window_.left(); }
  [[nodiscard]] std::size_t waiting() const { return out_body_.size() - out_sent_; }

  bool is_indexed = false;  // RouterLink's: whether its index holds this stream

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
  bool expects_continue_ = false;  // true while the client waits for 100 Continue
  bool handler_runs_ = false;
  std::string early_body_;  // bytes that came before a side was there, as did the members below
  Head early_trailers_;
  std::string out_body_;  // bytes that wait for credit; the first out_sent_ bytes are sent
  std::size_t out_sent_ = 0;
  bool ends_after_body_ = false;
  Head out_trailers_;
  LoopSide loop_side_;
  std::unique_ptr<PoolSide> pool_side_;
  std::unique_ptr<SocketSide> socket_side_;
  HandlerSide* side_ = nullptr;
};

}  // namespace zeroway
