#include "proto/frame.h"

#include <doctest/doctest.h>

#include "proto/limits.h"

using namespace zeroway;
using namespace std::string_view_literals;

namespace {

Frame frame_of(FrameType type, StreamId stream, std::string_view payload) {
  return {type, 0, stream, as_bytes(payload)};
}

}  // namespace

TEST_CASE("frame: the nine bytes are length, type, flags, stream (RFC 9113 §4.1)") {
  std::string out = "kept";
  append_frame_header(out, 0x010203, FrameType::message, 0x05, 0x7fabcdef);
  CHECK(out == "kept\x01\x02\x03\xe2\x05\x7f\xab\xcd\xef"sv);
}

TEST_CASE("frame: a frame is read with all its parts, and what follows it is left") {
  const std::string_view bytes =
      "\x00\x00\x03\x00\x01\x00\x00\x01\x02"
      "abcdef"sv;
  const auto frame = read_frame(as_bytes(bytes));
  REQUIRE(frame.has_value());
  CHECK(frame->type == FrameType::data);
  CHECK(frame->has(kFlagEndStream));
  CHECK_FALSE(frame->has(kFlagEndHeaders));
  CHECK(frame->stream == 0x102);
  CHECK(as_text(frame->payload) == "abc");
}

TEST_CASE("frame: the reserved bit of the stream id is ignored") {
  const auto frame = read_frame(as_bytes("\x00\x00\x00\x00\x00\xff\xff\xff\xff"sv));
  REQUIRE(frame.has_value());
  CHECK(frame->stream == kMaxStreamId);
}

TEST_CASE("frame: an unknown type is read as it is") {
  const auto frame = read_frame(as_bytes("\x00\x00\x00\x77\x00\x00\x00\x00\x00"sv));
  REQUIRE(frame.has_value());
  CHECK(static_cast<int>(frame->type) == 0x77);
}

TEST_CASE("frame: every cut of a frame is an error") {
  const auto whole = "\x00\x00\x04\x08\x00\x00\x00\x00\x01\x00\x00\x00\x05"sv;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = read_frame(as_bytes(whole.substr(0, size)));
    REQUIRE_FALSE(cut.has_value());
    CHECK(cut.error().code == Code::frame_error);
  }
  CHECK(read_frame(as_bytes(whole)).has_value());
}

TEST_CASE("frame: a payload of 64 KiB is read, one byte more is an error") {
  std::string bytes;
  append_frame_header(bytes, 65'536, FrameType::data, 0, 1);
  bytes.append(65'537, 'x');
  CHECK(read_frame(as_bytes(bytes)).has_value());
  bytes[2] = 1;
  const auto over = read_frame(as_bytes(bytes));
  REQUIRE_FALSE(over.has_value());
  CHECK(over.error().detail == "frame length 65537 over 65536");
}

TEST_CASE("frame: numbers are big endian") {
  std::string out;
  append_u32(out, 0x01020304);
  append_u64(out, 0xf102030405060708);
  CHECK(out == "\x01\x02\x03\x04\xf1\x02\x03\x04\x05\x06\x07\x08"sv);
  CHECK(read_u32(as_bytes(out).data()) == 0x01020304);
  CHECK(read_u64(as_bytes(out).data() + 4) == 0xf102030405060708);
}

TEST_CASE("frame: WINDOW_UPDATE is 31 bits, and 0 is legal") {
  CHECK(*read_window_update(frame_of(FrameType::window_update, 1, "\0\0\0\0"sv)) == 0);
  CHECK(*read_window_update(frame_of(FrameType::window_update, 1, "\xff\xff\xff\xff"sv)) == kMaxWindow);
  CHECK_FALSE(read_window_update(frame_of(FrameType::window_update, 1, "\0\0\0"sv)).has_value());
  CHECK_FALSE(read_window_update(frame_of(FrameType::window_update, 1, "\0\0\0\0\0"sv)).has_value());
}

TEST_CASE("frame: there is no connection window") {
  CHECK_FALSE(read_window_update(frame_of(FrameType::window_update, 0, "\0\0\0\1"sv)).has_value());
}

TEST_CASE("frame: RST_STREAM is a code of four bytes on a stream; unknown codes are kept") {
  CHECK(*read_rst_stream(frame_of(FrameType::rst_stream, 1, "\0\0\0\x07"sv)) == ResetCode::refused_stream);
  CHECK(static_cast<std::uint32_t>(*read_rst_stream(frame_of(FrameType::rst_stream, 1, "\x12\x34\x56\x78"sv))) ==
        0x12345678);
  CHECK_FALSE(read_rst_stream(frame_of(FrameType::rst_stream, 1, ""sv)).has_value());
  CHECK_FALSE(read_rst_stream(frame_of(FrameType::rst_stream, 1, "\0\0\0\0\0"sv)).has_value());
  CHECK_FALSE(read_rst_stream(frame_of(FrameType::rst_stream, 0, "\0\0\0\0"sv)).has_value());
}

TEST_CASE("frame: PING is eight bytes on stream 0") {
  CHECK(*read_ping(frame_of(FrameType::ping, 0, "\x01\0\0\0\0\0\0\x02"sv)) == 0x0100000000000002);
  CHECK_FALSE(read_ping(frame_of(FrameType::ping, 0, "\0\0\0\0\0\0\0"sv)).has_value());
  CHECK_FALSE(read_ping(frame_of(FrameType::ping, 0, "\0\0\0\0\0\0\0\0\0"sv)).has_value());
  CHECK_FALSE(read_ping(frame_of(FrameType::ping, 1, "\0\0\0\0\0\0\0\0"sv)).has_value());
}

TEST_CASE("frame: GOAWAY is last stream, code and a reason of any length, on stream 0") {
  const auto goaway = read_goaway(frame_of(FrameType::goaway, 0, "\x80\0\0\x05\0\0\0\x01why"sv));
  REQUIRE(goaway.has_value());
  CHECK(goaway->last_stream == 5);
  CHECK(goaway->code == ResetCode::protocol_error);
  CHECK(goaway->reason == "why");
  CHECK(read_goaway(frame_of(FrameType::goaway, 0, "\0\0\0\0\0\0\0\0"sv))->reason.empty());
  CHECK_FALSE(read_goaway(frame_of(FrameType::goaway, 0, "\0\0\0\0\0\0\0"sv)).has_value());
  CHECK_FALSE(read_goaway(frame_of(FrameType::goaway, 1, "\0\0\0\0\0\0\0\0"sv)).has_value());
}
