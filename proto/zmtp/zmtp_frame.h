// Frames of ZMTP 3 (ZeroMQ RFC 23 and 37): what goes over a connection after the greeting.
//
//     flags (1)  size (1, or 8 when LONG is set)  body
//     bit 0 MORE: more parts of this message follow · bit 1 LONG · bit 2 COMMAND · bits 3 to 7 zero, and ignored
//
// Owner: nobody; values and free functions.   Thread: any.
// Not here: which frame is legal when (zmtp_session.h). A body is called a part when the frame is of a message. The
// frames inside a message, from router to worker, are others (proto/frame.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/bytes.h"

namespace zeroway {

inline constexpr std::uint8_t kZmtpMore = 0x01;
inline constexpr std::uint8_t kZmtpLong = 0x02;
inline constexpr std::uint8_t kZmtpCommand = 0x04;

struct ZmtpFrameHead {
  std::uint8_t flags = 0;
  std::uint64_t size = 0;       // of the body
  std::size_t header_size = 0;  // of flags and size themselves
};

// The head of the frame that `bytes` begins with; nothing when it is not complete.
[[nodiscard]] std::optional<ZmtpFrameHead> read_zmtp_frame_head(Bytes bytes);

// Appends flags and size, LONG as the size demands. The body follows. `flags` is without LONG.
void append_zmtp_frame_head(std::string& out, std::uint8_t flags, std::size_t size);

// A command's body: length of the name (1), name, data. PING: 04 "PING" ttl (2) context (0 to 16).
struct ZmtpCommand {
  std::string_view name;
  Bytes data;
};
// Nothing when the name is longer than the body.
[[nodiscard]] std::optional<ZmtpCommand> read_zmtp_command(Bytes body);
// Appends the body of a command without its data.
void append_zmtp_command_name(std::string& out, std::string_view name);

}  // namespace zeroway
