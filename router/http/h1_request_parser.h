// Turns a complete request head, or a complete trailer section, into a Head in HTTP/2's form.
//
// Owner: nobody; free functions without state.   Thread: any.
// Beast splits the field lines (only the .cpp includes it). Our own code reads the request line: Beast knows no version
// after 1.1 and cannot tell 505 from 400. Chunks are read by our own code, too (h1_chunk_reader.h).
// Not here: where the head ends (h1_head_scan.h), the framing rules themselves (h1_framing.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "proto/kind.h"
#include "router/http/h1_framing.h"

namespace zeroway {

// What the codec must remember of a request to read its body and frame its reply.
struct H1Request {
  h1::Version version = h1::Version::http11;
  bool is_head_method = false;
  bool is_persistent = true;      // the client wants to keep the connection (RFC 9112 §9.3)
  bool expects_continue = false;  // the client waits for 100 Continue, and has a body to send
  Kind kind = Kind::request;      // an upgrade to WebSocket is none from an HTTP/1.0 client (RFC 9110 §7.8)
  h1::Body body;
};

// `text` is a section that H1HeadScan has found. Clears `head`, then adds the pseudo-fields and the fields, in order,
// with names in lower case. Leaves out connection-specific fields and Host. On failure `head` holds nothing of use.
[[nodiscard]] Result<H1Request> read_request(std::string_view text, std::string_view scheme, Head& head);

// The value of the first Accept field in a head that may be cut off or malformed; "" = the head has none.
[[nodiscard]] std::string_view find_accept(std::string_view head);

// Trailers that name framing or the connection are left out (RFC 9110 §6.5.1).
[[nodiscard]] Result<> read_trailers(std::string_view text, Head& trailers);

}  // namespace zeroway
