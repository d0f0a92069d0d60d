// One stream as the loop sees it: its windows, the order of its verbs, the bytes that wait for credit.
// The plain verbs (data, piece, end, credit, reset) come from the router, the verbs with put_ go to the router.
//
// Owner: WorkerStreams, which uses it again for later streams.   Thread: the loop.
// Not here: the reply's calls (stream_receiver.h), the streams of a link (link_streams.h).
#pragma once
#include <string>
#include <string_view>

#include "link_streams.h"
#include "proto/frame.h"
#include "proto/stream_state.h"
#include "proto/window.h"
#include "stream_receiver.h"

namespace zeroway {

class WorkerStream;

class StreamOwner {
 public:
  virtual ~StreamOwner() = default;

  // The stream is free: closed (no frame goes to or comes from the router any more), and its handler is done.
  virtual void release(WorkerStream& stream) = 0;
};

class WorkerStream {
 public:
  // `number` tells the streams of one owner apart; it stays when the stream is used again.
  WorkerStream(StreamOwner& owner, std::size_t number);

  // The head of a request (in request()) came with this id.
  void open(LinkStreams& link, StreamId id, Last last);
  Head& request() { return request_; }
  [[nodiscard]] const Head& request() const { return request_; }
  [[nodiscard]] StreamId id() const { return id_; }
  [[nodiscard]] std::size_t number() const { return number_; }
  [[nodiscard]] bool is_open() const { return link_ != nullptr; }
  [[nodiscard]] bool is_of(const LinkStreams& link, StreamId id) const { return link_ == &link && id_ == id; }
  [[nodiscard]] bool has_whole_body() const { return in_state_.has_ended(); }
  [[nodiscard]] bool has_spoken() const { return has_spoken_; }

  // `receiver` gets the verbs that came already, and all later verbs.
  void receive_by(StreamReceiver& receiver);
  // nullptr: none was named yet.
  [[nodiscard]] const StreamReceiver* receiver() const { return receiver_; }
  // From now on the link's index finds this stream.
  void become_known();

  // From the router.
  void data(Bytes bytes, Last last);
  void piece(Bytes bytes, MessageKind kind, Last last);
  void end(Head& trailers);
  void credit(std::uint32_t bytes);
  void reset();  // by RST_STREAM, or because the link is gone
  // The router broke a rule: reset both ways.
  void break_off(ResetCode code);

  // To the router.
  void put_head(Head& head, Last last);
  void put_data(std::string_view bytes, Last last);
  void put_piece(std::string_view piece, MessageKind kind, Last last);  // its message_credit() fits send_window()
  void put_end(const Head& trailers);
  void put_reset(ResetCode code);
  // The handler is done with so many bytes: gives credit for them, when enough is owed.
  void put_credit(std::size_t bytes);
  // Of a tunnel, whose handler is done: drops bytes that come, and `bytes` that came and were not read.
  void discard(std::size_t bytes);
  void wants_body();  // the handler waits for the body and none is there
  void handler_begins() { handler_runs_ = true; }
  void handler_done();
  // The worker drains: tells the handler.
  void drain() {
    if (handler_runs_) receiver_->drain();
  }

  // The stream is free: large buffers are freed.
  void let_go();
  [[nodiscard]] std::size_t kept_bytes() const;

  // Tells the router that this worker holds the stream, if it has sent no frame about the stream yet.
  void accept();
  [[nodiscard]] std::uint32_t send_window() const { return out_window_.left(); }
  [[nodiscard]] std::size_t waiting() const { return out_body_.size() - out_sent_; }

 private:
  void flush_waiting();
  void send_now(std::string_view bytes, Last last);
  void body_is_over(Head* trailers);
  void reply_is_over();
  void close();

  StreamOwner& owner_;
  std::size_t number_;
  LinkStreams* link_ = nullptr;  // nullptr = closed
  bool is_known_ = false;        // whether the link's index holds this stream
  StreamId id_ = 0;
  Head request_;
  StreamState in_state_, out_state_;
  ReceiveWindow in_window_;
  SendWindow out_window_;
  bool has_spoken_ = false;
  bool expects_continue_ = false;  // true while the client waits for 100 Continue
  bool handler_runs_ = false;
  bool is_tunnel_ = false;  // each direction has an end of its own
  bool discards_ = false;
  std::string early_body_;  // bytes that came before a receiver was there, as did the members below
  Head early_trailers_;
  std::string out_body_;  // bytes that wait for credit; the first out_sent_ bytes are sent
  std::size_t out_sent_ = 0;
  bool ends_after_body_ = false;
  Head out_trailers_;
  StreamReceiver* receiver_ = nullptr;
};

}  // namespace zeroway
