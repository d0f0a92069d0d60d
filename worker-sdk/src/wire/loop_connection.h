// One ZMTP connection of this worker to a router, on a socket of its own: dialling, handshake, messages, farewell.
//
//     connecting ──▶ open (the session shakes hands, then carries messages) ──▶ ended, and told so
//          └──────────────┴──▶ leaving (disconnected: its last bytes leave, nothing is told) ──▶ ended
//
// Owner: LoopSocket.   Thread: the loop; no call waits.
// Not here: when to dial, deadlines of the handshake and of silence (worker_loop.h), ZMTP (proto/zmtp). What waits to
// be sent is bounded by the credit that the router has granted. A time to live that the peer asks for is not kept: the
// loop's heartbeats are sooner.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "input_buffer.h"
#include "output_queue.h"
#include "proto/zmtp/zmtp_session.h"
#include "worker_wire.h"

namespace zeroway {

class LoopConnection final : private ZmtpEvents {
 public:
  using TimePoint = WorkerWire::TimePoint;

  // `curve`: nullptr = without keys; outlives the connection. `instance` is the routing id that the peer sees.
  LoopConnection(const ConnectionKey& key, const std::string& instance, const CurveKeys* curve);
  ~LoopConnection() override { close(); }
  LoopConnection(const LoopConnection&) = delete;
  LoopConnection& operator=(const LoopConnection&) = delete;

  [[nodiscard]] const ConnectionKey& key() const { return key_; }
  // Begins to connect. False when the endpoint is not possible. Every other failure is told by receive().
  [[nodiscard]] bool dial(const std::string& endpoint, TimePoint now);

  // What to wait for: the descriptor, -1 = nothing; poll()'s events; and a time.
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] short wanted() const;
  [[nodiscard]] TimePoint deadline() const { return deadline_; }
  // poll() has found this.
  void found(short events) { found_ |= events; }
  // Whether receive() has something to do that poll() does not report.
  [[nodiscard]] bool is_due() const;

  // Does what poll() has found, and tells it. Messages that came before the end are told before the end.
  void receive(TimePoint now, WireEvents& events);
  // Only after shook_hands().
  void send(MessageWriter& message);
  // Whether the peer has closed the connection, even if bytes from before that are still unread.
  [[nodiscard]] bool has_hung_up() const;

  // From now on nothing is told, and what comes is ignored. What waits to be sent has until `deadline`.
  void leave(TimePoint deadline);
  // After leave(), instead of receive().
  void go_on_leaving(TimePoint now);
  [[nodiscard]] bool is_over() const { return fd_ < 0; }
  // Whether closing the socket now loses none of what was sent.
  [[nodiscard]] bool is_delivered() const;

 private:
  enum class State : std::uint8_t { connecting, open, leaving, ended };

  void finish_connecting(TimePoint now, WireEvents& events);
  void read(WireEvents& events);
  void flush();
  void tell_end(WireEvents& events);
  void close();

  [[nodiscard]] bool is_allowed(Bytes) override { return false; }  // only servers are asked
  void shook_hands(const ZmtpProperties& peer) override;
  void message(Bytes first, std::size_t parts) override;

  ConnectionKey key_;
  ZmtpSession session_;
  WireEvents* told_ = nullptr;  // during receive()
  InputBuffer input_;
  OutputQueue output_;  // in front of the session's output
  TimePoint deadline_ = TimePoint::max();
  int fd_ = -1;
  int error_ = 0;  // of connect()
  short found_ = 0;
  State state_ = State::connecting;
  bool has_shaken_hands_ = false;
  bool has_more_ = false;      // the last read filled its room
  bool cannot_write_ = false;  // the peer has gone: what it said before is still read
  bool is_tcp_ = false;
};

}  // namespace zeroway
