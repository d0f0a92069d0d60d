// HTTP/1.1 and 1.0 (RFC 9112) as a codec: one request at a time, its reply, then the next request of a pipeline.
//
//     request:  head ──▶ length body, or chunks ──▶ trailers ──▶ done ──▶ (reply ended) ──▶ head
//     reply:    as drawn in h1_writer.h. When it ends first, a small rest of the request is discarded, else we close.
//     web socket: head ──▶ (worker's 200: 101) ──▶ WsCodec's frames until the connection ends; a refusal is a reply
//
// Owner: a client session keeps one per connection.   Thread: that connection's loop.
// An idle codec costs under 2 KiB, besides the memory of output(). A FIN behind a complete request ends the connection
// after its reply, a FIN inside a request cancels the request. Not here: the rules (h1_framing.h), heads
// (h1_request_parser.h), chunks (h1_chunk_reader.h), replies (h1_writer.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "router/http/codec.h"
#include "router/http/h1_chunk_reader.h"
#include "router/http/h1_head_scan.h"
#include "router/http/h1_request_parser.h"
#include "router/http/h1_writer.h"
#include "router/settings/settings.h"

namespace zeroway {

class WsStream;  // ws_stream.h

class H1Codec final : public Codec {
 public:
  // `limits` and `scheme` ("http", "https") outlive the codec.
  H1Codec(const HttpLimits& limits, std::string_view scheme);
  ~H1Codec() override;

  [[nodiscard]] std::size_t read(Bytes input, CodecEvents& events) override;
  [[nodiscard]] bool wants_input() const override { return !is_closed_ && !is_blocked_; }
  void input_ended(CodecEvents& events) override;
  void timed_out(CodecEvents& events) override;
  [[nodiscard]] RefusedRequest refused() const override { return refused_; }

  void head(CodecStream stream, Head& head, Last last) override;
  void data(CodecStream stream, Bytes bytes) override;
  void accept_web_socket(CodecStream stream, Head& head, const WebSocketTerms& terms) override;
  void piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) override;
  void end(CodecStream stream, Head& trailers) override;
  void reset(CodecStream stream, const Error& error) override;
  void credit(CodecStream stream, std::uint32_t bytes) override;
  void refuse_content(CodecStream stream) override;
  void hand_over(CodecStream stream) override;
  [[nodiscard]] bool take_back(CodecStream stream) override;
  void drain() override;
  bool flush(std::size_t room, CodecEvents& events) override;
  [[nodiscard]] Time tick(Time now, CodecEvents& events) override;

  [[nodiscard]] std::string& output() override { return output_; }
  [[nodiscard]] CodecPhase phase() const override;

 private:
  enum class Stage : std::uint8_t { head, length, chunks, trailers, done, web_socket };
  static constexpr std::size_t kNowhere = std::string::npos;

  // Each reads one thing off the front of `rest` and returns whether there may be more to read.
  bool read_one(std::string_view& rest, CodecEvents& events);
  bool read_head(std::string_view& rest, CodecEvents& events);
  bool read_length(std::string_view& rest, CodecEvents& events);
  bool read_chunks(std::string_view& rest, CodecEvents& events);
  bool read_trailer_section(std::string_view& rest, CodecEvents& events);
  bool skip_empty_lines(std::string_view& rest);

  // Telling a request, well or badly ended. Those with a result return false when nothing more is to be read.
  void begin_request(const H1Request& request, CodecEvents& events);
  void tell_data(std::string_view data, CodecEvents& events);
  bool end_request(Head& trailers, CodecEvents& events);
  bool refuse(std::string_view head, const Error& error, CodecEvents& events);  // before the request's head was told
  void tell_refused(RefusedRequest request, const Error& error, CodecEvents& events);
  bool fail(const Error& error, CodecEvents& events);  // after the request's head was told

  // WebSockets (h1_codec_sockets.cpp)
  void begin_web_socket(const H1Request& request, std::string_view head, CodecEvents& events);
  bool read_web_socket(std::string_view& rest, CodecEvents& events);
  void end_socket_input(CodecEvents& events);
  void settle_socket();
  [[nodiscard]] bool is_socket_open() const;

  void read_no_more();
  void next_request();
  void discard_rest();
  void close();
  void forget_head();

  [[nodiscard]] bool is_discarding() const { return stream_ == 0; }
  [[nodiscard]] std::uint64_t room() const { return is_discarding() ? discard_left_ : credit_; }
  [[nodiscard]] bool awaits_continue() const { return request_.expects_continue && !is_continued_; }
  [[nodiscard]] bool is_client_due() const;
  [[nodiscard]] bool is_rest_large() const;
  [[nodiscard]] bool is_cut_by(int status, Last last) const;
  [[nodiscard]] H1Writer::Connection connection_after(int status, Last last) const;

  const HttpLimits& limits_;
  std::string_view scheme_;
  std::unique_ptr<WsStream> web_socket_;  // in stage web_socket
  std::string output_;
  Head head_;
  H1HeadScan scan_;
  H1ChunkReader chunks_;
  H1Writer writer_;
  H1Request request_;
  RequestTerms terms_;      // of the request
  RefusedRequest refused_;  // set while events.reset() tells of it
  std::uint64_t left_ = 0;  // bytes of a body with Content-Length that have not come
  std::uint64_t credit_ = 0;
  std::uint64_t discard_left_ = 0;
  std::size_t empty_lines_ = 0;
  std::size_t reply_begin_ = kNowhere;  // where the reply begins in output_, if no byte of the reply has left
  CodecStream stream_ = 0;              // the stream whose reply has not ended. 0 = none
  CodecStream last_stream_ = 0;
  Stage stage_ = Stage::head;
  bool is_begun_ = false;         // some bytes of a head have come
  bool is_continued_ = false;     // 100 was sent, or the body came before it was
  bool is_blocked_ = false;       // input waits for credit or for the reply, not for more input
  bool is_broken_ = false;        // the client's further bytes are dropped
  bool is_last_ = false;          // the connection closes after this reply
  bool has_input_ended_ = false;  // the client closed its side: the connection closes after this reply
  bool is_draining_ = false;
  bool is_closed_ = false;
};

}  // namespace zeroway
