// A client's language: bytes of one connection ⇄ the five verbs of its streams.
//
// Owner: a client session keeps one per connection.   Thread: that connection's loop.
// A codec knows no sockets, no clock (but is told the time where its language needs it), no exchanges: bytes go in by
// read(), come out in output(), and what the client said is told to CodecEvents. Heads that it tells are in HTTP/2's
// form: pseudo-fields first, lower-case names, nothing connection-specific.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/stream_sink.h"
#include "router/observe/time.h"

namespace zeroway {

using CodecStream = std::uint32_t;  // names one request on its connection; never used again on it

// How a connection as a whole went wrong.
enum class Breach : std::uint8_t {
  mistake,  // rules that an honest client, too, may break once
  flood,    // it cost us more than any client has to
};

// What the client said. The session implements it; it may call the codec's verbs from inside.
class CodecEvents {
 public:
  virtual ~CodecEvents() = default;
  virtual void head(CodecStream stream, Head& head, Last last) = 0;
  virtual void data(CodecStream stream, Bytes bytes) = 0;
  virtual void piece(CodecStream, Bytes, MessageKind, Last) {}  // data's form on a WebSocket
  virtual void end(CodecStream stream, Head& trailers) = 0;
  // The client broke the protocol or took the request back. Unless the code is `cancelled`, the stream still takes the
  // verbs of a reply: an error reply, or reset when a reply's head is out already. The codec closes after it where its
  // protocol demands that.
  virtual void reset(CodecStream stream, const Error& error) = 0;
  // The client broke the protocol, but what it said before is still to be answered: end() follows. For the counts and
  // the log.
  virtual void blamed(CodecStream, const Error&) {}
  // From codecs that hold replies: `bytes` of what data() and piece() were given are in output() now.
  virtual void drained(CodecStream, std::size_t) {}
  // The connection as a whole broke the protocol, or was abused: everything open on it is over. What the codec still
  // says is said, then it closes. Told at most once.
  virtual void broken(const Error&, Breach) {}
};

// A request whose head was never told, because the codec refused it.
struct RefusedRequest {
  std::string_view method, path;  // "" = it was not read so far, or is none; an HTTP/1.1 path as the client sent it
  std::string_view accept{};      // the value of that field; "" = the same
};

// What the client is doing; decides which timeout runs.
enum class CodecPhase : std::uint8_t {
  idle,    // no request begun, none open
  head,    // inside a request's head
  body,    // a request's body is not complete, its reply has not begun, and the client may send more of it now
  reply,   // the client waits for us, or talks with its worker: a body beside a begun reply takes its time
  timed,   // the codec times itself: see Codec::tick()
  closed,  // nothing more will be read; close once the output is written
};

class Codec {
 public:
  virtual ~Codec() = default;

  // What time it is. The session says so before each read(); tick() says it, too.
  virtual void set_time(Time) {}
  // Reads as much of `input` as it can and says how much. The rest waits: for more bytes, for credit, or for the reply
  // to the request before (pipelining); give it again, with what came since, after the next read or verb. A head is
  // read whole, so up to HttpLimits::max_head bytes may wait.
  [[nodiscard]] virtual std::size_t read(Bytes input, CodecEvents& events) = 0;
  // False while no byte can be taken in: the session stops reading the socket.
  [[nodiscard]] virtual bool wants_input() const = 0;
  // The client closed its sending side, and read() has taken all before it that it could. A request that is not
  // complete and a WebSocket are told reset(cancelled). Complete requests are still answered, then the codec closes;
  // without any it closes at once.
  virtual void input_ended(CodecEvents& events) = 0;
  // The client took too long in phase `head` or `body`: tells reset(request_timeout), on a stream of its own when no
  // head was told yet, so that the session can answer 408 through the verbs. In phase `idle` the codec says goodbye, if
  // its protocol has a word for it, and closes. In other phases nothing.
  virtual void timed_out(CodecEvents& events) = 0;

  // Of whom reset() tells; only inside of it, when the stream's head was not told. Views are good until it returns.
  [[nodiscard]] virtual RefusedRequest refused() const { return {}; }

  // The verbs towards the client. A stale stream is quietly ignored.
  virtual void head(CodecStream stream, Head& head, Last last) = 0;
  virtual void data(CodecStream stream, Bytes bytes) = 0;
  virtual void piece(CodecStream, Bytes, MessageKind, Last) {}  // data's form on a WebSocket
  virtual void end(CodecStream stream, Head& trailers) = 0;
  virtual void reset(CodecStream stream, const Error& error) = 0;
  virtual void credit(CodecStream stream, std::uint32_t bytes) = 0;
  // Takes back the stream's reply from its final head on, as if it had never begun. False, and nothing is taken back,
  // when there was a flush() since, when the reply has ended, or when it accepted a WebSocket.
  [[nodiscard]] virtual bool take_back(CodecStream stream) = 0;

  // Only in phase `timed`, at the end of each turn that something happened in, and when the time it returned has come:
  // does what is due (may tell events and fill the output) and says when it is to be called next; Time::max() is never.
  [[nodiscard]] virtual Time tick(Time, CodecEvents&) { return Time::max(); }

  // Finish what is open, begin nothing new: `connection: close` on the next reply, GOAWAY.
  virtual void drain() = 0;

  // True: replies wait inside until the client grants a window for them, so what data() is given counts as written only
  // when drained() tells.
  [[nodiscard]] virtual bool holds_replies() const { return false; }
  // The session calls it before it takes output(). Codecs that hold replies move what may leave to output(), until that
  // holds `room` bytes or a little more. True when room was what stopped it.
  virtual bool flush(std::size_t room, CodecEvents& events) = 0;

  // Bytes for the socket; the session takes them out (swap or clear).
  [[nodiscard]] virtual std::string& output() = 0;
  [[nodiscard]] virtual CodecPhase phase() const = 0;
};

}  // namespace zeroway
