// Many frames in one ZeroMQ message: writing them one after another, reading them back.
//
// Owner: the writer owns its buffer; the reader views bytes of its caller.   Thread: one loop.
// Not here: routing ids and sockets (router/fabric, worker-sdk/src); which frames are legal when
// (proto/stream_state.h).
#pragma once
#include <optional>
#include <string>

#include "proto/bytes.h"
#include "proto/control.h"
#include "proto/frame.h"
#include "proto/hpack.h"
#include "proto/stream_sink.h"

namespace zeroway {

enum class Ack : bool { no, yes };

class MessageWriter {
 public:
  void headers(StreamId stream, const Head& head, HpackEncoder& encoder, Last last);
  // Cuts `bytes` into frames of at most kMaxFramePayload. With Last::yes the last frame has END_STREAM. Empty `bytes`
  // become one empty frame with Last::yes, and no frame with Last::no.
  void data(StreamId stream, Bytes bytes, Last last);
  // A piece of a WebSocket message, cut like data. An empty piece becomes one frame when it ends the message, else no
  // frame.
  void piece(StreamId stream, Bytes bytes, MessageKind kind, Last last);
  void rst_stream(StreamId stream, ResetCode code);
  void window_update(StreamId stream, std::uint32_t bytes);
  void ping(std::uint64_t opaque, Ack ack);
  void goaway(StreamId last_stream, ResetCode code, std::string_view reason);
  void hello(const Hello& hello);
  void welcome(const Welcome& welcome);

  // Appends all frames of another writer.
  void append(const MessageWriter& other) { buffer_ += other.buffer_; }

  [[nodiscard]] bool is_empty() const { return buffer_.empty(); }
  [[nodiscard]] std::size_t size() const { return buffer_.size(); }
  [[nodiscard]] std::size_t capacity() const { return buffer_.capacity(); }
  [[nodiscard]] const std::string& bytes() const { return buffer_; }
  // Returns the message and begins a new one.
  [[nodiscard]] std::string take();
  void clear() { buffer_.clear(); }

 private:
  std::string buffer_;
};

class MessageReader {
 public:
  explicit MessageReader(Bytes message) : rest_(message) {}
  // The next frame; nothing at the end of the message. After an error the rest of the message is not readable.
  [[nodiscard]] Result<std::optional<Frame>> next();

 private:
  Bytes rest_;
};

}  // namespace zeroway
