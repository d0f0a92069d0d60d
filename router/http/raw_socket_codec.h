// The codec of a RawSocket: a client's connection is one WebSocket of WAMP, and each frame is a message.
//
//     offer    whole and served ──▶ asked     foreign, not served, too late: refused in its words ──▶ closed
//     asked    a backend accepts: our answer ──▶ open     it refuses, or takes too long ──▶ closed
//     open     the backend ends ──▶ closed     it resets ──▶ broken     the client ends ──▶ ended
//              we leave ──▶ leaving
//     ended    the backend ends, or close_handshake_timeout ──▶ closed
//     leaving  the client ends, or close_handshake_timeout ──▶ closed
//
// A broken rule of frames is told as broken(), and the connection is closed behind what was sent before.
//
// Owner: a client session keeps one per connection.   Thread: that connection's loop.
// The limit that the answer announces is what the route's WebSockets take, so the answer waits for the backend's. A
// backend that has no room now (503, 429) is told as "too many connections"; for other refusals RawSocket has no word.
// The codec pings nobody. Not here: frames (router/wamp/raw_socket_reader.h), what messages say.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "proto/limits.h"
#include "router/http/codec.h"
#include "router/http/utf8.h"
#include "router/wamp/raw_socket_reader.h"
#include "router/wamp/raw_socket_writer.h"

namespace zeroway {

// What a listener says of the sessions that begin at it.
struct RawSocketEntry {
  std::string scheme, authority, path;  // of the WebSocket's opening
  SerializerSet served = SerializerSet::all();
  std::size_t most = kMostRawSocket;  // bytes of a client's longest message; the route's WebSockets may say less
  Millis patience = WebSocketTerms().open_handshake_timeout;  // for the offer; 0 = for ever
  bool is_full = false;                                       // one connection too many
};

class RawSocketCodec final : public Codec, private RawSocketEvents {
 public:
  explicit RawSocketCodec(RawSocketEntry entry) : entry_(std::move(entry)) {}

  [[nodiscard]] std::size_t read(Bytes input, CodecEvents& events) override;
  [[nodiscard]] bool wants_input() const override;
  void input_ended(CodecEvents& events) override;
  void timed_out(CodecEvents&) override {}

  void head(CodecStream stream, Head& head, Last last) override;
  void data(CodecStream, Bytes) override {}  // the page of a refusal
  void accept_web_socket(CodecStream stream, Head& head, const WebSocketTerms& terms) override;
  void piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) override;
  void end(CodecStream stream, Head& trailers) override;
  void reset(CodecStream stream, const Error& error) override;
  void credit(CodecStream stream, std::uint32_t bytes) override;
  void hand_over(CodecStream) override { leave(); }
  [[nodiscard]] bool take_back(CodecStream) override { return false; }
  [[nodiscard]] Time tick(Time now, CodecEvents& events) override;
  void drain() override;
  bool flush(std::size_t, CodecEvents&) override { return false; }

  [[nodiscard]] std::string& output() override { return writer_ ? writer_->output() : output_; }
  [[nodiscard]] bool has_output_ended() const override { return has_left_; }
  [[nodiscard]] bool ends_by_reset() const override { return stage_ == Stage::broken; }
  [[nodiscard]] CodecPhase phase() const override;
  // Bytes of the longest message that the client takes: from the opening on.
  [[nodiscard]] std::size_t most_of_client() const { return offer_.most; }

 private:
  enum class Stage : std::uint8_t { offer, asked, open, ended, leaving, closed, broken };

  // RawSocketEvents, while read() runs
  void piece(Bytes bytes, Last last) override;
  void ping(Bytes payload) override;
  void pong(Bytes) override {}

  [[nodiscard]] std::size_t read_offer(Bytes input, CodecEvents& events);
  void ask(const RawSocketOffer& offer, CodecEvents& events);
  void refuse(RawSocketRefusal why, CodecEvents& events);
  void read_some(Bytes& rest);
  void leave();
  void leave_if_due();
  void become(Stage stage);
  void end_input(CodecEvents& events);
  void fail(const std::string& why, CodecEvents& events);
  void give_up(const char* why, CodecEvents& events);
  void expire(CodecEvents& events);
  [[nodiscard]] bool takes_utf8(Bytes bytes, Last last);
  [[nodiscard]] bool is_hearing() const { return stage_ == Stage::open || stage_ == Stage::leaving; }
  [[nodiscard]] Millis patience() const;

  RawSocketEntry entry_;
  RawSocketOffer offer_;
  RequestTerms terms_;
  WebSocketTerms socket_terms_;
  std::string output_;                     // before the answer
  std::optional<RawSocketWriter> writer_;  // from then on
  std::optional<RawSocketReader> reader_;  // the same
  CodecEvents* events_ = nullptr;          // while read() runs
  Utf8Check utf8_;
  std::string failure_;  // to be told: the next tick() does
  std::uint64_t credit_ = kOpeningWindow;
  Time since_ = Time::min();  // of the stage, once it is timed
  Stage stage_ = Stage::offer;
  bool has_begun_ = false;   // a byte of the offer has come
  bool is_taken_ = false;    // a backend has the opening
  bool has_left_ = false;    // nothing more is said to the client
  bool must_leave_ = false;  // once no message to the client is unfinished
  bool is_inside_ = false;   // a message to the client is unfinished
};

}  // namespace zeroway
