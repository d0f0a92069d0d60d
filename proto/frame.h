// One frame of the fabric: HTTP/2's layout (RFC 9113 §4.1).
//
//     +-----------------+--------+---------+-+---------------------+----------
//     | length (24 bit) | type 8 | flags 8 |R| stream id (31 bit)  | payload …
//     +-----------------+--------+---------+-+---------------------+----------
//
// Owner: a Frame is a view into its message.   Thread: any.
// Not here: the order of frames (proto/stream_state.h), many frames in a message (proto/message.h).
#pragma once
#include <cstdint>
#include <string>

#include "proto/bytes.h"
#include "proto/error.h"

namespace zeroway {

using StreamId = std::uint32_t;  // 1 … 2^31-1; 0 = the connection

enum class FrameType : std::uint8_t {
  data = 0x0,
  headers = 0x1,
  rst_stream = 0x3,
  ping = 0x6,
  goaway = 0x7,
  window_update = 0x8,
  hello = 0xe0,
  welcome = 0xe1,
  message = 0xe2,
};

inline constexpr std::uint8_t kFlagEndStream = 0x1;   // DATA, HEADERS
inline constexpr std::uint8_t kFlagAck = 0x1;         // PING
inline constexpr std::uint8_t kFlagEndHeaders = 0x4;  // HEADERS: always set, a block is never continued
inline constexpr std::uint8_t kFlagText = 0x1;        // MESSAGE: text; else binary
inline constexpr std::uint8_t kFlagEndMessage = 0x4;  // MESSAGE: the last piece

struct Frame {
  FrameType type;  // may be a value that has no name above: such frames are ignored
  std::uint8_t flags;
  StreamId stream;
  Bytes payload;

  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

// Appends the nine bytes of a frame header. `length` is at most kMaxFramePayload.
void append_frame_header(std::string& out, std::uint32_t length, FrameType type, std::uint8_t flags, StreamId stream);

void append_u32(std::string& out, std::uint32_t value);  // big endian
void append_u64(std::string& out, std::uint64_t value);
[[nodiscard]] std::uint32_t read_u32(const std::uint8_t* at);
[[nodiscard]] std::uint64_t read_u64(const std::uint8_t* at);

// Reads the frame at the start of `bytes`. Fails when `bytes` is shorter than the frame says, or when the length is
// over kMaxFramePayload.
[[nodiscard]] Result<Frame> read_frame(Bytes bytes);

// The payloads of fixed size. Each fails with frame_error when the size or the value is not legal.
[[nodiscard]] Result<std::uint32_t> read_window_update(const Frame& frame);  // 0 … 2^31-1; 0 accepts without credit
[[nodiscard]] Result<ResetCode> read_rst_stream(const Frame& frame);
[[nodiscard]] Result<std::uint64_t> read_ping(const Frame& frame);
struct Goaway {
  StreamId last_stream;
  ResetCode code;
  std::string_view reason;  // points into the frame
};
[[nodiscard]] Result<Goaway> read_goaway(const Frame& frame);

}  // namespace zeroway
