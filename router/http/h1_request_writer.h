// Writes one request in HTTP/1.1's form for an origin: appends request line, fields, body and trailers to an output.
//
//     head ──▶ data* ──▶ end          web_socket: a handshake instead of a request (RFC 6455 §4.1)
//
// Owner: H1ClientCodec keeps one.   Thread: the connection's loop.
// The heads that it is given are legal (proto/head_rules.h). All the same, no byte of a head can end a line: what
// cannot stand in its place is left out. Not here: replies (h1_reply_parser.h), fields that the router adds
// (router/exchange/header_rules.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/head.h"
#include "proto/stream_sink.h"

namespace zeroway {

class H1RequestWriter {
 public:
  // Begins a request. A body without a content-length, and only such a body, is chunked and may have trailers.
  void head(const Head& head, Last last, std::string& out);
  // The handshake for a CONNECT with `:protocol`; `key` is Sec-WebSocket-Key. Nothing follows it here.
  void web_socket(const Head& head, std::string_view key, std::string& out);
  void data(Bytes bytes, std::string& out);
  void end(const Head& trailers, std::string& out);

  // The origin can know that it has the whole request, once all that was written has reached it. Never while the body
  // is shorter than its content-length, also after end().
  [[nodiscard]] bool is_complete() const { return framing_ == Framing::none || (is_length() && left_ == 0); }
  // The body was longer or shorter than its content-length: the origin waits for bytes that will not come.
  [[nodiscard]] bool is_broken() const { return is_broken_; }

 private:
  enum class Framing : std::uint8_t { none, length, chunked };

  [[nodiscard]] bool is_length() const { return framing_ == Framing::length; }
  void decide_framing(const Head& head, Last last, std::string& out);

  std::uint64_t left_ = 0;  // bytes of a body with Framing::length that were not given yet
  Framing framing_ = Framing::none;
  bool is_broken_ = false;
};

}  // namespace zeroway
