// One WebSocket (RFC 6455) on a stream of bytes: frames ⇄ verbs piece, end, reset.
//
//     open ──our Close──▶ closing ──the client's Close, its connection's end, or a timeout──▶ closed
//       ├──hand_over(): our Close, once no message to the client is unfinished──▶ leaving ──as closing──▶ closed
//       ├──the client's Close (answered), its connection's end, no pong──▶ closed
//       ├──a broken rule: our Close, or none (fail_by_drop)──▶ closed
//       └──a broken rule after a whole message──▶ failing ──the worker's end, or kLastAnswers: our Close──▶ closed
//
// Owner: a WsStream, once the worker has accepted.   Thread: the connection's loop.
// Messages pass in pieces in both directions, and no message is held. Pieces to the worker need its credit; without
// credit the input waits. An idle WebSocket costs 5 KiB. Compression adds up to 32 KiB, the window of the client.
// Not here: handshake (ws_handshake.h), frames (ws_frames.h), compression (ws_deflate.h), messages to the client
// (ws_message_writer.h), pings (ws_pings.h), close codes (ws_close.h).
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "proto/stream_sink.h"
#include "router/http/limits.h"
#include "router/http/utf8.h"
#include "router/http/ws_deflate.h"
#include "router/http/ws_frames.h"
#include "router/http/ws_message_writer.h"
#include "router/http/ws_pings.h"
#include "router/observe/time.h"
#include "router/settings/settings.h"

namespace zeroway {

// What the client sent. After end() or reset() only reset(cancelled) may follow, and only until the worker has ended.
class WsEvents {
 public:
  virtual ~WsEvents() = default;
  virtual void piece(Bytes bytes, MessageKind kind, Last last) = 0;
  // The client sent a Close, and the codec has answered it: `trailers` has the client's `close-code` and
  // `close-reason`, if it sent them. Or the client broke a rule after messages that the worker may still answer: the
  // code is 1006, which no client can send, and blamed() was called before.
  virtual void end(Head& trailers) = 0;
  virtual void blamed(const Error& error) = 0;
  virtual void reset(const Error& error) = 0;
};

class WsCodec {
 public:
  // The codec appends the bytes it sends to `output`. `output` and `settings` outlive the codec. `credit` is the
  // worker's first credit for pieces of messages.
  // `masks` makes the codec the client of an origin: it masks its frames, and the origin's must have no mask (RFC 6455
  // §5.1). `masks` outlives the codec. What is said here of the client then is the origin, and the worker is whoever
  // opened the WebSocket.
  WsCodec(const WebSocketTerms& settings, const std::optional<WsDeflateTerms>& deflate, std::uint64_t credit,
          std::string& output, Randomness* masks = nullptr);

  // As Codec::read(): reads as much of `input` as it can. The caller gives the rest again.
  [[nodiscard]] std::size_t read(Bytes input, WsEvents& events);
  // False while the codec waits for credit.
  [[nodiscard]] bool wants_input() const { return !is_blocked_; }
  void input_ended(WsEvents& events);
  // Client and worker have both ended: the stream of bytes is to be closed.
  [[nodiscard]] bool is_over() const { return state_ == State::closed && worker_ == Worker::gone; }

  // The worker's verbs. end and reset send a Close, unless one was sent: end with `close-code` (1000 when absent),
  // reset with 1011. In state failing, the Close has the code of the broken rule instead.
  void piece(Bytes bytes, MessageKind kind, Last last);
  void end(const Head& trailers);
  void reset(const Error& error);
  void credit(std::uint32_t bytes);

  // This router is leaving: sends Close 1001.
  void drain();
  // The client is to come again: sends Close 1012 behind the message that is being written. In state leaving, the
  // worker still gets all that the client has sent before its own Close.
  void hand_over();
  // As Codec::tick(): sends pings, ends what is late, and goes on inflating when new credit has come.
  [[nodiscard]] Time tick(Time now, WsEvents& events);

 private:
  enum class State : std::uint8_t { open, leaving, closing, failing, closed };
  // fresh ──a whole message was told──▶ has_message ──end or reset was told──▶ has_last ──▶ gone
  //   └──────────────────────it ends, or was told reset(cancelled)──────────────────────────▲
  enum class Worker : std::uint8_t { fresh, has_message, has_last, gone };
  // The message that comes in, between its first frame and the end of its last.
  enum class Message : std::uint8_t { none, plain, compressed };
  // What must still be told of bytes that were read:
  // none ──compressed bytes──▶ payload ──the message's last frame is inflated──▶ tail ──all of it is told──▶ none
  //   └──the end of a plain message, without bytes and without credit──▶ end ──credit──▶ none
  enum class Rest : std::uint8_t { none, payload, tail, end };

  // Reading. Functions that take `events` return whether there may be more to read.
  bool read_one(Bytes& rest, WsEvents& events);
  bool begin_frame(WsEvents& events);
  [[nodiscard]] const char* why_wrong(const WsFrameHead& head) const;
  bool begin_data(const WsFrameHead& head, WsEvents& events);
  bool take_payload(WsEvents& events);
  bool end_frame(WsEvents& events);
  bool end_control(WsEvents& events);
  bool inflate_piece(WsEvents& events);
  bool tell(Bytes piece, Last last, WsEvents& events);
  bool tell_end(WsEvents& events);
  bool take_close(WsEvents& events);
  bool fail(std::uint16_t code, std::string_view reason, WsEvents& events);
  void begin_failing(WsEvents& events);
  [[nodiscard]] Error failure() const;
  bool end_failing(WsEvents& events);
  void tell_lost(std::string_view why, WsEvents& events);
  [[nodiscard]] bool is_inflating() const { return rest_ == Rest::payload || rest_ == Rest::tail; }
  [[nodiscard]] bool is_hearing() const { return state_ == State::open || state_ == State::leaving; }
  void leave_if_due();
  [[nodiscard]] bool has_told_last() const { return worker_ >= Worker::has_last; }
  [[nodiscard]] bool is_deaf() const { return state_ == State::failing || state_ == State::closed; }
  [[nodiscard]] std::uint64_t room() const;
  [[nodiscard]] Bytes control() const { return Bytes(control_).first(control_size_); }

  // writing
  void send_close(std::uint16_t code, std::string_view reason);
  void begin_close(std::uint16_t code, std::string_view reason);

  // time
  [[nodiscard]] Time tick_rest(Time now);
  [[nodiscard]] Time tick_close(Time now, WsEvents& events);

  const WebSocketTerms& settings_;
  const std::optional<WsDeflateTerms> deflate_;
  const bool is_client_role_;
  std::string& output_;
  WsFrames frames_;
  std::unique_ptr<WsInflater> inflater_;
  WsMessageWriter writer_;
  WsPings pings_;
  std::uint64_t credit_;

  // the message that comes in
  std::uint64_t message_size_ = 0;
  Utf8Check utf8_;
  MessageKind kind_ = MessageKind::binary;
  Message message_ = Message::none;
  Rest rest_ = Rest::none;
  std::optional<std::uint8_t> held_;  // inflated, one byte over the credit: it shows that the message goes on
  std::array<std::uint8_t, kMaxControlPayload> control_{};
  std::uint8_t control_size_ = 0;

  State state_ = State::open;
  std::uint16_t failed_code_ = 0;  // of the broken rule, for our Close
  std::string_view failed_reason_;
  Worker worker_ = Worker::fresh;
  bool is_blocked_ = false;

  bool must_leave_ = false;      // once no message to the client is unfinished
  bool has_compressed_ = false;  // compressed data passed since the last tick
  Time closing_since_ = Time::min();
  Time rests_ = Time::max();
};

}  // namespace zeroway
