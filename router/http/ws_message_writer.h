// The message that goes out to a WebSocket's client: compressed if that was agreed on, cut into frames as it comes.
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
  // All that it is given stays.
  WsMessageWriter(const WebSocketSettings& settings, const std::optional<WsDeflateTerms>& deflate, WsFrames& frames,
                  std::string& output)
      : settings_(settings), deflate_(deflate), frames_(frames), output_(output) {}

  void write(Bytes piece, MessageKind kind, Last last);
  // Of the message that was written to last.
  [[nodiscard]] bool is_compressed() const { return is_compressed_; }
  // It has begun and not ended, and needs zlib's memory.
  [[nodiscard]] bool is_compressing() const { return is_begun_ && is_compressed_; }
  // Gives zlib's memory back. Not while is_compressing().
  void rest() { deflater_.reset(); }

 private:
  void begin(Bytes piece, MessageKind kind, Last last);
  void send(Bytes piece, Last last);

  const WebSocketSettings& settings_;
  const std::optional<WsDeflateTerms>& deflate_;
  WsFrames& frames_;
  std::string& output_;
  std::unique_ptr<WsDeflater> deflater_;
  MessageKind kind_ = MessageKind::binary;
  bool is_begun_ = false;   // some of it was given
  bool has_frame_ = false;  // some of it was sent
  bool is_compressed_ = false;
};

}  // namespace zeroway
