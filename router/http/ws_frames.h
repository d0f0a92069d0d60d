// Reads WebSocket frames (RFC 6455 §5.2) from one stream of bytes and writes them to another, with wslay.
//
//     read():  head ──▶ payload* ──▶ head …      a frame is over when is_frame_done()
//
// Owner: WsCodec keeps one.   Thread: the connection's loop.
// It never reads past the bytes it returns, so that a payload is read only as credit allows. Costs wslay's buffer of
// 4 KiB. A client masks what it writes. Not here: the order of frames and their meaning (ws_codec.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "proto/bytes.h"
#include "router/http/randomness.h"

struct wslay_frame_context;

namespace zeroway {

enum class WsOpcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct WsFrameHead {
  bool is_final = false;
  bool has_reserved1 = false;  // RSV1: the message is compressed
  bool has_reserved23 = false;
  bool is_masked = false;
  std::uint8_t opcode = 0;  // any of the 16 values, reserved ones included
  std::uint64_t size = 0;   // of the payload

  [[nodiscard]] bool is_control() const { return (opcode & 8) != 0; }
  [[nodiscard]] bool is(WsOpcode one) const { return opcode == static_cast<std::uint8_t>(one); }
};

// Appends `value` in `bytes` bytes, the highest first, as in frames (RFC 6455 §5.2).
inline void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  while (bytes-- > 0) out.push_back(static_cast<char>(value >> (8 * bytes) & 0xffU));
}

class WsFrames {
 public:
  // `masks` makes this the client role: every frame that is written has a mask of its own (RFC 6455 §5.3). It outlives
  // this object. Null in the server role.
  explicit WsFrames(Randomness* masks = nullptr);
  ~WsFrames();
  WsFrames(const WsFrames&) = delete;
  WsFrames& operator=(const WsFrames&) = delete;

  enum class Found : std::uint8_t { nothing, head, payload, malformed };
  // Takes the next part off the front of `input`: a frame's head once it is complete, or at most `most` bytes of its
  // payload. `malformed` means: the length has its highest bit set or is not in its shortest form, or a control frame
  // is longer than 125 bytes or a fragment. Do not call read() after it.
  [[nodiscard]] Found read(Bytes& input, std::uint64_t most);
  [[nodiscard]] const WsFrameHead& head() const { return head_; }
  [[nodiscard]] Bytes payload() const { return payload_; }  // unmasked; good until the next read()
  [[nodiscard]] std::uint64_t left() const { return left_; }
  [[nodiscard]] bool is_frame_done() const { return left_ == 0; }

  // Appends a frame to `out`.
  struct Flags {
    bool is_final = true;
    bool is_compressed = false;
  };
  void write(WsOpcode opcode, Flags flags, Bytes payload, std::string& out);

 private:
  struct Callbacks;
  struct Free {
    void operator()(wslay_frame_context* context) const;
  };

  [[nodiscard]] Found read_head(Bytes& input);
  [[nodiscard]] Found read_payload(Bytes& input, std::uint64_t most);
  void feed(Bytes& input, std::size_t size);

  std::unique_ptr<wslay_frame_context, Free> context_;
  WsFrameHead head_;
  Bytes payload_;
  std::uint64_t left_ = 0;  // of the payload
  Bytes fed_;               // the bytes that wslay may read now
  std::string* out_ = nullptr;
  Randomness* masks_;
};

}  // namespace zeroway
