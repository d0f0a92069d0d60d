// permessage-deflate's two halves (RFC 7692 §7.2) on zlib, in pieces: neither holds a message.
//
// Owner: WsCodec keeps at most one of each, made when first needed.   Thread: its connection's loop.
// zlib wants 256 KiB to compress and 40 KiB to inflate. rest() gives that back between two messages: what the client's
// next message may refer to (32 KiB at most, and no more than was ever sent) is kept, our own past need not be.
// Not here: what was agreed on (ws_extensions.h), how large a message may become (ws_codec.h).
#pragma once
#include <zlib.h>

#include <cstdint>
#include <span>
#include <string>

#include "proto/bytes.h"
#include "proto/stream_sink.h"
#include "router/http/ws_extensions.h"

namespace zeroway {

class WsInflater {
 public:
  explicit WsInflater(const WsDeflateTerms& terms) : terms_(terms) {}
  ~WsInflater() { rest(); }
  WsInflater(const WsInflater&) = delete;
  WsInflater& operator=(const WsInflater&) = delete;

  // More of a message's payload; only while is_hungry(), and `input` must stay until it is again.
  void give(Bytes input);
  // All of the message was given.
  void give_tail();
  // Inflates into `out` and says how many bytes. Fails when it is no deflate.
  [[nodiscard]] Result<std::size_t> next(std::span<std::uint8_t> out);
  // Nothing more comes out of what was given.
  [[nodiscard]] bool is_hungry() const { return is_hungry_; }
  // The message is over: forgets it unless the next may refer to it.
  void message_ended();
  void rest();

 private:
  [[nodiscard]] bool wake();
  [[nodiscard]] bool begin_anew();
  [[nodiscard]] std::string window();

  WsDeflateTerms terms_;
  z_stream stream_{};
  std::string past_;  // while resting
  bool is_awake_ = false;
  bool is_hungry_ = true;
};

class WsDeflater {
 public:
  explicit WsDeflater(const WsDeflateTerms& terms) : terms_(terms) {}
  ~WsDeflater() { rest(); }
  WsDeflater(const WsDeflater&) = delete;
  WsDeflater& operator=(const WsDeflater&) = delete;

  // Appends what a message's piece becomes to `out`; until the last that may be nothing.
  void write(Bytes piece, Last last, std::string& out);
  void rest();

 private:
  void wake();

  WsDeflateTerms terms_;
  z_stream stream_{};
  bool is_awake_ = false;
};

}  // namespace zeroway
