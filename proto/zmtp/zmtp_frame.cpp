#include "proto/zmtp/zmtp_frame.h"

#include "proto/frame.h"

namespace zeroway {
namespace {

constexpr std::size_t kShortHead = 2;
constexpr std::size_t kLongHead = 9;

}  // namespace

std::optional<ZmtpFrameHead> read_zmtp_frame_head(Bytes bytes) {
  if (bytes.size() < kShortHead) return std::nullopt;
  ZmtpFrameHead head{.flags = bytes[0], .size = bytes[1], .header_size = kShortHead};
  if ((head.flags & kZmtpLong) == 0) return head;
  if (bytes.size() < kLongHead) return std::nullopt;
  head.size = read_u64(bytes.data() + 1);
  head.header_size = kLongHead;
  return head;
}

void append_zmtp_frame_head(std::string& out, std::uint8_t flags, std::size_t size) {
  if (size <= 0xff) {
    out += static_cast<char>(flags);
    out += static_cast<char>(size);
    return;
  }
  out += static_cast<char>(flags | kZmtpLong);
  append_u64(out, size);
}

std::optional<ZmtpCommand> read_zmtp_command(Bytes body) {
  if (body.empty() || body[0] > body.size() - 1) return std::nullopt;
  const std::size_t end = 1 + std::size_t{body[0]};
  return ZmtpCommand{as_text(body.subspan(1, end - 1)), body.subspan(end)};
}

void append_zmtp_command_name(std::string& out, std::string_view name) {
  out += static_cast<char>(name.size());
  out += name;
}

}  // namespace zeroway
