#include "proto/message.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "proto/append_bytes.h"
#include "proto/limits.h"

namespace zeroway {

namespace {

constexpr std::uint8_t end_stream(Last last) { return last == Last::yes ? kFlagEndStream : std::uint8_t{0}; }

void set_length(std::string& buffer, std::size_t frame_at) {
  const std::size_t length = buffer.size() - frame_at - kFrameHeaderSize;
  assert(length < 1 << 24);
  buffer[frame_at] = static_cast<char>(length >> 16);
  buffer[frame_at + 1] = static_cast<char>(length >> 8);
  buffer[frame_at + 2] = static_cast<char>(length);
}

// Room for `size` bytes in frames: else the buffer grows several times while they are put down, and is copied each
// time.
void reserve_frames(std::string& buffer, std::size_t size) {
  if (size > kCopyPiece) buffer.reserve(buffer.size() + size + kFrameHeaderSize * (1 + size / kMaxFramePayload));
}

void append_control(std::string& buffer, FrameType type, const std::string& json) {
  append_frame_header(buffer, static_cast<std::uint32_t>(json.size()), type, 0, 0);
  buffer += json;
}

}  // namespace

void MessageWriter::headers(StreamId stream, const Head& head, HpackEncoder& encoder, Last last) {
  const std::size_t at = buffer_.size();
  const auto flags = static_cast<std::uint8_t>(kFlagEndHeaders | end_stream(last));
  append_frame_header(buffer_, 0, FrameType::headers, flags, stream);
  encoder.encode(head, buffer_);
  set_length(buffer_, at);
}

void MessageWriter::data(StreamId stream, Bytes bytes, Last last) {
  if (bytes.empty() && last == Last::no) return;
  reserve_frames(buffer_, bytes.size());
  do {
    const Bytes piece = bytes.first(std::min(bytes.size(), kMaxFramePayload));
    bytes = bytes.subspan(piece.size());
    append_frame_header(buffer_, static_cast<std::uint32_t>(piece.size()), FrameType::data,
                        bytes.empty() ? end_stream(last) : std::uint8_t{0}, stream);
    append_bytes(buffer_, piece);
  } while (!bytes.empty());
}

void MessageWriter::piece(StreamId stream, Bytes bytes, MessageKind kind, Last last) {
  const std::uint8_t text = kind == MessageKind::text ? kFlagText : std::uint8_t{0};
  reserve_frames(buffer_, bytes.size());
  while (!bytes.empty() || last == Last::yes) {
    const Bytes cut = bytes.first(std::min(bytes.size(), kMaxFramePayload));
    bytes = bytes.subspan(cut.size());
    const bool is_end = bytes.empty() && last == Last::yes;
    const auto flags = static_cast<std::uint8_t>(text | (is_end ? kFlagEndMessage : std::uint8_t{0}));
    append_frame_header(buffer_, static_cast<std::uint32_t>(cut.size()), FrameType::message, flags, stream);
    append_bytes(buffer_, cut);
    if (is_end) return;
  }
}

void MessageWriter::rst_stream(StreamId stream, ResetCode code) {
  append_frame_header(buffer_, 4, FrameType::rst_stream, 0, stream);
  append_u32(buffer_, static_cast<std::uint32_t>(code));
}

void MessageWriter::window_update(StreamId stream, std::uint32_t bytes) {
  append_frame_header(buffer_, 4, FrameType::window_update, 0, stream);
  append_u32(buffer_, bytes);
}

void MessageWriter::ping(std::uint64_t opaque, Ack ack) {
  append_frame_header(buffer_, 8, FrameType::ping, ack == Ack::yes ? kFlagAck : std::uint8_t{0}, 0);
  append_u64(buffer_, opaque);
}

void MessageWriter::goaway(StreamId last_stream, ResetCode code, std::string_view reason) {
  reason = reason.substr(0, kMaxFramePayload - 8);
  append_frame_header(buffer_, static_cast<std::uint32_t>(8 + reason.size()), FrameType::goaway, 0, 0);
  append_u32(buffer_, last_stream);
  append_u32(buffer_, static_cast<std::uint32_t>(code));
  buffer_ += reason;
}

void MessageWriter::hello(const Hello& hello) { append_control(buffer_, FrameType::hello, write_hello(hello)); }

void MessageWriter::welcome(const Welcome& welcome) {
  append_control(buffer_, FrameType::welcome, write_welcome(welcome));
}

std::string MessageWriter::take() { return std::exchange(buffer_, std::string()); }

Result<std::optional<Frame>> MessageReader::next() {
  if (rest_.empty()) return std::optional<Frame>();
  if (rest_.size() > kMaxMessageSize) {
    Error error{Fault::backend, Code::frame_error, false,
                "message of " + std::to_string(rest_.size()) + " bytes over " + std::to_string(kMaxMessageSize)};
    rest_ = {};
    return error;
  }
  auto frame = read_frame(rest_);
  if (!frame) {
    rest_ = {};
    return frame.error();
  }
  rest_ = rest_.subspan(kFrameHeaderSize + frame->payload.size());
  return std::optional<Frame>(*frame);
}

}  // namespace zeroway
