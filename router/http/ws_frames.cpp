#include "router/http/ws_frames.h"

#include <wslay/wslay.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>

namespace zeroway {
namespace {

constexpr std::size_t kLeastHead = 2;
constexpr std::size_t kMaskSize = 4;

// The size of the head whose first two bytes are in `input`.
std::size_t head_size(Bytes input) {
  const unsigned length = input[1] & 0x7fU;
  const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
  return kLeastHead + extended + ((input[1] & 0x80U) != 0 ? kMaskSize : 0);
}

//  0 1 2 3 4      8 9        16
// ├─┼─┼─┼─┼───────┼─┼──────────┼── 16 or 64 bits ──┼── 32 bits ──┤
// │F│1│2│3│opcode │M│ length   │ if length ≥ 126   │ mask, if M  │
WsFrameHead parse(Bytes head) {
  WsFrameHead parsed;
  parsed.is_final = (head[0] & 0x80U) != 0;
  parsed.has_reserved1 = (head[0] & 0x40U) != 0;
  parsed.has_reserved23 = (head[0] & 0x30U) != 0;
  parsed.opcode = head[0] & 0x0fU;
  parsed.is_masked = (head[1] & 0x80U) != 0;
  parsed.size = head[1] & 0x7fU;
  const std::size_t extended = parsed.size == 126 ? 2 : parsed.size == 127 ? 8 : 0;
  if (extended > 0) parsed.size = 0;
  for (std::size_t at = 0; at < extended; ++at) parsed.size = parsed.size << 8U | head[kLeastHead + at];
  return parsed;
}

}  // namespace

struct WsFrames::Callbacks {
  static ssize_t receive(std::uint8_t* buffer, std::size_t size, int, void* user) {
    Bytes& fed = static_cast<WsFrames*>(user)->fed_;
    const std::size_t count = std::min(size, fed.size());
    if (count > 0) std::memcpy(buffer, fed.data(), count);
    fed = fed.subspan(count);
    return static_cast<ssize_t>(count);
  }
  static ssize_t send(const std::uint8_t* data, std::size_t size, int, void* user) {
    static_cast<WsFrames*>(user)->out_->append(as_text({data, size}));
    return static_cast<ssize_t>(size);
  }
  static int mask(std::uint8_t* key, std::size_t size, void* user) {
    static_cast<WsFrames*>(user)->masks_->fill({key, size});
    return 0;
  }
};

WsFrames::WsFrames(Randomness* masks) : masks_(masks) {
  const wslay_frame_callbacks callbacks{&Callbacks::send, &Callbacks::receive, &Callbacks::mask};
  wslay_frame_context* context = nullptr;
  if (wslay_frame_context_init(&context, &callbacks, this) != 0) throw std::bad_alloc();
  context_.reset(context);
}

WsFrames::~WsFrames() = default;

void WsFrames::Free::operator()(wslay_frame_context* context) const { wslay_frame_context_free(context); }

WsFrames::Found WsFrames::read(Bytes& input, std::uint64_t most) {
  return left_ == 0 ? read_head(input) : read_payload(input, most);
}

void WsFrames::feed(Bytes& input, std::size_t size) {
  fed_ = input.first(size);
  input = input.subspan(size);
}

WsFrames::Found WsFrames::read_head(Bytes& input) {
  if (input.size() < kLeastHead || input.size() < head_size(input)) return Found::nothing;
  head_ = parse(input);
  left_ = head_.size;
  feed(input, head_size(input));
  wslay_frame_iocb frame{};
  const ssize_t result = wslay_frame_recv(context_.get(), &frame);
  assert(result <= 0);
  return result == 0 || result == WSLAY_ERR_WANT_READ ? Found::head : Found::malformed;
}

WsFrames::Found WsFrames::read_payload(Bytes& input, std::uint64_t most) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>({most, left_, input.size()}));
  if (size == 0) return Found::nothing;
  feed(input, size);
  wslay_frame_iocb frame{};
  const ssize_t result = wslay_frame_recv(context_.get(), &frame);
  if (result <= 0) return Found::malformed;
  // The bytes that did not fit in wslay's buffer go back to the input.
  input = {fed_.data(), fed_.size() + input.size()};
  payload_ = {frame.data, frame.data_length};
  left_ -= payload_.size();
  return Found::payload;
}

void WsFrames::write(WsOpcode opcode, Flags flags, Bytes payload, std::string& out) {
  wslay_frame_iocb frame{};
  frame.fin = flags.is_final ? 1 : 0;
  frame.rsv = flags.is_compressed ? WSLAY_RSV1_BIT : WSLAY_RSV_NONE;
  frame.mask = masks_ != nullptr ? 1 : 0;
  frame.opcode = static_cast<std::uint8_t>(opcode);
  frame.payload_length = payload.size();
  out_ = &out;
  do {
    frame.data = payload.data();
    frame.data_length = payload.size();
    const ssize_t sent = wslay_frame_send(context_.get(), &frame);
    if (sent < 0) return assert(false);  // cannot happen: frames are valid, and the callback takes all bytes
    payload = payload.subspan(static_cast<std::size_t>(sent));
  } while (!payload.empty());
  out_ = nullptr;
}

}  // namespace zeroway
