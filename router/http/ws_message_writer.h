// Writes the messages to a WebSocket's client: compresses them if that was negotiated, and cuts each piece into frames.
//
// Owner: WsCodec.   Thread: the connection's loop.
// Not here: the message that comes in, and control frames (ws_codec.h).
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "proto/stream_sink.h"
#include "router/http/ws_deflate.h"
#include "router/http/ws_frames.h"
#include "router/settings/settings.h"

namespace zeroway {

class WsMessageWriter {
 public:
  // All four arguments outlive the writer.
  WsMessageWriter(const WebSocketTerms& settings, const std::optional<WsDeflateTerms>& deflate, WsFrames& frames,
                  std::string& output)
      : settings_(settings), deflate_(deflate), frames_(frames), output_(output) {}

  void write(Bytes piece, MessageKind kind, Last last);
  // Whether the latest message is compressed.
  [[nodiscard]] bool is_compressed() const { return is_compressed_; }
  // A message has begun, and its last piece was not given.
  [[nodiscard]] bool is_within_message() const { return is_begun_; }
  // A compressed message has begun and not ended: zlib's memory is needed.
  [[nodiscard]] bool is_compressing() const { return is_begun_ && is_compressed_; }
  // Frees zlib's memory. Not while is_compressing().
  void rest() { deflater_.reset(); }

 private:
  void begin(Bytes piece, MessageKind kind, Last last);
  void send(Bytes piece, Last last);

  const WebSocketTerms& settings_;
  const std::optional<WsDeflateTerms>& deflate_;
  WsFrames& frames_;
  std::string& output_;
  std::unique_ptr<WsDeflater> deflater_;
  MessageKind kind_ = MessageKind::binary;
  bool is_begun_ = false;   // a piece of the message was given, and not the last one
  bool has_frame_ = false;  // a frame of the message was written
  bool is_compressed_ = false;
};

}  // namespace zeroway
