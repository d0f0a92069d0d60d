// A WebSocket on one stream of a client's connection, from its opening to its end: what HTTP/1.1 and HTTP/2 share.
//
//     opening ──first credit──▶ taken ──accept()──▶ accepted ──is_done()──▶ the codec ends the stream of bytes
//        └──────accept()────────┼──────────────────────▲
//                               └──no answer in time──▶ expired
//     Another answer than accept() is an ordinary reply: the codec deletes this object.
//
// Owner: H1Codec or an H2Stream.   Thread: the connection's loop.
// Not here: when bytes move and windows open (h1_codec_sockets.cpp, h2_sockets.h), frames (ws_codec.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "router/http/codec.h"
#include "router/http/ws_codec.h"
#include "router/http/ws_handshake.h"

namespace zeroway {

class WsStream {
 public:
  // Tells events as those of stream `id`. WsCodec appends its bytes to `output`, which outlives this object.
  WsStream(CodecStream id, WsHandshake handshake, std::string& output);
  ~WsStream();
  WsStream(const WsStream&) = delete;
  WsStream& operator=(const WsStream&) = delete;

  // The worker accepted with `reply`, which becomes the client's answer, except for `:status`.
  void accept(Head& reply, const WebSocketTerms& terms);
  [[nodiscard]] bool is_accepted() const { return codec_.has_value(); }

  // The verbs towards the client. Without acceptance only credit() has an effect.
  void piece(Bytes bytes, MessageKind kind, Last last);
  void end(const Head& trailers);
  void reset(const Error& error);
  void credit(std::uint32_t bytes);
  void drain();
  void hand_over();
  // Tells no more events: the request was ended in another way.
  void forget() { is_over_ = true; }

  // Reads as much of `input` as it can, nothing before the worker has accepted. The caller gives the rest again.
  [[nodiscard]] std::size_t read(Bytes input, CodecEvents& events);
  // The same for a caller that cannot give the rest again: it is kept. Returns how many of the bytes that were given so
  // far have been read since the last call.
  [[nodiscard]] std::size_t take(Bytes input, CodecEvents& events);
  // False while nothing can be read: the worker has not answered, or there is no credit.
  [[nodiscard]] bool wants_input() const { return codec_ && codec_->wants_input(); }
  // Bytes are kept, or the end behind them: to be given to take() when credit or the worker's answer has come.
  [[nodiscard]] bool has_kept() const { return !kept_.empty() || is_end_kept_; }
  // The client's connection ended without a Close. For a WebSocket that was accepted.
  void input_ended(CodecEvents& events);
  // The same, once all bytes that are kept have been read: they may wait for credit.
  void input_ended_behind_kept(CodecEvents& events);

  // As Codec::tick(). A worker that took the opening has `patience` to answer it, 0 = for ever; then reset is told.
  [[nodiscard]] Time tick(Time now, Millis patience, CodecEvents& events);

  // The session has ended the stream or was told of its end.
  [[nodiscard]] bool is_over() const { return is_over_; }
  [[nodiscard]] bool has_expired() const { return state_ == State::expired; }
  // Client and worker have both ended: the stream of bytes is to be closed.
  [[nodiscard]] bool is_done() const { return codec_ && codec_->is_over(); }
  // The bytes that were given to piece() since the last call, as the worker's credit counts them.
  [[nodiscard]] std::size_t take_unpaid() { return std::exchange(unpaid_, 0); }
  [[nodiscard]] bool has_unpaid() const { return unpaid_ > 0; }

 private:
  class Teller;
  enum class State : std::uint8_t { opening, taken, accepted, expired };

  void end_kept_input(CodecEvents& events);
  [[nodiscard]] Time tick_opening(Time now, Millis patience, CodecEvents& events);

  const CodecStream id_;
  std::string& output_;
  WsHandshake handshake_;  // until the worker has accepted
  WebSocketTerms terms_;   // from then on
  std::optional<WsCodec> codec_;
  std::string kept_;
  std::size_t unpaid_ = 0;
  std::uint64_t credit_ = kOpeningWindow;  // of the worker before it has accepted
  Time taken_ = Time::min();
  State state_ = State::opening;
  bool is_over_ = false;
  bool is_end_kept_ = false;  // the client's side has ended; WsCodec is told behind the kept bytes
};

}  // namespace zeroway
