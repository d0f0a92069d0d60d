// The codec of a TCP service: a client's connection is one tunnel, whose bytes pass as they are.
//
//     fresh ── begin() ───────────────────────────▶ asked ── a head with 200 ──▶ open ── both directions ended ──▶ over
//       └─ begin(): TLS is passed on ──▶ greeting ───▲  │                          └── reset by the backend ──┐
//                                          │ the whole  └── another status ──┐                                ▼
//                                          └── no ClientHello, too late ─────┴──▶ broken: the connection is reset
//
// Owner: a client session keeps one per connection.   Thread: that connection's loop.
// The head is told before the client's first byte, because servers as SSH and MySQL speak first. Where TLS is passed on
// the name in the ClientHello chooses the service: then the head comes behind it, and no byte of it is lost.
// Not here: how long a tunnel may be silent (exchange/exchange.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/limits.h"
#include "router/http/codec.h"

namespace zeroway {

class TcpCodec final : public Codec {
 public:
  // `scheme`: "https" when the client came over TLS, else "http". `authority`: the name that the client asked for, or
  // the address to which it connected.
  enum class Greeting : std::uint8_t { none, tls };
  TcpCodec(std::string_view scheme, std::string_view authority, Greeting greeting = Greeting::none);

  void begin(CodecEvents& events) override;
  [[nodiscard]] std::size_t read(Bytes input, CodecEvents& events) override;
  [[nodiscard]] bool wants_input() const override { return stage_ == Stage::broken || credit_ > 0; }
  void input_ended(CodecEvents& events) override;
  void timed_out(CodecEvents& events) override;

  void head(CodecStream stream, Head& head, Last last) override;
  void data(CodecStream stream, Bytes bytes) override;
  void end(CodecStream stream, Head& trailers) override;
  void reset(CodecStream stream, const Error& error) override;
  void credit(CodecStream stream, std::uint32_t bytes) override;
  [[nodiscard]] bool take_back(CodecStream) override { return false; }
  void drain() override {}  // a tunnel ends by itself, or at the end of the drain
  bool flush(std::size_t, CodecEvents&) override { return false; }

  [[nodiscard]] std::string& output() override { return output_; }
  [[nodiscard]] bool has_output_ended() const override { return has_output_ended_; }
  [[nodiscard]] bool ends_by_reset() const override { return stage_ == Stage::broken; }
  [[nodiscard]] CodecPhase phase() const override;

 private:
  enum class Stage : std::uint8_t { fresh, greeting, asked, open, broken };

  [[nodiscard]] bool greet(Bytes input, CodecEvents& events);
  void ask(CodecEvents& events);
  void refuse(const char* why, CodecEvents& events);

  const Greeting greeting_;
  Head head_;
  std::string output_;
  std::uint64_t credit_ = kOpeningWindow;
  Stage stage_ = Stage::fresh;
  bool has_input_ended_ = false;
  bool has_output_ended_ = false;
};

}  // namespace zeroway
