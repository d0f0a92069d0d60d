// One pair of a router's sockets, deal and steer, as this worker is connected to it: messages in, messages out, and
// whose stream is which.
//
// Owner: WorkerCore.   Thread: the loop.
// Not here: sockets (worker_loop.h), what a stream does with its frames (worker_stream.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "proto/message.h"

namespace zeroway {

class WorkerCore;
class WorkerStream;

class RouterLink {
 public:
  // `deal` is empty for a worker with routes: it is never dealt to.
  RouterLink(WorkerCore& core, std::string deal, std::string steer, bool is_configured);

  [[nodiscard]] const std::string& deal() const { return deal_; }
  [[nodiscard]] const std::string& steer() const { return steer_; }
  [[nodiscard]] bool is_configured() const { return is_configured_; }  // else a WELCOME named it
  [[nodiscard]] bool is_up() const { return is_up_; }
  // The router has answered our HELLO: only then may deal be connected, so that nothing is dealt to a stranger.
  [[nodiscard]] bool is_welcomed() const { return is_welcomed_; }
  // The router has answered our GOAWAY: nothing is on its way to us any more.
  [[nodiscard]] bool is_confirmed() const { return is_confirmed_; }

  // When it says HELLO to a router that dropped this worker; never, if that is max().
  [[nodiscard]] std::chrono::steady_clock::time_point greets_at() const { return greets_at_; }

  // The connection to steer stands (anew): streams of its earlier life are dropped, and HELLO is the first thing said.
  void up();
  void down();
  // The router knows us no more: nothing is said to it for a while, then HELLO.
  void dropped();
  // One message's payload; ignored while the link is down. Never fails: what is malformed is logged, and its stream
  // reset.
  void receive(Bytes message);
  void leave();  // GOAWAY, if it is up

  // What is ready to go out, on steer.
  MessageWriter& out() { return out_; }

  // For WorkerStream.
  void headers(StreamId id, const Head& head, Last last);
  void data(StreamId id, Bytes bytes, Last last);
  void piece(StreamId id, Bytes bytes, MessageKind kind, Last last);
  void credit(StreamId id, std::uint32_t bytes);
  void reset(StreamId id, ResetCode code);
  void forget(WorkerStream& stream);
  // For WorkerCore: `stream` outlives the message that opened it.
  void remember(WorkerStream& stream);

 private:
  void handle(const Frame& frame);
  void handle_headers(const Frame& frame);
  void handle_data(const Frame& frame);
  void handle_message(const Frame& frame);
  void handle_reset(const Frame& frame);
  void handle_credit(const Frame& frame);
  void handle_ping(const Frame& frame);
  void handle_welcome(const Frame& frame);
  void handle_goaway(const Frame& frame);
  void open(const Frame& frame, WorkerStream& stream);
  void bad(const Frame& frame, ResetCode code, const std::string& detail);
  [[nodiscard]] WorkerStream* find(StreamId id);
  void forget_connection();
  void drop_streams();
  void send_if_large();

  WorkerCore& core_;
  std::string deal_, steer_;
  bool is_configured_;
  bool is_up_ = false;
  bool is_welcomed_ = false;
  bool is_confirmed_ = false;
  std::chrono::steady_clock::time_point greets_at_ = std::chrono::steady_clock::time_point::max();
  MessageWriter out_;
  std::unordered_map<StreamId, WorkerStream*> index_;
};

}  // namespace zeroway
