#include "proto/zmtp/curve_traffic.h"

#include "proto/append_bytes.h"
#include "proto/frame.h"
#include "proto/zmtp/limits.h"
#include "proto/zmtp/zmtp_frame.h"

namespace zeroway {
namespace {

constexpr std::string_view kMessage = "\x07MESSAGE";
constexpr std::size_t kCounterAt = kMessage.size();
constexpr std::size_t kBoxAt = kCounterAt + kCurveCounter;
constexpr std::size_t kOverhead = kBoxAt + kCurveTag + 1;
constexpr std::uint8_t kMoreInside = 0x01;
constexpr std::uint8_t kCommandInside = 0x02;

}  // namespace

std::size_t CurveTraffic::overhead() { return kOverhead; }

bool CurveTraffic::take_counter(std::uint64_t counter) {
  if (counter <= received_) return false;
  received_ = counter;
  return true;
}

// In a frame of a message, though RFC 37 calls encrypted frames commands: libzmq since 4.3.3 drops them as commands.
void CurveTraffic::seal(std::uint8_t flags, Bytes body, std::string& out) {
  const std::uint64_t counter = next_counter();
  append_zmtp_frame_head(out, 0, body.size() + kOverhead);
  out += kMessage;
  append_u64(out, counter);
  const std::size_t at = out.size();
  out.append(kCurveTag, '\0');
  out += static_cast<char>(((flags & kZmtpMore) != 0 ? kMoreInside : 0) |
                           ((flags & kZmtpCommand) != 0 ? kCommandInside : 0));
  append_bytes(out, body);
  box_.close({own_prefix_, counter}, out, at);
}

ZmtpFailure CurveTraffic::open(std::uint8_t& flags, Bytes& body) {
  if ((flags & kZmtpCommand) != 0) return {ZmtpFault::protocol, "a command in clear text on a connection with keys"};
  if (body.size() < kOverhead || !as_text(body).starts_with(kMessage))
    return {ZmtpFault::protocol, "a frame without a box on a connection with keys"};
  const std::uint64_t counter = read_u64(body.subspan(kCounterAt).data());
  const Bytes box = body.subspan(kBoxAt);
  const std::span<std::uint8_t> inside = plain(box.size() - kCurveTag);
  if (!box_.open({peer_prefix_, counter}, box, inside)) return {ZmtpFault::protocol, "a box that does not open"};
  if (!take_counter(counter)) return {ZmtpFault::protocol, "a box whose counter does not grow"};
  const std::uint8_t inner = inside[0];
  flags = static_cast<std::uint8_t>(((inner & kMoreInside) != 0 ? kZmtpMore : 0) |
                                    ((inner & kCommandInside) != 0 ? kZmtpCommand : 0));
  body = inside.subspan(1);
  return {};
}

std::span<std::uint8_t> CurveTraffic::plain(std::size_t size) {
  if (size <= kCurveKeptBuffer && plain_.size() > kCurveKeptBuffer) {
    plain_.resize(size);
    plain_.shrink_to_fit();
  }
  if (plain_.size() < size) plain_.resize(size);
  return {reinterpret_cast<std::uint8_t*>(plain_.data()), size};
}

}  // namespace zeroway
