// Both ends of a WsCodec in a test: a client's frames made, what is sent read back as text, and a worker that echoes.
//
// Owner: a test.   Thread: the test's.
// Written without the codec's own parts (frames, zlib's use), so that a mistake there does not hide itself.
#pragma once
#include <zlib.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "router/http/ws_codec.h"

namespace zeroway::test {

struct FrameShape {
  bool is_final = true;
  unsigned reserved = 0;  // RSV1 = 4, RSV2 = 2, RSV3 = 1
  bool is_masked = true;
  unsigned long_form = 0;  // 126 or 127: a longer length than needed
};

inline constexpr unsigned kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;

[[nodiscard]] std::string frame(unsigned opcode, std::string_view payload = {}, FrameShape shape = {});
[[nodiscard]] std::string part(unsigned opcode, std::string_view payload, unsigned reserved = 0);  // FIN is missing
[[nodiscard]] std::string close_frame(unsigned code, std::string_view reason = {});

// How a message or a closing is shown; what is long by its size and a checksum.
[[nodiscard]] std::string shown(std::string_view what, std::string_view payload);
inline std::string text(std::string_view payload) { return shown("text", payload); }
inline std::string binary(std::string_view payload) { return shown("binary", payload); }
[[nodiscard]] std::string closed(unsigned code, std::string_view reason = {});

// A client's compressor (RFC 7692 §7.2.1).
class ClientDeflate {
 public:
  explicit ClientDeflate(int window_bits = 15, bool takeover = true, int level = 6);
  ~ClientDeflate();
  [[nodiscard]] std::string message(std::string_view payload);

 private:
  z_stream stream_{};
  bool takeover_;
};

// A client's reader: the frames that are sent, as text: `text "hi" · pong "x" · close 1002`. Aborts on a frame that a
// server may not send. Reasons of our own closings are not shown.
class ClientReader {
 public:
  explicit ClientReader(std::optional<WsDeflateTerms> deflate);
  ~ClientReader();
  void read(std::string_view sent);
  [[nodiscard]] const std::string& text() const { return text_; }
  std::size_t frames = 0;      // of data
  std::size_t largest = 0;     // of their payloads
  std::size_t compressed = 0;  // messages that were
  bool shows_reasons = false;
  std::string last_ping;

 private:
  void one(unsigned first, std::string_view payload);
  void note(const std::string& what);
  [[nodiscard]] std::string inflated(std::string_view payload);

  std::optional<WsDeflateTerms> deflate_;
  z_stream stream_{};
  std::string kept_, text_, message_;
  unsigned opcode_ = 0;
  bool is_in_message_ = false, is_compressed_ = false, is_closed_ = false;
};

// The session and a worker behind it. Only whole messages are noted: where pieces end is not part of any promise.
class EchoWorker : public WsEvents {
 public:
  EchoWorker(const WebSocketSettings& settings, std::optional<WsDeflateTerms> deflate,
             std::uint64_t credit = kOpeningWindow);

  void feed(std::string_view piece);
  void piece(Bytes bytes, MessageKind kind, Last last) override;
  void end(Head& trailers) override;
  void blamed(const Error& error) override;
  void reset(const Error& error) override;

  // Gives more credit, and lets the codec go on.
  void credit(std::uint32_t bytes);
  void tick(Time now);
  void flush();   // what was sent to the reader
  void forget();  // what was told, with its memory
  void note(const std::string& what);

  std::string output;
  WsCodec codec;
  ClientReader client;
  std::string told;
  std::size_t largest_piece = 0;
  std::size_t received = 0;
  bool echoes = true;        // else it only takes
  bool gives_credit = true;  // for what it took
  bool answers_end = true;
  bool is_blamed = false;  // it is told of a broken rule by that and an end, or by a reset: both are noted as "broken"
  Time due = Time::max();

 private:
  std::string kept_, message_;
};

}  // namespace zeroway::test
