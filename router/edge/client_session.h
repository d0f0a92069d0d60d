// One client's connection, its codec and its exchanges: the only place where http, exchange and net meet.
//
// Owner: the front door.   Thread: one loop.
// All output of one turn leaves in one send at the turn's end. Bytes of a reply are credited to its exchange when the
// kernel has taken them. A socket is not read while its codec takes no input. A cleartext connection has an HTTP/1.1
// codec until its first bytes show that it is HTTP/2, or, where the listener speaks it, RawSocket. At a listener for
// TCP each connection is one tunnel, whose head is told at the beginning; it ends in both directions apart, or by a
// reset. Not here: the protocol (router/http), how a request is answered (router/exchange).
//
// A half-closed client, which closed its sending side (FIN) behind complete requests, is answered. Until the router
// writes to the client, TCP cannot tell a client that went away from a client that only has nothing more to send. A
// request whose reply has not begun within HttpLimits::half_close_timeout is cancelled. A reply that has begun goes on
// until its end, or until the client's kernel answers the reply with a reset.
#pragma once
#include <memory>
#include <vector>

#include "router/edge/client_stream.h"
#include "router/edge/send_pace.h"
#include "router/exchange/exchanges.h"
#include "router/http/make_codec.h"
#include "router/http/pace.h"
#include "router/net/connection.h"
#include "router/net/loop.h"
#include "router/net/socket.h"
#include "router/plan/listener_spec.h"

namespace zeroway {

class FrontDoor;
class RawSocketCodec;
class TlsConnection;

class ClientSession final : private ConnectionEvents, private CodecEvents, private TurnEnd {
 public:
  ClientSession(FrontDoor& door, Socket socket, ConnectionEnds ends);
  // For a connection whose TLS handshake is done.
  ClientSession(FrontDoor& door, std::unique_ptr<TlsConnection> connection, ConnectionEnds ends);
  ~ClientSession() override;

  // Once the door knows the session. A tunnel's head is told now.
  void begin();
  // Accepts no more requests. An idle connection closes now, another one after its open replies.
  void drain();
  // Cancels the open requests and closes at once. The session is destroyed at the end of the turn.
  void drop();

  // For this session's streams.
  [[nodiscard]] const std::string& address() const { return info_.address; }
  [[nodiscard]] Codec& codec() { return *codec_; }
  [[nodiscard]] bool is_raw_socket() const { return is_raw_socket_; }
  [[nodiscard]] bool holds_replies() const { return holds_replies_; }
  void ask_turn_end();
  void offer_at_turn_end();
  void finish(ClientStream& stream);
  void cut() { connection_->cut(); }

  std::size_t place = 0;  // the session's index in the front door's list

 private:
  enum class Deadline : std::uint8_t { none, send, idle, slow, opening, codec, half_closed };

  std::size_t received(Bytes bytes) override;
  void input_ended() override;
  void hung_up() override;
  void written() override;
  void lost() override;

  [[nodiscard]] RequestTerms head(CodecStream number, Head& head, Last last, Kind kind) override;
  void begun(std::string_view target) override;
  void data(CodecStream number, Bytes bytes) override;
  void piece(CodecStream number, Bytes bytes, MessageKind kind, Last last) override;
  void end(CodecStream number, Head& trailers) override;
  void reset(CodecStream number, const Error& error) override;
  void blamed(CodecStream number, const Error& error) override;
  void drained(CodecStream number, std::size_t bytes) override;
  void broken(const Error& error, Breach breach) override;

  void set_ends(ConnectionEnds ends);
  void speak_tcp(std::string_view server_name);
  void speak_raw_socket(std::string_view server_name);
  [[nodiscard]] std::string authority(std::string_view server_name) const;
  [[nodiscard]] bool refuse_mqtt();
  [[nodiscard]] bool sniff(Bytes bytes);
  void speak(Protocol protocol);
  void turn_end() override;
  [[nodiscard]] CodecPhase look_at_phase() const;
  void settle_input_end();
  [[nodiscard]] Time reply_due(const ClientStream& stream) const;
  [[nodiscard]] Time half_close_due() const;
  void cancel_unanswered();
  void cancel(ClientStream& stream);
  void offer_if_read();
  [[nodiscard]] bool send_output();
  void send_output_end();
  [[nodiscard]] bool is_tunnel() const;
  [[nodiscard]] const ListenerSpec& spec() const;
  void credit_written();
  void pause_or_resume();
  [[nodiscard]] std::pair<Deadline, Time> next_deadline() const;
  [[nodiscard]] std::pair<Deadline, Time> phase_deadline() const;
  [[nodiscard]] std::pair<Deadline, Time> head_deadline() const;
  [[nodiscard]] Time body_due() const;
  void count_wait();
  void look_at_queue();
  void set_timer();
  void tick();
  void ring();
  void cut_opening();
  void must_linger();
  [[nodiscard]] Linger linger() const;
  void close();
  void over();
  void cancel_streams();

  [[nodiscard]] ClientStream* find(CodecStream number);
  [[nodiscard]] StreamSink* exchange_of(CodecStream number);
  [[nodiscard]] ClientStream& begin_stream(CodecStream number);
  [[nodiscard]] bool is_all_said() const;
  void blame(const Error& error);
  void refuse(CodecStream number, Code code);

  FrontDoor& door_;
  ClientInfo info_;
  std::unique_ptr<Codec> codec_;
  std::vector<std::unique_ptr<ClientStream>> streams_;  // the open streams, sorted by number: numbers only rise
  std::vector<std::unique_ptr<ClientStream>> spares_;
  LeadBudget lead_budget_;
  std::unique_ptr<Connection> connection_;
  Timer timer_;
  Time phase_since_;
  Time last_read_;
  Time waited_until_;   // body_pace_ has counted the waiting until this time
  Pace body_pace_;      // for codecs that read one body at a time
  RequestTerms terms_;  // of the newest request
  SendPace send_pace_;
  Millis opening_patience_{0};  // for the head that has begun; 0 = as for any head
  Time codec_due_ = Time::max();
  Time half_closed_at_ = Time::max();  // when the client's FIN was seen; max() = not yet
  CodecPhase phase_ = CodecPhase::idle;
  bool is_sniffing_ = true;
  bool is_http2_ = false;
  const RawSocketCodec* raw_socket_ = nullptr;  // the codec, if it is one
  bool is_raw_socket_ = false;                  // and counted by the door
  bool holds_replies_ = false;
  bool is_draining_ = false;
  bool has_input_ended_ = false;
  bool has_codec_heard_it_ = false;  // the codec was told that the input has ended
  bool wants_offer_ = false;
  Linger linger_ = Linger::no;  // not `no` when bytes of the client may be unread at the close
  bool is_over_ = false;
};

}  // namespace zeroway
