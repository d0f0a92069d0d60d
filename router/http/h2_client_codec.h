// HTTP/2 (RFC 9113) in the client role, on nghttp2: many requests at once on one connection to an origin.
//
//     request body:  verb data ──▶ held ──output(), as the origin's windows allow──▶ output, credit when written
//     reply body:    origin ──DATA──▶ event data;     verb credit ──WINDOW_UPDATE──▶ origin
//
// Owner: a pool keeps one per connection.   Thread: the connection's loop.
// A CodecStream is the stream's id. A stream that the origin refused (REFUSED_STREAM, or above the last id of GOAWAY)
// is told as backend_refused, safe to repeat (RFC 9113 §8.7). nghttp2 is called from the .cpp files only. Not here:
// WebSockets (RFC 8441).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "router/http/client_codec.h"

struct nghttp2_session;

namespace zeroway {

struct H2ClientStream;

class H2ClientCodec final : public ClientCodec {
 public:
  explicit H2ClientCodec(const ClientCodecSettings& settings);  // `settings` outlive the codec
  ~H2ClientCodec() override;
  H2ClientCodec(const H2ClientCodec&) = delete;
  H2ClientCodec& operator=(const H2ClientCodec&) = delete;

  [[nodiscard]] std::size_t room() const override;
  [[nodiscard]] bool is_finished() const override;

  [[nodiscard]] bool serves(Kind kind) const override { return kind == Kind::request; }
  [[nodiscard]] CodecStream open(const Head& head, Last last, Kind kind) override;
  void data(CodecStream id, Bytes bytes) override;
  void piece(CodecStream, Bytes, MessageKind, Last) override {}
  void end(CodecStream id, const Head& trailers) override;
  void reset(CodecStream id, ResetCode code) override;
  void credit(CodecStream id, std::uint32_t bytes) override;

  // Takes all of `input`: the flow-control windows bound how many bytes an origin can send.
  [[nodiscard]] std::size_t read(Bytes input, ReplyEvents& events) override;
  [[nodiscard]] bool wants_input() const override { return true; }
  void input_ended(InputEnd how, ReplyEvents& events) override;

  [[nodiscard]] std::string& output() override;
  void written(std::size_t bytes, ReplyEvents& events) override;
  [[nodiscard]] bool has_reply_begun(CodecStream id) const override;

 private:
  struct Calls;  // nghttp2's callbacks (h2_client_codec_calls.cpp)
  struct SessionEnd {
    void operator()(nghttp2_session* session) const;
  };
  [[nodiscard]] nghttp2_session* open_session();  // throws std::bad_alloc
  [[nodiscard]] std::int32_t submit(const Head& head, H2ClientStream* body);

  // What nghttp2 has read.
  void head_read(H2ClientStream& stream, Last last);
  void interim_read(H2ClientStream& stream);
  void reply_read(H2ClientStream& stream, Last last);
  void trailers_read(H2ClientStream& stream);
  void data_read(std::uint32_t id, Bytes bytes);
  void end_reply(H2ClientStream& stream, Head& trailers);
  void stream_closed(std::uint32_t id, ResetCode code);

  // Fails the stream: tells reset now, or at the next call that has events.
  void fail(H2ClientStream& stream, Error error);
  void refuse_reply(H2ClientStream& stream, const char* why);
  void fail_all(const Error& error);
  void break_off(int nghttp2_error);
  void tell_failed(ReplyEvents& events);
  void resume(H2ClientStream& stream);
  [[nodiscard]] H2ClientStream* find(std::uint32_t id) const;
  [[nodiscard]] H2ClientStream* find_open(std::uint32_t id) const;  // not one that is over
  [[nodiscard]] bool has_left(const H2ClientStream& stream) const;

  const ClientCodecSettings& settings_;
  std::unordered_map<std::uint32_t, std::unique_ptr<H2ClientStream>> streams_;  // until nghttp2 has closed them
  std::unique_ptr<nghttp2_session, SessionEnd> session_;
  std::string output_;
  Head head_;                          // of the header block that is read: blocks never interleave (RFC 9113 §4.3)
  std::vector<std::uint32_t> moved_;   // streams whose body has moved to the output since written()
  std::vector<std::uint32_t> failed_;  // streams whose reset is to be told
  ReplyEvents* events_ = nullptr;      // during read()
  std::uint64_t produced_ = 0;         // bytes that output_ got so far
  std::uint64_t written_ = 0;
  bool has_settings_ = false;  // the origin's SETTINGS were read
  bool is_finished_ = false;
  bool is_broken_ = false;  // nghttp2 has failed: it must not be called again
};

}  // namespace zeroway
