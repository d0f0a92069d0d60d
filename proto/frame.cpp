#include "proto/frame.h"

#include <array>

#include "proto/limits.h"

namespace zeroway {

namespace {

Error frame_error(std::string detail) { return {Fault::backend, Code::frame_error, false, std::move(detail)}; }

Result<> check_size(const Frame& frame, const char* name, std::size_t size) {
  if (frame.payload.size() == size) return {};
  return frame_error(std::string(name) + " payload of " + std::to_string(frame.payload.size()) + " bytes, not " +
                     std::to_string(size));
}

Result<> check_on_stream(const Frame& frame, const char* name) {
  if (frame.stream != 0) return {};
  return frame_error(std::string(name) + " on stream 0");
}

Result<> check_on_connection(const Frame& frame, const char* name) {
  if (frame.stream == 0) return {};
  return frame_error(std::string(name) + " on stream " + std::to_string(frame.stream));
}

}  // namespace

void append_u32(std::string& out, std::uint32_t value) {
  const std::array<char, 4> bytes{static_cast<char>(value >> 24), static_cast<char>(value >> 16),
                                  static_cast<char>(value >> 8), static_cast<char>(value)};
  out.append(bytes.data(), bytes.size());
}

void append_u64(std::string& out, std::uint64_t value) {
  append_u32(out, static_cast<std::uint32_t>(value >> 32));
  append_u32(out, static_cast<std::uint32_t>(value));
}

std::uint32_t read_u32(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | std::uint32_t{at[3]};
}

std::uint64_t read_u64(const std::uint8_t* at) { return std::uint64_t{read_u32(at)} << 32 | read_u32(at + 4); }

void append_frame_header(std::string& out, std::uint32_t length, FrameType type, std::uint8_t flags, StreamId stream) {
  const std::array<char, kFrameHeaderSize> bytes{
      static_cast<char>(length >> 16), static_cast<char>(length >> 8), static_cast<char>(length),
      static_cast<char>(type),         static_cast<char>(flags),       static_cast<char>(stream >> 24),
      static_cast<char>(stream >> 16), static_cast<char>(stream >> 8), static_cast<char>(stream)};
  out.append(bytes.data(), bytes.size());
}

Result<Frame> read_frame(Bytes bytes) {
  if (bytes.size() < kFrameHeaderSize) {
    return frame_error("frame header of " + std::to_string(bytes.size()) + " bytes, not 9");
  }
  const std::uint32_t length = read_u32(bytes.data()) >> 8;
  if (length > kMaxFramePayload) {
    return frame_error("frame length " + std::to_string(length) + " over " + std::to_string(kMaxFramePayload));
  }
  const Bytes rest = bytes.subspan(kFrameHeaderSize);
  if (length > rest.size()) {
    return frame_error("frame length " + std::to_string(length) + ", only " + std::to_string(rest.size()) +
                       " bytes follow");
  }
  // The reserved bit is ignored (RFC 9113 §4.1).
  return Frame{static_cast<FrameType>(bytes[3]), bytes[4], read_u32(bytes.data() + 5) & kMaxStreamId,
               rest.first(length)};
}

Result<std::uint32_t> read_window_update(const Frame& frame) {
  if (auto legal = check_size(frame, "WINDOW_UPDATE", 4); !legal) return legal.error();
  if (auto legal = check_on_stream(frame, "WINDOW_UPDATE"); !legal) return legal.error();
  return read_u32(frame.payload.data()) & kMaxWindow;
}

Result<ResetCode> read_rst_stream(const Frame& frame) {
  if (auto legal = check_size(frame, "RST_STREAM", 4); !legal) return legal.error();
  if (auto legal = check_on_stream(frame, "RST_STREAM"); !legal) return legal.error();
  return static_cast<ResetCode>(read_u32(frame.payload.data()));
}

Result<std::uint64_t> read_ping(const Frame& frame) {
  if (auto legal = check_size(frame, "PING", 8); !legal) return legal.error();
  if (auto legal = check_on_connection(frame, "PING"); !legal) return legal.error();
  return read_u64(frame.payload.data());
}

Result<Goaway> read_goaway(const Frame& frame) {
  if (frame.payload.size() < 8) {
    return frame_error("GOAWAY payload of " + std::to_string(frame.payload.size()) + " bytes, not 8 or more");
  }
  if (auto legal = check_on_connection(frame, "GOAWAY"); !legal) return legal.error();
  return Goaway{read_u32(frame.payload.data()) & kMaxStreamId,
                static_cast<ResetCode>(read_u32(frame.payload.data() + 4)), as_text(frame.payload.subspan(8))};
}

}  // namespace zeroway
