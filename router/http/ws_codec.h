// One WebSocket (RFC 6455) on a stream of bytes: frames ⇄ message, end, reset.
//
//     open ──our Close──▶ closing ──their Close, or too late──▶ closed
//       ├──their Close (answered), broken rules (Close, or drop)──▶ closed
//       └──broken rules after a message──▶ failing ──the worker's end, or kLastAnswers: our Close──▶ closed
//
// Owner: an H1WebSocket or an H2WebSocket, once the worker has accepted.   Thread: the connection's loop.
// Messages pass in pieces, both ways: none is held. Pieces to the worker keep to its credit; while there is none the
// input waits. Idle, it costs 5 KiB, and with compression up to 32 KiB more: what the client may refer back to.
// Not here: the opening (ws_handshake.h), frames (ws_frames.h), compression (ws_deflate.h), what goes out
// (ws_message_writer.h), whether the client is there (ws_pings.h), close codes (ws_close.h).
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

// What the client said. After reset, and after end once the worker has ended too, nothing more is told.
class WsEvents {
 public:
  virtual ~WsEvents() = default;
  virtual void piece(Bytes bytes, MessageKind kind, Last last) = 0;
  // It closed, and was answered: `close-code` and `close-reason`, as far as it said them. Or it broke a rule after
  // messages that the worker may still answer: 1006, which no client can say, and blamed() before it.
  virtual void end(Head& trailers) = 0;
  virtual void blamed(const Error& error) = 0;
  virtual void reset(const Error& error) = 0;
};

class WsCodec {
 public:
  // Appends what it sends to `output`, which stays, like `settings`. `credit` is for pieces of messages.
  WsCodec(const WebSocketSettings& settings, const std::optional<WsDeflateTerms>& deflate, std::uint64_t credit,
          std::string& output);

  // As Codec::read(): takes what it can; the rest is to be given again.
  [[nodiscard]] std::size_t read(Bytes input, WsEvents& events);
  // False while it waits for credit.
  [[nodiscard]] bool wants_input() const { return !is_blocked_; }
  void input_ended(WsEvents& events);
  // Both sides have said their last word: the stream of bytes is to be closed.
  [[nodiscard]] bool is_over() const { return state_ == State::closed && has_worker_ended_; }

  // The worker's verbs. end and reset send a Close, once: with `close-code` (1000 when absent), or 1011.
  void piece(Bytes bytes, MessageKind kind, Last last);
  void end(const Head& trailers);
  void reset(const Error& error);
  void credit(std::uint32_t bytes);

  // This router is leaving: Close 1001.
  void drain();
  // As Codec::tick(): pings, what is late, and what was inflated and waited for credit.
  [[nodiscard]] Time tick(Time now, WsEvents& events);

 private:
  enum class State : std::uint8_t { open, closing, failing, closed };

  // reading; each returns whether there may be more to read
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
  void end_message();
  bool take_close(WsEvents& events);
  bool fail(std::uint16_t code, std::string_view reason, WsEvents& events);
  void begin_failing(WsEvents& events);
  [[nodiscard]] Error failure() const;
  bool end_failing(WsEvents& events);
  void tell_lost(std::string_view why, WsEvents& events);
  [[nodiscard]] bool is_deaf() const { return state_ == State::failing || state_ == State::closed; }
  [[nodiscard]] std::uint64_t room() const;
  [[nodiscard]] Bytes control() const { return Bytes(control_).first(control_size_); }

  // writing
  void send_close(std::uint16_t code, std::string_view reason);
  void begin_close(std::uint16_t code, std::string_view reason);

  // time
  [[nodiscard]] Time tick_rest(Time now);
  [[nodiscard]] Time tick_close(Time now, WsEvents& events);

  const WebSocketSettings& settings_;
  const std::optional<WsDeflateTerms> deflate_;
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
  bool is_in_message_ = false;
  bool is_compressed_ = false;
  bool is_inflating_ = false;  // its payload is not all through the inflater
  bool has_tail_ = false;
  bool is_end_due_ = false;           // an end without bytes: waits for credit
  std::optional<std::uint8_t> held_;  // inflated for want of credit's knowledge: shows whether a message goes on
  std::array<std::uint8_t, kMaxControlPayload> control_{};
  std::uint8_t control_size_ = 0;

  State state_ = State::open;
  std::uint16_t failed_code_ = 0;  // of the Close that a failing one still owes
  std::string_view failed_reason_;
  bool has_told_message_ = false;  // a whole one
  bool is_blocked_ = false;
  bool has_told_last_ = false;     // end or reset: the worker hears nothing more
  bool has_worker_ended_ = false;  // or was told reset

  bool has_compressed_ = false;  // since the last tick
  Time closing_since_ = Time::min();
  Time rests_ = Time::max();
};

}  // namespace zeroway
