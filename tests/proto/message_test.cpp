#include "proto/message.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "proto/limits.h"

using namespace zeroway;
using namespace std::string_view_literals;

namespace {

struct Copy {
  FrameType type;
  std::uint8_t flags;
  StreamId stream;
  std::string payload;
};

std::vector<Copy> frames_of(std::string_view message) {
  std::vector<Copy> out;
  MessageReader reader(as_bytes(message));
  while (true) {
    const auto next = reader.next();
    REQUIRE(next.has_value());
    if (!next->has_value()) return out;
    const Frame& frame = **next;
    out.push_back({frame.type, frame.flags, frame.stream, std::string(as_text(frame.payload))});
  }
}

}  // namespace

TEST_CASE("message: frames come back in the order they were written") {
  MessageWriter writer;
  HpackEncoder encoder;
  writer.headers(1, {{":status", "200"}}, encoder, Last::no);
  writer.data(1, as_bytes("hello"), Last::yes);
  writer.window_update(3, 0);
  writer.rst_stream(5, ResetCode::cancel);
  writer.ping(7, Ack::yes);
  writer.goaway(9, ResetCode::no_error, "bye");
  const auto frames = frames_of(writer.bytes());
  REQUIRE(frames.size() == 6);
  CHECK(frames[0].type == FrameType::headers);
  CHECK(frames[0].payload == "\x88");
  CHECK(frames[1].payload == "hello");
  CHECK(frames[1].flags == kFlagEndStream);
  CHECK(frames[2].payload == "\0\0\0\0"sv);
  CHECK(frames[2].stream == 3);
  CHECK(frames[3].payload == "\0\0\0\x08"sv);
  CHECK(frames[4].flags == kFlagAck);
  CHECK(frames[4].payload == "\0\0\0\0\0\0\0\x07"sv);
  CHECK(frames[5].payload == "\0\0\0\x09\0\0\0\0bye"sv);
  CHECK(frames[5].stream == 0);
}

TEST_CASE("message: HEADERS always ends its headers, and the stream when it is the last") {
  MessageWriter writer;
  HpackEncoder encoder;
  writer.headers(1, {{":status", "200"}}, encoder, Last::no);
  writer.headers(1, {{":status", "200"}}, encoder, Last::yes);
  const auto frames = frames_of(writer.bytes());
  CHECK(frames[0].flags == kFlagEndHeaders);
  CHECK(frames[1].flags == (kFlagEndHeaders | kFlagEndStream));
}

TEST_CASE("message: a head of the largest legal list fits one frame") {
  Head head;
  const std::string value(32'000, '\x01');  // no Huffman code is shorter than the byte
  head.add("a", value);
  head.add("b", value);
  head.add("c", std::string(kMaxHeadSize - head.list_size() - 33, '\x01'));
  REQUIRE(head.list_size() == kMaxHeadSize);
  MessageWriter writer;
  HpackEncoder encoder;
  writer.headers(1, head, encoder, Last::yes);
  CHECK(frames_of(writer.bytes()).size() == 1);
}

TEST_CASE("message: data is cut at 64 KiB, with END_STREAM on the last piece alone") {
  const std::string body(2 * kMaxFramePayload + 1, 'x');
  MessageWriter writer;
  writer.data(1, as_bytes(body), Last::yes);
  const auto frames = frames_of(writer.bytes());
  REQUIRE(frames.size() == 3);
  CHECK(frames[0].payload.size() == kMaxFramePayload);
  CHECK(frames[0].flags == 0);
  CHECK(frames[1].flags == 0);
  CHECK(frames[2].payload.size() == 1);
  CHECK(frames[2].flags == kFlagEndStream);
}

TEST_CASE("message: data of exactly 64 KiB is one frame") {
  MessageWriter writer;
  writer.data(1, as_bytes(std::string(kMaxFramePayload, 'x')), Last::no);
  CHECK(frames_of(writer.bytes()).size() == 1);
}

TEST_CASE("message: no bytes are an empty frame when they are the last, else nothing") {
  MessageWriter writer;
  writer.data(1, {}, Last::no);
  CHECK(writer.is_empty());
  writer.data(1, {}, Last::yes);
  const auto frames = frames_of(writer.bytes());
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].flags == kFlagEndStream);
  CHECK(frames[0].payload.empty());
}

TEST_CASE("message: HELLO and WELCOME are JSON on stream 0") {
  Hello hello;
  hello.name = "w";
  hello.instance = "w#0123456789abcdef";
  Welcome welcome;
  welcome.router = "r";
  welcome.pairs = {{"ipc://a", "ipc://a.steer"}};
  MessageWriter writer;
  writer.hello(hello);
  writer.welcome(welcome);
  const auto frames = frames_of(writer.bytes());
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].type == FrameType::hello);
  CHECK(frames[0].stream == 0);
  CHECK(read_hello(as_bytes(frames[0].payload))->name == "w");
  CHECK(frames[1].type == FrameType::welcome);
  CHECK(read_welcome(as_bytes(frames[1].payload))->pairs[0].deal == "ipc://a");
}

TEST_CASE("message: a reason too long for a frame is cut") {
  MessageWriter writer;
  writer.goaway(0, ResetCode::internal_error, std::string(100'000, 'r'));
  CHECK(frames_of(writer.bytes())[0].payload.size() == kMaxFramePayload);
}

TEST_CASE("message: take hands the message out and begins a new one") {
  MessageWriter writer;
  writer.ping(1, Ack::no);
  CHECK(writer.size() == 17);
  CHECK(writer.take().size() == 17);
  CHECK(writer.is_empty());
  writer.ping(2, Ack::no);
  CHECK(frames_of(writer.bytes()).size() == 1);
  writer.clear();
  CHECK(writer.is_empty());
}

TEST_CASE("message: an empty message has no frames") { CHECK(frames_of("").empty()); }

TEST_CASE("message: after an error nothing more is read") {
  MessageWriter writer;
  writer.ping(1, Ack::no);
  const std::string message = writer.take() + std::string("\x00\x00\x09", 3);
  MessageReader reader(as_bytes(message));
  CHECK(reader.next()->has_value());
  CHECK_FALSE(reader.next().has_value());
  const auto after = reader.next();
  REQUIRE(after.has_value());
  CHECK_FALSE(after->has_value());
}

TEST_CASE("message: one over 4 MiB is an error before any frame of it is read") {
  MessageWriter writer;
  const std::string piece(kMaxFramePayload, 'x');
  while (writer.size() <= kMaxMessageSize) writer.data(1, as_bytes(piece), Last::no);
  MessageReader reader(as_bytes(writer.bytes()));
  CHECK_FALSE(reader.next().has_value());
}
