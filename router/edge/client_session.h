// One client's connection, its codec and its exchanges: the only place where http, exchange and net meet.
//
// Owner: the front door.   Thread: one loop.
// What a turn brings for one connection leaves in one send at the turn's end. Bytes of replies are credited to their
// exchange when the kernel has taken them; a socket is not read while its codec takes no input. A connection may begin
// without a codec: then its first bytes say which one it gets.
// Not here: the language (router/http), what becomes of a request (router/exchange).
//
// A client that closes its sending side while a request is open went away, and the request is cancelled, as nginx does:
// until it is written to, TCP cannot tell that from a client which only has no more to say.
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

namespace zeroway {

class FrontDoor;
class TlsConnection;

class ClientSession final : private ConnectionEvents, private CodecEvents, private TurnEnd {
 public:
  ClientSession(FrontDoor& door, Socket socket, Peer peer);
  // Of a client whose handshake is done.
  ClientSession(FrontDoor& door, std::unique_ptr<TlsConnection> connection, Peer peer);
  ~ClientSession() override;

  // Begins nothing new: closes now when idle, else after the open replies.
  void drain();
  // Cancels what is open and closes at once. The session goes at the end of the turn.
  void drop();

  // For its streams.
  [[nodiscard]] const std::string& address() const { return info_.address; }
  [[nodiscard]] Codec& codec() { return *codec_; }
  [[nodiscard]] bool holds_replies() const { return holds_replies_; }
  void ask_turn_end();
  void offer_at_turn_end();
  void finish(ClientStream& stream);
  void cut() { connection_->cut(); }

  std::size_t place = 0;  // in the front door's list

 private:
  enum class Deadline : std::uint8_t { none, send, idle, slow, codec };

  std::size_t received(Bytes bytes) override;
  void input_ended() override;
  void hung_up() override;
  void written() override;
  void lost() override;

  void head(CodecStream number, Head& head, Last last) override;
  void data(CodecStream number, Bytes bytes) override;
  void piece(CodecStream number, Bytes bytes, MessageKind kind, Last last) override;
  void end(CodecStream number, Head& trailers) override;
  void reset(CodecStream number, const Error& error) override;
  void blamed(CodecStream number, const Error& error) override;
  void credit(CodecStream number, std::uint32_t bytes) override;
  void drained(CodecStream number, std::size_t bytes) override;
  void broken(const Error& error, Breach breach) override;

  [[nodiscard]] bool sniff(Bytes bytes);
  void speak(Protocol protocol);
  void turn_end() override;
  [[nodiscard]] CodecPhase look_at_phase() const;
  void settle_input_end();
  void offer_if_read();
  [[nodiscard]] bool send_output();
  void credit_written();
  void pause_or_resume();
  [[nodiscard]] std::pair<Deadline, Time> next_deadline() const;
  [[nodiscard]] Time body_due() const;
  void count_wait();
  void look_at_queue();
  void set_timer();
  void tick();
  void ring();
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
  void say_error(ClientStream& stream, const Error& error);

  FrontDoor& door_;
  ClientInfo info_;
  std::unique_ptr<Codec> codec_;
  std::vector<std::unique_ptr<ClientStream>> streams_;  // open ones, by number: numbers only rise
  std::vector<std::unique_ptr<ClientStream>> spares_;
  LeadBudget lead_budget_;
  std::unique_ptr<Connection> connection_;
  Timer timer_;
  Time phase_since_;
  Time last_read_;
  Time waited_until_;  // told to body_pace_
  Pace body_pace_;     // of codecs whose bodies come one by one
  SendPace send_pace_;
  Time codec_due_ = Time::max();
  CodecPhase phase_ = CodecPhase::idle;
  bool is_sniffing_ = true;
  bool holds_replies_ = false;
  bool is_draining_ = false;
  bool has_input_ended_ = false;
  bool has_codec_heard_it_ = false;  // of the end of input
  bool wants_offer_ = false;
  Linger linger_ = Linger::no;  // what was said calls for: bytes of the client may be unread when we close
  bool is_over_ = false;
};

}  // namespace zeroway
