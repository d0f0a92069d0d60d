// A connection on a plain TCP or unix socket.
//
// Owner: the session that speaks with the peer.   Thread: one loop.
// One recv for each time the socket is readable, into a buffer that all connections of the loop share, or behind the
// bytes that are kept when much is missing to them: an idle connection owns no buffer. Small sends leave at the end of
// the turn, together with those of other connections; until then their bytes count as taken by the kernel. Not here:
// accepting (net/listener.h), dialing (net/dialer.h).
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "router/net/connection.h"
#include "router/net/kept_input.h"
#include "router/net/loop.h"
#include "router/net/send_batch.h"
#include "router/net/socket.h"

namespace zeroway {

class TcpConnection final : public Connection, private Watcher, private SendBatch::Sender {
 public:
  // Begins to read with the next turn.
  TcpConnection(Loop& loop, Socket socket, ConnectionEvents& events);
  // Begins to read with the turn after serve().
  TcpConnection(Loop& loop, Socket socket);
  ~TcpConnection() override;

  void serve(ConnectionEvents& events) override;
  [[nodiscard]] bool send(std::string& bytes) override;
  [[nodiscard]] std::size_t queued() const override { return out_.size() - out_begin_; }
  [[nodiscard]] Time last_progress() const override { return last_progress_; }
  void pause(PauseReason reason) override;
  void resume(PauseReason reason) override;
  void offer() override;
  [[nodiscard]] std::size_t kept() const override { return kept_.size(); }
  void end_output() override;
  void reset() override;
  [[nodiscard]] bool close(Linger linger) override;
  [[nodiscard]] bool is_closing() const override { return is_closing_; }
  // Waits until the kernel has taken all bytes, until `deadline` at most. For the end of a program, when the loop runs
  // no more.
  void send_rest(Time deadline);
  // Closes the socket now. What waits to be sent is thrown away, and no event comes any more. May be called from inside
  // an event.
  void drop();
  // How many bytes the kernel has taken in all. Bytes that leave with others at the end of the turn count only then.
  [[nodiscard]] std::uint64_t taken() const { return taken_; }

 private:
  //   open ── end_output() ──▶ ending ── the last byte was sent ──▶ ended: FIN
  enum class Output : std::uint8_t { open, ending, ended };

  void ready(bool readable, bool writable) override;
  void hung_up() override;
  void sent(std::string_view bytes, ssize_t result) override;
  void watch();
  void break_off();
  void read_rest();
  void read();
  [[nodiscard]] std::span<std::uint8_t> where_to_read();
  void tell(Bytes bytes);
  bool flush();
  void keep(std::string_view bytes, ssize_t sent);
  void leave_batch();
  void send_end();
  bool shut_down();
  void set_linger_timer();
  void leave_lingering();
  void discard();
  void stop_discarding();
  void lose();

  Loop& loop_;
  Socket socket_;
  ConnectionEvents* events_ = nullptr;
  KeptInput kept_;   // read and not taken
  std::string out_;  // refused by the kernel, from out_begin_ on
  std::uint64_t taken_ = 0;
  std::size_t out_begin_ = 0;  // moved, not erased: erasing would copy the rest at each write
  Time last_progress_;
  std::unique_ptr<Timer> linger_timer_;  // only while our side is shut
  Time linger_end_{};
  Linger linger_ = Linger::no;  // for how long and how much, once it is closing
  std::size_t discarded_ = 0;
  std::uint8_t pauses_ = 0;  // PauseReason bits
  bool wants_write_ = false;
  bool is_in_batch_ = false;
  bool is_broken_ = false;  // found while sending, lost() not called yet
  bool has_input_ended_ = false;
  Output output_ = Output::open;
  bool has_told_hang_up_ = false;
  bool is_closing_ = false;
  bool is_shut_ = false;
  bool is_counted_ = false;  // among the loop's lingering connections
};

}  // namespace zeroway
