// HTTP/1.1 (RFC 9112) in the client role: one request at a time, its reply, then the next request.
//
//     idle ──open──▶ head ──▶ length, chunks ▶ trailers, or until_close ──end told──▶ idle, when it may be used again
//                   ▲    │ └─101──▶ web_socket ──end told──▶ finished                 else finished
//                   └1xx─┘
//     A broken rule, a lost connection and reset of a stream: finished.
//
// Owner: a pool keeps one per connection.   Thread: the connection's loop.
// A connection is used again only behind a reply whose end is certain, whose request has left as a whole, and behind
// which no byte came. Not here: replies' heads (h1_reply_parser.h), requests (h1_request_writer.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "router/http/client_codec.h"
#include "router/http/h1_chunk_reader.h"
#include "router/http/h1_head_scan.h"
#include "router/http/h1_reply_parser.h"
#include "router/http/h1_request_writer.h"

namespace zeroway {

class H1ClientWebSocket;

class H1ClientCodec final : public ClientCodec {
 public:
  explicit H1ClientCodec(const ClientCodecSettings& settings);  // `settings` outlive the codec
  ~H1ClientCodec() override;

  [[nodiscard]] std::size_t room() const override { return stream_ == 0 && !is_finished_ ? 1 : 0; }
  [[nodiscard]] bool is_finished() const override { return is_finished_; }

  [[nodiscard]] bool serves(Kind kind) const override { return kind != Kind::tunnel; }
  [[nodiscard]] CodecStream open(const Head& head, Last last, Kind kind) override;
  void data(CodecStream stream, Bytes bytes) override;
  void piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) override;
  void end(CodecStream stream, const Head& trailers) override;
  void reset(CodecStream stream, ResetCode code) override;
  void credit(CodecStream stream, std::uint32_t bytes) override;

  [[nodiscard]] std::size_t read(Bytes input, ReplyEvents& events) override;
  [[nodiscard]] bool wants_input() const override;
  void input_ended(InputEnd how, ReplyEvents& events) override;

  [[nodiscard]] std::string& output() override { return output_; }
  void written(std::size_t bytes, ReplyEvents& events) override;
  [[nodiscard]] bool has_reply_begun(CodecStream stream) const override {
    return stream != 0 && stream == begun_stream_;
  }
  [[nodiscard]] Time tick(Time now, ReplyEvents& events) override;

 private:
  enum class Stage : std::uint8_t { idle, head, length, chunks, trailers, until_close, web_socket };
  class Teller;  // a WebSocket's events, as those of its stream

  // Each reads one thing off the front of `rest` and returns whether there may be more to read.
  bool read_one(std::string_view& rest, ReplyEvents& events);
  bool read_head(std::string_view& rest, ReplyEvents& events);
  bool read_body(std::string_view& rest, ReplyEvents& events);
  bool read_chunks(std::string_view& rest, ReplyEvents& events);
  bool read_trailer_section(std::string_view& rest, ReplyEvents& events);

  // Telling. Each returns whether there may be more to read.
  bool begin_interim(ReplyEvents& events);
  bool begin_reply(const H1Reply& reply, std::string_view rest, ReplyEvents& events);
  bool tell_data(std::string_view data, ReplyEvents& events);
  bool end_reply(Head& trailers, std::string_view rest, ReplyEvents& events);
  bool fail(const Error& error, ReplyEvents& events);

  // WebSockets (h1_client_codec_sockets.cpp)
  void write_handshake(const Head& head);
  bool accept_web_socket(const H1Reply& reply, ReplyEvents& events);
  bool read_web_socket(std::string_view& rest, ReplyEvents& events);
  void end_socket_input(ReplyEvents& events);
  void reset_web_socket(ResetCode code);
  void take_frames(std::uint32_t credit);
  void settle_web_socket(ReplyEvents& events);

  void wrote(std::size_t output_before, std::uint32_t credit);
  CodecStream leave_stream();
  [[nodiscard]] bool is_request_sent() const;
  [[nodiscard]] bool is_in_body() const;
  [[nodiscard]] Error lost() const;

  const ClientCodecSettings& settings_;
  std::unique_ptr<H1ClientWebSocket> web_socket_;  // of a stream of that kind; deleted with the codec
  std::string output_;
  Head head_;
  H1HeadScan scan_;
  H1ChunkReader chunks_;
  H1RequestWriter writer_;
  std::uint64_t left_ = 0;        // bytes of a reply with Content-Length that have not come
  std::uint64_t credit_ = 0;      // bytes of the reply that may be told
  std::uint64_t unwritten_ = 0;   // bytes of the request that the kernel has not taken
  std::uint64_t owed_ = 0;        // of them, credit of the body to tell when they are taken
  std::size_t interim_size_ = 0;  // of all interim heads of the reply
  CodecStream stream_ = 0;        // the open one. 0 = none
  CodecStream last_stream_ = 0;
  CodecStream begun_stream_ = 0;  // the last one of whose reply a byte was read
  Stage stage_ = Stage::idle;
  AskedBy method_ = AskedBy::other_method;
  Kind kind_ = Kind::request;
  bool has_written_ = false;  // the kernel has taken a byte of the request
  bool is_blocked_ = false;   // input waits for credit
  bool is_finished_ = false;
};

}  // namespace zeroway
