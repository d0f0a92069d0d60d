// The codec of one tunnel to a server: bytes pass as they are.
//
// Owner: a pool keeps one per connection that it has dialled.   Thread: that connection's loop.
// A connection carries one tunnel. The tunnel is accepted by the connection's being there: read(), input_ended() or
// tick() tells a head with the status 200 before anything else.
// Not here: dialling (backends/origin.h), a PROXY header in front of the bytes (net/proxy_header.h).
#pragma once
#include <cstdint>
#include <string>

#include "proto/limits.h"
#include "router/http/client_codec.h"

namespace zeroway {

class TcpClientCodec final : public ClientCodec {
 public:
  [[nodiscard]] std::size_t room() const override { return stage_ == Stage::fresh ? 1 : 0; }
  [[nodiscard]] bool is_finished() const override { return stage_ != Stage::fresh; }
  [[nodiscard]] bool serves(Kind kind) const override { return kind == Kind::tunnel; }

  [[nodiscard]] CodecStream open(const Head& head, Last last, Kind kind) override;
  void data(CodecStream stream, Bytes bytes) override;
  void piece(CodecStream, Bytes, MessageKind, Last) override {}
  void end(CodecStream stream, const Head& trailers) override;
  void reset(CodecStream stream, ResetCode code) override;
  void credit(CodecStream stream, std::uint32_t bytes) override;

  [[nodiscard]] std::size_t read(Bytes input, ReplyEvents& events) override;
  [[nodiscard]] bool wants_input() const override { return stage_ != Stage::open || credit_ > 0; }
  void input_ended(InputEnd how, ReplyEvents& events) override;

  [[nodiscard]] std::string& output() override { return output_; }
  [[nodiscard]] bool has_output_ended() const override { return has_output_ended_; }
  [[nodiscard]] bool ends_by_reset() const override { return is_reset_; }
  void written(std::size_t bytes, ReplyEvents& events) override;
  [[nodiscard]] bool has_reply_begun(CodecStream) const override { return has_input_; }
  [[nodiscard]] Time tick(Time, ReplyEvents& events) override;

 private:
  //   fresh ── open() ──▶ open ── reset, or both directions have ended ──▶ over
  enum class Stage : std::uint8_t { fresh, open, over };

  void accept(ReplyEvents& events);
  [[nodiscard]] bool is_open(CodecStream stream) const;
  void settle();

  std::string output_;
  std::uint64_t credit_ = kFirstReplyWindow;  // of the reply
  Stage stage_ = Stage::fresh;
  bool is_accepted_ = false;  // the head was told
  bool has_input_ = false;
  bool has_input_ended_ = false;
  bool has_output_ended_ = false;
  bool is_reset_ = false;
};

}  // namespace zeroway
