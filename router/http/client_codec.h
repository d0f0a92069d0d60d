// The interface of an origin's protocol in the client role: requests as verbs ⇄ bytes of one connection to the origin.
//
// Owner: a pool keeps one per connection that it has dialled.   Thread: that connection's loop.
// Requests go in by verbs, their bytes come out in output(); what the origin sent goes in by read() and is told to
// ReplyEvents. Heads are in HTTP/2's form both ways: pseudo-fields first, lower-case names, nothing
// connection-specific. Not here: sockets, pools, retries, deadlines.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "proto/kind.h"
#include "proto/stream_sink.h"
#include "router/http/codec.h"
#include "router/http/protocol_sniffer.h"
#include "router/http/randomness.h"
#include "router/observe/time.h"
#include "router/settings/settings.h"

namespace zeroway {

// What the origin sent. The owner implements it, and may call the codec's verbs (open() too) from inside an event.
//
// A stream is over at end() and at reset(): its later verbs are ignored. The end of a reply that comes before the
// request's end is the end of the stream, too: the rest of the request is no longer wanted. Only a tunnel goes on until
// both directions have ended.
class ReplyEvents {
 public:
  virtual ~ReplyEvents() = default;
  // Interim heads (1xx) first, any number of them. The head of an accepted WebSocket has the status 200.
  virtual void head(CodecStream stream, Head& head, Last last) = 0;
  virtual void data(CodecStream stream, Bytes bytes) = 0;
  virtual void piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) = 0;
  virtual void end(CodecStream stream, Head& trailers) = 0;
  // The codes are backend_protocol (the origin broke a rule), backend_lost (the connection ended), backend_reset and
  // backend_refused. `error.retry_safe`: it is proven that the origin did not act on the request.
  virtual void reset(CodecStream stream, const Error& error) = 0;
  // `bytes` more of the request's body may be given: so many have left.
  virtual void credit(CodecStream stream, std::uint32_t bytes) = 0;
};

// Outlives the codecs that are made with it.
struct ClientCodecSettings {
  HttpLimits limits{};              // of replies: max_head, max_fields, and max_request_line for the status line
  WebSocketSettings web_sockets{};  // towards the origin: sizes, pings, times. Origins and compression are not used
  Randomness* random = nullptr;     // for WebSockets; needed only where they are opened
};

class ClientCodec {
 public:
  virtual ~ClientCodec() = default;

  // How many requests open() would take now.
  [[nodiscard]] virtual std::size_t room() const = 0;
  // The connection will never take a request again. The owner closes it once no stream is open; bytes that are still in
  // output() then (a WebSocket's Close) leave first.
  [[nodiscard]] virtual bool is_finished() const = 0;

  // Whether open() takes streams of this kind. HTTP/2 says no to WebSockets: they need a connection of HTTP/1.1.
  [[nodiscard]] virtual bool serves(Kind kind) const = 0;

  // Begins a request; only with room(). `last`: neither body nor trailers follow. The head is legal by
  // check_request_head(); of a WebSocket it is the CONNECT with `:protocol`. Says no event before it returns.
  [[nodiscard]] virtual CodecStream open(const Head& head, Last last, Kind kind) = 0;

  // The verbs of the request. A verb for a stale stream is ignored.
  virtual void data(CodecStream stream, Bytes bytes) = 0;  // within kOpeningWindow, then within credit()
  virtual void piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) = 0;  // once a WebSocket is accepted
  virtual void end(CodecStream stream, const Head& trailers) = 0;    // of a WebSocket: `close-code`, `close-reason`
  virtual void reset(CodecStream stream, ResetCode code) = 0;        // no event of the stream follows
  virtual void credit(CodecStream stream, std::uint32_t bytes) = 0;  // more reply bytes, beyond kFirstReplyWindow

  // Reads as much of `input` as it can. Returns how many bytes it has read. The owner gives the rest again, with the
  // bytes that came since, after the next read of the socket and after credit(). The owner tells written() before it
  // gives bytes that came later: a reply that came before any byte of its request was written is none.
  [[nodiscard]] virtual std::size_t read(Bytes input, ReplyEvents& events) = 0;
  // False while the open reply has no credit: the owner stops reading the socket.
  [[nodiscard]] virtual bool wants_input() const = 0;

  // How the origin's bytes ended: `orderly` is a FIN, under TLS a close_notify; `broken` is everything else, a TLS
  // connection's bare FIN too (RFC 9112 §9.8).
  enum class InputEnd : std::uint8_t { orderly, broken };
  // No byte follows those that read() was given. While some of them wait for credit, the owner keeps the end to itself:
  // a reply must not look cut off because its reader is slow. Tells end or reset of each open stream. After an error of
  // writing alone, the owner goes on reading: an origin that refuses a body may have sent its reply before it closed.
  virtual void input_ended(InputEnd how, ReplyEvents& events) = 0;

  // Bytes for the socket. The owner takes them out (swap or clear), and asks again after written(): what is ready comes
  // in portions.
  [[nodiscard]] virtual std::string& output() = 0;
  // As of Codec: nothing will come behind output(), and the origin may go on.
  [[nodiscard]] virtual bool has_output_ended() const { return false; }
  // The origin is to see that its connection broke: the owner resets it now.
  [[nodiscard]] virtual bool ends_by_reset() const { return false; }
  // The kernel took so many bytes of those that output() gave. Told even when no stream is open any more.
  virtual void written(std::size_t bytes, ReplyEvents& events) = 0;

  // Any byte of the stream's reply was read, of an interim reply too. May be asked up to and inside the stream's last
  // event. A stream that ends without it on a connection that served earlier requests was probably lost to the origin's
  // idle timeout: an idempotent request may be repeated, once, on another connection.
  [[nodiscard]] virtual bool has_reply_begun(CodecStream stream) const = 0;

  // The time, and the timers of WebSockets, as Codec::tick(): returns when tick() is to be called next.
  virtual void set_time(Time) {}
  [[nodiscard]] virtual Time tick(Time, ReplyEvents&) { return Time::max(); }
};

// `settings` outlives the codec. For HTTP; a tunnel's is in http/tcp_client_codec.h.
[[nodiscard]] std::unique_ptr<ClientCodec> make_client_codec(Protocol protocol, const ClientCodecSettings& settings);

}  // namespace zeroway
