// A whole request head, or a whole trailer section, into a Head in HTTP/2's form.
//
// Owner: nobody; free functions, all state is in what they return.   Thread: any.
// Splitting the field lines is Beast's work (in the .cpp, its only place). The request line is ours: Beast knows no
// version after 1.1 and cannot tell 505 from 400. Chunks are ours (h1_chunk_reader.h).
// Not here: where the head ends (h1_head_scan.h), the framing rules themselves (h1_framing.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "router/http/h1_framing.h"
#include "router/settings/settings.h"

namespace zeroway {

// What the codec must remember of a request to read its body and frame its reply.
struct H1Request {
  h1::Version version = h1::Version::http11;
  bool is_head_method = false;
  bool is_persistent = true;      // the client lets the connection live (RFC 9112 §9.3)
  bool expects_continue = false;  // and has a body to wait with
  bool wants_web_socket = false;  // an upgrade to it, which RFC 9110 §7.8 lets us take (not from a 1.0 client)
  h1::Body body;
};

// `text` is a section H1HeadScan found. Fills `head` (cleared first): pseudo-fields, then fields in lower case and
// order; nothing connection-specific, no Host. On failure `head` holds nothing of use.
[[nodiscard]] Result<H1Request> read_request(std::string_view text, std::string_view scheme, const HttpLimits& limits,
                                             Head& head);

// The value of the first Accept field in a head that may be cut off, or be wrong; "" = there is none.
[[nodiscard]] std::string_view find_accept(std::string_view head);

// Trailers that name framing or the connection are left out (RFC 9110 §6.5.1).
[[nodiscard]] Result<> read_trailers(std::string_view text, Head& trailers);

}  // namespace zeroway
