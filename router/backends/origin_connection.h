// One connection to a server, with the requests that it carries: joins bytes, the codec, and the streams.
//
// Owner: an Origin, until over().   Thread: one loop.
// Output leaves once a turn, in settle(). By then everything that became ready in the turn was handled: a kept
// connection that the server has closed meanwhile is found before a request is written to it.
// Not here: which connection a request gets (backends/origin.h), deadlines (backends/servers_backend.h).
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "router/backends/origin_dialer.h"
#include "router/backends/origin_head.h"
#include "router/backends/origin_stream.h"

namespace zeroway {

class OriginConnection;

// What a connection tells its owner.
class OriginConnectionOwner {
 public:
  virtual ~OriginConnectionOwner() = default;
  [[nodiscard]] virtual Loop& loop() = 0;
  // The owner calls settle() before this turn ends.
  virtual void settle_later(OriginConnection& who) = 0;
  // A request is over, and the connection takes another one. May be called from inside the codec, which allows to open.
  virtual void has_room(OriginConnection& who) = 0;
  // The connection is of no more use. It may be destroyed at the end of the turn.
  virtual void over(OriginConnection& who) = 0;

  // The final head of a reply came.
  virtual void answered(OriginStream& stream, int status) = 0;
  // The server failed a request before its reply began.
  virtual void failed(OriginStream& stream, std::string_view why) = 0;
  // The deadline of the stream may have changed.
  virtual void watch(OriginStream& stream) = 0;
  // The stream is over, and may be used again from now on.
  virtual void release(OriginStream& stream) = 0;
};

class OriginConnection final : private ConnectionEvents, private ReplyEvents {
 public:
  OriginConnection(OriginConnectionOwner& owner, DialedOrigin dialed);
  ~OriginConnection() override;

  // How many requests it would take now.
  [[nodiscard]] std::size_t room() const {
    return stage_ != Stage::serving || input_ != Input::open ? 0 : codec_->room();
  }
  [[nodiscard]] bool is_http2() const { return is_http2_; }
  [[nodiscard]] bool serves(Kind kind) const { return codec_->serves(kind); }
  [[nodiscard]] const std::optional<SocketAddress>& address() const { return address_; }
  [[nodiscard]] bool is_idle() const { return streams_.empty(); }
  [[nodiscard]] std::size_t streams() const { return streams_.size(); }
  [[nodiscard]] Time idle_since() const { return idle_since_; }

  // Takes the stream, with what is kept of its opening. Only with room().
  void open(OriginStream& stream, const Head& head);
  void data(OriginStream& stream, Bytes bytes);
  void piece(OriginStream& stream, Bytes bytes, MessageKind kind, Last last);
  void end(OriginStream& stream, const Head& trailers);
  void credit(OriginStream& stream, std::uint32_t bytes);
  // The stream leaves the connection: nobody wants the reply any more.
  void give_up(OriginStream& stream, ResetCode code);

  // No more requests: closes once the last one is over.
  void retire();
  void settle();

  bool is_listed = false;  // its Origin's note

 private:
  //   serving ──▶ retiring ──▶ closing ──▶ over       in order, after the last request
  //      └────────────┴──▶ mute ──▶ gone ──▶ over     broken: what the server sent before is still read
  enum class Stage : std::uint8_t {
    serving,
    retiring,  // takes no more requests
    mute,      // nothing can be sent any more
    closing,   // our side is closed; the last bytes may still leave
    gone,      // the socket is closed
    over,      // the owner knows it
  };
  enum class Input : std::uint8_t { open, ended, broken, told };  // told: the codec knows that it has ended

  // from the connection
  [[nodiscard]] std::size_t received(Bytes bytes) override;
  void input_ended() override;
  void hung_up() override {}  // reading will find the end
  void written() override;
  void lost() override;

  // from the codec
  void head(CodecStream number, Head& head, Last last) override;
  void data(CodecStream number, Bytes bytes) override;
  void piece(CodecStream number, Bytes bytes, MessageKind kind, Last last) override;
  void end(CodecStream number, Head& trailers) override;
  void reset(CodecStream number, const Error& error) override;
  void credit(CodecStream number, std::uint32_t bytes) override;

  void settle_later();
  [[nodiscard]] bool can_send() const { return stage_ <= Stage::retiring; }
  [[nodiscard]] bool is_socket_open() const { return stage_ <= Stage::closing; }
  [[nodiscard]] OriginStream* find(CodecStream number) const;
  [[nodiscard]] OriginStream* take(CodecStream number);
  void leave(const OriginStream& stream);
  [[nodiscard]] bool is_server_to_blame(const OriginStream& stream, const Error& error) const;

  void tell_accepted();
  void read_on();
  void settle_input_end();
  void send_output();
  [[nodiscard]] bool send_portion();
  void tick();
  void ring();
  void count_written();
  void break_off();
  void close_if_done();
  void close();
  void become_over();

  OriginConnectionOwner& owner_;
  const std::optional<SocketAddress> address_;
  std::vector<OriginStream*> streams_;  // in the order of their numbers
  std::size_t unaccepted_ = 0;          // how many of them, at the back, were opened since the last settle()
  std::size_t unwritten_ = 0;           // bytes given to the connection that the kernel has not taken
  Stage stage_ = Stage::serving;
  Input input_ = Input::open;
  bool is_http2_;
  bool is_asked_ = false;    // settle() will be called
  bool is_blocked_ = false;  // the codec has left input until it gets credit
  bool has_served_ = false;  // a reply has come over it
  Time idle_since_;
  Timer timer_;  // the codec's next tick; or, once nothing more can be sent, until the connection is dropped
  std::unique_ptr<ClientCodec> codec_;
  std::unique_ptr<Connection> connection_;  // destroyed first: it calls nobody
};

}  // namespace zeroway
