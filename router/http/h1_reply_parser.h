// Turns a complete HTTP/1.1 reply head of an origin into a Head in HTTP/2's form, and decides how its body is framed.
//
// Owner: nobody; free functions without state.   Thread: any.
// Strict where two readers could differ (response splitting, RFC 9112 §6.3, §11): every error is backend_protocol, and
// the connection is not used again. Beast's parser is not the base: it refuses Content-Length beside chunked, which
// RFC 9112 §6.3 tells a reader to accept. Not here: where the head ends (h1_head_scan.h), trailers
// (h1_request_parser.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "router/http/h1_framing.h"

namespace zeroway {

// What the reply's framing depends on besides its own fields.
enum class AskedBy : std::uint8_t { head_method, other_method };

struct H1Reply {
  enum class Body : std::uint8_t { none, length, chunked, until_close };

  int status = 0;
  h1::Version version = h1::Version::http11;
  Body body = Body::none;
  std::uint64_t length = 0;
  bool is_persistent = true;        // the connection may serve another request after this reply (RFC 9112 §9.3)
  bool becomes_web_socket = false;  // 101 with `Upgrade: websocket`
};

// `text` is a section that H1HeadScan has found. Clears `head`, then adds `:status` and the fields, in order, with
// names in lower case, without those that concern the connection. On failure `head` holds nothing of use.
[[nodiscard]] Result<H1Reply> read_reply(std::string_view text, AskedBy method, Head& head);

// Whether `begin`, the first bytes of a reply, can become an HTTP/1 status line.
[[nodiscard]] bool may_begin_reply(std::string_view begin);

// An error of h1_head_scan.h, h1_chunk_reader.h or read_trailers(), made for a client's bytes, as an error of a reply.
[[nodiscard]] Error as_reply_error(const Error& error);

}  // namespace zeroway
