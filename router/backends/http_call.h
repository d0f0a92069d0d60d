// One request of our own to a server, on a connection of its own: a health check, a question to a responder of OCSP,
// spans for a collector.
//
//   dialing ── connection ──▶ asking ── head, or the whole reply ──▶ over
//      └── an error, too many bytes, or the time is over ─────────────▲
//
// Owner: whoever asks.   Thread: one loop.
// Not here: when to ask, what the answer means; requests of clients (backends/servers_backend.h).
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "router/backends/origin_dialer.h"
#include "router/net/loop.h"

namespace zeroway {

struct HttpQuestion {
  // Takes bytes of the reply's body as they come. Returns false when it leaves them to the answer. The call is not
  // destroyed in it.
  using Piece = std::function<bool(const Head& head, std::string_view bytes)>;

  Head head;                            // without the length of the body
  std::string body{};                   // "" = none
  std::chrono::milliseconds timeout{};  // for everything, from the dial to the answer
  std::size_t most_body = 0;            // of the reply, in bytes; more is an error. 0 = the head is the answer
  Piece piece{};                        // for replies without an end: `timeout` then begins anew with each piece
};

struct HttpAnswer {
  Head head;  // the final one
  std::string body;
};

class HttpCall final : private ConnectionEvents, private ReplyEvents, private TurnEnd {
 public:
  using Done = std::function<void(Result<HttpAnswer> answer)>;

  // Calls `done` once, never before this returns. The call may be destroyed in it, and is cancelled by its destruction.
  // An error whose fault is the router's is not the server's failure. The deadline of `wish` is the question's timeout.
  // `dialer` outlives the call, and so does what `wish` refers to.
  HttpCall(Loop& loop, OriginDialer& dialer, const OriginWish& wish, HttpQuestion question, Done done);
  ~HttpCall() override;

 private:
  void dialed(Result<DialedOrigin> result);
  void ask();
  void give(std::size_t most);
  void fail(const std::string& why);
  void finish(Result<HttpAnswer> result);
  void turn_end() override;

  std::size_t received(Bytes bytes) override;
  void input_ended() override;
  void hung_up() override {}
  void written() override {}
  void lost() override;

  void head(CodecStream stream, Head& head, Last last) override;
  void data(CodecStream stream, Bytes bytes) override;
  void piece(CodecStream, Bytes, MessageKind, Last) override {}
  void end(CodecStream stream, Head& trailers) override;
  void reset(CodecStream stream, const Error& error) override;
  void credit(CodecStream stream, std::uint32_t bytes) override;

  Loop& loop_;
  HttpQuestion question_;
  Done done_;
  HttpAnswer answer_;
  Result<HttpAnswer> result_{HttpAnswer{}};
  bool has_result_ = false;  // told at the end of the turn: the connection may be the caller
  CodecStream stream_ = 0;   // while it is asking
  std::size_t given_ = 0;    // bytes of the question's body
  std::unique_ptr<OriginDialing> dialing_;
  std::unique_ptr<ClientCodec> codec_;
  std::unique_ptr<Connection> connection_;
  Timer timer_;
};

}  // namespace zeroway
