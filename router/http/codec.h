// The interface of a client protocol's codec: bytes of one connection ⇄ the five verbs of its streams.
//
// Owner: a client session keeps one per connection.   Thread: that connection's loop.
// Bytes go in by read() and come out in output(); what the client sent is told to CodecEvents. Heads are told in
// HTTP/2's form: pseudo-fields first, lower-case names, nothing connection-specific. Not here: sockets, exchanges, the
// clock (a codec is told the time where its protocol needs it).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/kind.h"
#include "proto/stream_sink.h"
#include "router/observe/time.h"
#include "router/settings/terms.h"

namespace zeroway {

using CodecStream = std::uint32_t;  // names one request of a connection; a connection never uses a number twice

// How a connection as a whole broke the rules.
enum class Breach : std::uint8_t {
  mistake,  // the client broke a rule that an honest client, too, may break once
  flood,    // the connection cost the router more than any client needs
};

// What the client sent. The session implements this interface, and may call the codec's verbs from inside an event.
class CodecEvents {
 public:
  virtual ~CodecEvents() = default;
  // Returns the terms of the request: the codec holds the body to them.
  [[nodiscard]] virtual RequestTerms head(CodecStream stream, Head& head, Last last, Kind kind) = 0;
  // The first line of a head has come, the rest has not; `target` is the line's, good until the call returns. Told at
  // most once for each head, and by HTTP/1.1 alone.
  virtual void begun(std::string_view /*target*/) {}
  virtual void data(CodecStream stream, Bytes bytes) = 0;
  virtual void piece(CodecStream, Bytes, MessageKind, Last) {}  // data's form on a WebSocket
  virtual void end(CodecStream stream, Head& trailers) = 0;
  // The client broke the protocol or cancelled the request. Unless the code is `cancelled`, the stream still takes the
  // verbs of a reply: an error reply, or reset when a reply's head was sent already. The codec closes the connection
  // after the reply where its protocol demands that.
  virtual void reset(CodecStream stream, const Error& error) = 0;
  // The client broke the protocol, but its earlier messages are still to be answered: end() follows. For the counts and
  // the log.
  virtual void blamed(CodecStream, const Error&) {}
  // From codecs that hold replies: `bytes` more of those given to data() and piece() are in output() now.
  virtual void drained(CodecStream, std::size_t) {}
  // The connection as a whole broke the protocol, or was abused: every open stream on it is over. The codec closes the
  // connection when its last output is sent. Told at most once.
  virtual void broken(const Error&, Breach) {}
};

// A request whose head was never told, because the codec refused it.
struct RefusedRequest {
  std::string_view method, path;  // "" = not read yet, or not valid; an HTTP/1.1 path is as the client sent it
  std::string_view accept{};      // the value of the Accept field; "" = not read yet, or absent
};

// What the client is doing; decides which timeout runs.
enum class CodecPhase : std::uint8_t {
  idle,    // no request has begun, and no request is open
  head,    // inside a request's head
  body,    // a request's body is not complete, its reply has not begun, and the client may send more of the body now
  rest,    // the reply has ended, and the codec discards what is left of a small body, so that the connection stays
  reply,   // the client waits for the reply, or the reply has begun: beside a reply, a body may take its time
  timed,   // the codec runs its own timers: see Codec::tick()
  closed,  // the codec reads nothing more; close the connection once the output is written
};

class Codec {
 public:
  virtual ~Codec() = default;

  // The connection is there, and no byte has come. Where the server may speak first, the codec tells a head now.
  virtual void begin(CodecEvents&) {}
  // Tells the codec the time. The session calls it before each read(); tick() tells the time, too.
  virtual void set_time(Time) {}
  // Reads as much of `input` as it can. Returns how many bytes it has read. The rest waits: for more bytes, for credit,
  // or for the reply to the earlier request (pipelining). The session gives the rest again, with the bytes that came
  // since, after the next read or verb. A head is read whole, so up to HttpLimits::max_head bytes may wait.
  [[nodiscard]] virtual std::size_t read(Bytes input, CodecEvents& events) = 0;
  // False while the codec can read no byte: the session stops reading the socket.
  [[nodiscard]] virtual bool wants_input() const = 0;
  // The client closed its sending side, and read() has read all earlier bytes that it could. Tells reset(cancelled) for
  // a request that is not complete and for a WebSocket. Complete requests are still answered, then the codec closes.
  // Without open requests it closes at once.
  virtual void input_ended(CodecEvents& events) = 0;
  // The client took too long. In phase `head` or `body` the codec tells reset(request_timeout), on a new stream when no
  // head was told yet, so that the session can answer 408 through the verbs. In phase `idle` the codec sends its
  // protocol's message for closing, if there is one, and closes. In phase `rest` it closes. In other phases it does
  // nothing.
  virtual void timed_out(CodecEvents& events) = 0;

  // The request that reset() tells of. Only inside reset(), and only when the stream's head was not told. Its views are
  // good until reset() returns.
  [[nodiscard]] virtual RefusedRequest refused() const { return {}; }

  // The verbs towards the client. A verb for a stale stream is ignored.
  virtual void head(CodecStream stream, Head& head, Last last) = 0;
  virtual void data(CodecStream stream, Bytes bytes) = 0;
  // A tunnel has bytes as data once a head with the status 200 was given. Each direction has an end of its own, and
  // any other status refuses it.
  // In place of the final head: the worker has accepted the WebSocket. From now on the stream has pieces, no data. The
  // codec copies `terms`.
  virtual void accept_web_socket(CodecStream, Head&, const WebSocketTerms&) {}
  virtual void piece(CodecStream, Bytes, MessageKind, Last) {}  // data's form on a WebSocket
  virtual void end(CodecStream stream, Head& trailers) = 0;
  virtual void reset(CodecStream stream, const Error& error) = 0;
  virtual void credit(CodecStream stream, std::uint32_t bytes) = 0;
  // The reply that follows refuses the request's content. Where only the end of a connection keeps the client from
  // sending the content, the codec ends the connection behind the reply.
  virtual void refuse_content(CodecStream) {}
  // The stream's client is to come again: see ReplySink::hand_over().
  virtual void hand_over(CodecStream) {}
  // Takes back the stream's reply, from its final head on, as if the reply had never begun. False, and nothing is taken
  // back, when flush() was called since, when the reply has ended, or when the reply accepted a WebSocket.
  [[nodiscard]] virtual bool take_back(CodecStream stream) = 0;

  // Runs the codec's timers; may tell events and fill the output. Returns when tick() is to be called next; Time::max()
  // means never. The session calls it in phase `timed` only: at that time, and after each turn of the loop in which
  // something happened on the connection.
  [[nodiscard]] virtual Time tick(Time, CodecEvents&) { return Time::max(); }

  // Finishes open requests and begins no new ones: `connection: close` on the next reply, GOAWAY.
  virtual void drain() = 0;

  // True: the codec holds replies until the client's flow-control window allows them. The bytes given to data() then
  // count as written only when drained() tells so.
  [[nodiscard]] virtual bool holds_replies() const { return false; }
  // The session calls it before it takes output(). Codecs that hold replies move the bytes that may leave to output(),
  // until output() holds `room` bytes or a little more. True when more bytes could leave, but `room` was reached.
  virtual bool flush(std::size_t room, CodecEvents& events) = 0;

  // Bytes for the socket. The session takes them out (swap or clear).
  [[nodiscard]] virtual std::string& output() = 0;
  // Nothing will come behind output(), and the client may go on: the session closes its sending side alone. Stays true.
  [[nodiscard]] virtual bool has_output_ended() const { return false; }
  // In phase `closed`: the client is to see that its connection broke. The session resets it, whatever waits.
  [[nodiscard]] virtual bool ends_by_reset() const { return false; }
  [[nodiscard]] virtual CodecPhase phase() const = 0;
};

}  // namespace zeroway
