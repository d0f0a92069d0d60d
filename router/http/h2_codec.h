// HTTP/2 (RFC 9113) as a codec, on nghttp2: many requests at once, each with flow-control windows of its own.
//
//     request body:  client ──DATA──▶ verb data;     verb credit ──WINDOW_UPDATE──▶ client
//     reply head:    verb head ──▶ held in its H2Stream ──the reply's end or flush()──▶ nghttp2: final from then on
//     reply body:    verb data ──▶ held in its H2Stream ──flush(), as the client's windows allow──▶ output(), drained
//
//     goodbye:  none ──drain(): GOAWAY──▶ draining ──PING's answer: GOAWAY──▶ leaving
//                 └───────────────────────────┴──a broken rule, a flood, idle too long──▶ cut ──broken()──▶ told
//               From each of them: ──nothing is left to send──▶ closed
//
// Owner: a client session keeps one per connection.   Thread: that connection's loop.
// A CodecStream is the stream's id. A malformed request is reset without an event. A connection error and a flood end
// the connection with GOAWAY and the event broken(). nghttp2 is called from the .cpp files only.
// Not here: what a head may hold (h2_head_reader.h), which frames are too many (h2_flood_guard.h), which streams have
// stalled (h2_patience.h), WebSockets (h2_sockets.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/http/codec.h"
#include "router/http/h2_closed_streams.h"
#include "router/http/h2_flood_guard.h"
#include "router/http/h2_frame_scan.h"
#include "router/http/h2_head_growth.h"
#include "router/http/h2_head_reader.h"
#include "router/http/h2_patience.h"
#include "router/http/h2_sockets.h"
#include "router/http/h2_stream.h"
#include "router/http/h2_wire.h"
#include "router/settings/settings.h"

struct nghttp2_session;

namespace zeroway {

class H2Fields;

class H2Codec final : public Codec {
 public:
  // `limits` and `scheme` ("http", "https") outlive the codec.
  H2Codec(const HttpLimits& limits, std::string_view scheme);
  ~H2Codec() override;
  H2Codec(const H2Codec&) = delete;
  H2Codec& operator=(const H2Codec&) = delete;

  void set_time(Time now) override;
  // Takes all of `input`: the flow-control windows bound how many bytes a client can send.
  [[nodiscard]] std::size_t read(Bytes input, CodecEvents& events) override;
  [[nodiscard]] bool wants_input() const override { return goodbye_ != Goodbye::closed; }
  void input_ended(CodecEvents& events) override;
  void timed_out(CodecEvents& events) override;
  [[nodiscard]] RefusedRequest refused() const override;

  void head(CodecStream id, Head& head, Last last) override;
  void data(CodecStream id, Bytes bytes) override;
  void accept_web_socket(CodecStream id, Head& head, const WebSocketTerms& terms) override;
  void piece(CodecStream id, Bytes bytes, MessageKind kind, Last last) override;
  void end(CodecStream id, Head& trailers) override;
  void reset(CodecStream id, const Error& error) override;
  void credit(CodecStream id, std::uint32_t bytes) override;
  [[nodiscard]] bool take_back(CodecStream id) override;
  // A WebSocket is closed by itself. For any other stream, GOAWAY as in drain(), but WebSockets stay.
  void hand_over(CodecStream id) override;
  // GOAWAY in two steps (RFC 9113 §6.8). The second GOAWAY is sent when the client has answered a PING that was sent
  // behind the first: then the client has read the first.
  void drain() override;

  [[nodiscard]] bool holds_replies() const override { return true; }
  bool flush(std::size_t room, CodecEvents& events) override;
  // Every kLookInterval it resets streams that have stalled. It also runs the timers of WebSockets.
  [[nodiscard]] Time tick(Time now, CodecEvents& events) override;

  [[nodiscard]] std::string& output() override { return output_; }
  [[nodiscard]] CodecPhase phase() const override;

 private:
  enum class Goodbye : std::uint8_t { none, draining, leaving, cut, told, closed };  // in this order
  struct Calls;  // nghttp2's callbacks (h2_codec_calls.cpp)

  struct SessionEnd {
    void operator()(nghttp2_session* session) const;
  };
  // A session whose first SETTINGS are submitted. Throws std::bad_alloc.
  [[nodiscard]] nghttp2_session* open_session();
  void begin_goodbye();
  void interim_head(H2Stream& stream, const Head& head, int status);
  void submit_begun();
  void submit_head(H2Stream& stream);
  // When a body follows, nghttp2 asks for the body by provide().
  void submit_reply(H2Stream& stream, const H2Fields& fields, Last last);

  // Reading (h2_codec_reading.cpp)
  void give(Bytes bytes);
  [[nodiscard]] bool give_some(Bytes& bytes);
  [[nodiscard]] bool needs_streams(const H2FrameHeader& header) const;
  [[nodiscard]] bool is_reset_of_unsent(const H2FrameHeader& header) const;
  [[nodiscard]] bool admit(const H2FrameHeader& header);
  [[nodiscard]] bool may_be_closed(const H2FrameHeader& header);

  // Each returns what nghttp2's callback must return: kGoOn, or kStop when the connection ends here.
  [[nodiscard]] int request_read(std::uint32_t id, bool is_last);
  [[nodiscard]] int trailers_read(std::uint32_t id);
  [[nodiscard]] int data_read(std::uint32_t id, Bytes bytes);
  [[nodiscard]] int reset_read(std::uint32_t id);
  [[nodiscard]] int count_early_reset();
  [[nodiscard]] int count(H2FloodGuard::Kind kind);
  void count_stall(const char* why);
  [[nodiscard]] int cut(ResetCode code, std::string why);

  void give_back(std::uint32_t id, std::size_t padding);
  void request_ended(std::uint32_t id);
  void refuse(H2Stream& stream, const Error& error);
  void stream_closed(std::uint32_t id, ResetCode code);
  void ping_answered();
  void reply_sent(std::uint32_t id);
  void said_goodbye(ResetCode code, std::string_view reason);
  [[nodiscard]] std::size_t provide(H2Stream& stream, std::size_t most, bool& is_end);

  void begin_socket(H2Stream& stream);
  void socket_gone(H2Stream& stream);

  [[nodiscard]] H2Stream* find(std::uint32_t id) const { return wire_.find(id); }
  [[nodiscard]] H2Stream& begin_stream(std::uint32_t id);
  void forget(H2Stream& stream);
  [[nodiscard]] bool look_at_streams();
  [[nodiscard]] bool end_if_stalled(H2Stream& stream, Millis passed);
  [[nodiscard]] bool reset_if_unread(H2Stream& stream, Millis passed);
  [[nodiscard]] bool refuse_if_late(H2Stream& stream, Millis passed);
  void give_up(H2Stream& stream, ResetCode code);
  [[nodiscard]] bool is_cut() const { return goodbye_ >= Goodbye::cut; }

  const HttpLimits& limits_;
  std::unique_ptr<nghttp2_session, SessionEnd> session_;
  H2Wire wire_;
  H2Sockets sockets_;
  H2Patience patience_;
  std::string output_;
  H2FrameScan scan_;
  H2HeadReader reader_;
  H2HeadGrowth growth_;
  H2FloodGuard floods_;
  H2ClosedStreams closed_streams_;
  std::vector<std::unique_ptr<H2Stream>> open_;
  std::vector<std::unique_ptr<H2Stream>> spares_;
  std::vector<std::uint32_t> begun_;  // streams whose reply began since the last flush()
  std::string why_;                   // the reason given to cut(), until GOAWAY is sent
  CodecEvents* events_ = nullptr;     // during read(), tick() and flush()
  Time now_{};                        // as set_time() or tick() said
  std::uint64_t given_ = 0;           // bytes that nghttp2 has read, without those of the call that runs
  std::uint32_t newest_ = 0;          // the highest stream id of a HEADERS frame so far
  std::size_t continuations_ = 0;     // CONTINUATION frames of the header block that is read
  std::size_t lingering_ = 0;         // streams whose reply is sent and whose request has not ended
  std::size_t room_ = 0;              // the argument of the flush() that runs
  bool has_settings_ = false;         // the client's SETTINGS were read
  bool is_in_head_ = false;           // a header block has begun, and nghttp2 has not read its end
  bool has_input_ended_ = false;      // the client has closed its side: the connection ends behind the open streams
  bool must_check_growth_ = false;    // nghttp2 has paused for H2HeadGrowth's check
  bool is_in_block_ = false;          // a header block has begun, and its last frame was not scanned
  Goodbye goodbye_ = Goodbye::none;
};

}  // namespace zeroway
