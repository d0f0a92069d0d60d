// Compresses and inflates messages by permessage-deflate (RFC 7692 §7.2) with zlib, in pieces: no message is held.
//
// Owner: WsCodec keeps at most one of each class, made when first needed.   Thread: the connection's loop.
// zlib needs 256 KiB to compress and 40 KiB to inflate. rest() frees that memory between two messages. The window that
// the client's next message may refer to is kept: at most 32 KiB, and no more than the client has sent. The window of
// our own messages need not be kept. Not here: the agreement (ws_extensions.h), a message's largest size (ws_codec.h).
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

  // Takes more of a message's payload. Only while is_hungry(); `input` must stay until is_hungry() is true again.
  void give(Bytes input);
  // To be called when the whole message was given.
  void give_tail();
  // Inflates into `out`. Returns how many bytes. Fails when the input is not valid deflate data.
  [[nodiscard]] Result<std::size_t> next(std::span<std::uint8_t> out);
  // All of the input was inflated: give() may be called.
  [[nodiscard]] bool is_hungry() const { return is_hungry_; }
  // The message is over: forgets its window unless the next message may refer to it.
  void message_ended();
  void rest();

 private:
  [[nodiscard]] bool wake();
  [[nodiscard]] bool begin_anew();
  [[nodiscard]] std::string window();

  WsDeflateTerms terms_;
  z_stream stream_{};
  std::string past_;  // the window, while zlib's memory is freed
  bool is_awake_ = false;
  bool is_hungry_ = true;
};

class WsDeflater {
 public:
  explicit WsDeflater(const WsDeflateTerms& terms) : terms_(terms) {}
  ~WsDeflater() { rest(); }
  WsDeflater(const WsDeflater&) = delete;
  WsDeflater& operator=(const WsDeflater&) = delete;

  // Compresses a message's piece and appends the result to `out`. Before the last piece the result may be empty.
  void write(Bytes piece, Last last, std::string& out);
  void rest();

 private:
  void wake();

  WsDeflateTerms terms_;
  z_stream stream_{};
  bool is_awake_ = false;
};

}  // namespace zeroway
