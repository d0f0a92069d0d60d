// Any bytes as a message: cut into frames, each payload read; what can be written again must read the same.
#include <cstdlib>

#include "proto/hpack.h"
#include "proto/message.h"

using namespace zeroway;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

// The frame as our writer would put it, or nothing when a writer cannot know its bytes.
std::string written_again(const Frame& frame) {
  MessageWriter writer;
  switch (frame.type) {
    case FrameType::data:
      writer.data(frame.stream, frame.payload, frame.has(kFlagEndStream) ? Last::yes : Last::no);
      break;
    case FrameType::rst_stream:
      if (const auto code = read_rst_stream(frame)) writer.rst_stream(frame.stream, *code);
      break;
    case FrameType::window_update:
      if (const auto bytes = read_window_update(frame)) writer.window_update(frame.stream, *bytes);
      break;
    case FrameType::ping:
      if (const auto opaque = read_ping(frame)) writer.ping(*opaque, frame.has(kFlagAck) ? Ack::yes : Ack::no);
      break;
    case FrameType::goaway:
      if (const auto goaway = read_goaway(frame)) writer.goaway(goaway->last_stream, goaway->code, goaway->reason);
      break;
    default:
      break;
  }
  return writer.take();
}

void check_round_trip(const Frame& frame) {
  const std::string again = written_again(frame);
  if (again.empty()) return;
  const auto read_back = read_frame(as_bytes(again));
  demand(read_back.has_value());
  demand(read_back->type == frame.type && read_back->stream == frame.stream);
  demand(read_back->payload.size() == frame.payload.size());
  demand(written_again(*read_back) == again);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static HpackDecoder decoder;
  static Head head;
  MessageReader reader({data, size});
  std::size_t seen = 0;
  while (true) {
    const auto frame = reader.next();
    if (!frame || !frame->has_value()) break;
    seen += kFrameHeaderSize + (*frame)->payload.size();
    check_round_trip(**frame);
    if ((*frame)->type == FrameType::headers) (void)decoder.decode((*frame)->payload, head);
    if ((*frame)->type == FrameType::hello) (void)read_hello((*frame)->payload);
    if ((*frame)->type == FrameType::welcome) (void)read_welcome((*frame)->payload);
  }
  demand(seen <= size);
  const auto after = reader.next();
  demand(after && !after->has_value());
  return 0;
}
