// HTTP/1.1's rules that need no state: request line, target, host, Content-Length, Transfer-Encoding, chunk lines.
//
// Owner: nobody; free functions over views.   Thread: any.
// Each function fails with the Code of the error reply.
// Not here: finding lines (h1_head_scan.h), splitting fields (h1_request_parser.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/ascii.h"
#include "proto/error.h"

namespace zeroway::h1 {

enum class Version : std::uint8_t { http10, http11 };

struct RequestLine {
  std::string_view method;
  std::string_view target;
  Version version = Version::http11;
};

// `line` without its CRLF (RFC 9112 §3). A later minor version is read as 1.1 (RFC 9110 §2.5).
[[nodiscard]] Result<RequestLine> read_request_line(std::string_view line);

struct Target {
  bool has_authority = false;   // absolute-form: `authority` replaces Host (RFC 9112 §3.2.2)
  std::string_view authority;   // a target with userinfo is refused
  bool wants_slash = false;     // absolute-form with a query and no path: `path` is "?…" and needs a '/' before it
  std::string_view path = "/";  // path and query, as sent
};

// RFC 9112 §3.2. CONNECT fails with not_implemented. Bytes over 0x7f that are not UTF-8 fail with bad_request.
[[nodiscard]] Result<Target> read_target(std::string_view method, std::string_view target);

// uri-host [":" port] (RFC 3986 §3.2.2). An empty text is no host: an http URI must name a host (RFC 9110 §4.2.1).
[[nodiscard]] bool is_host(std::string_view text);

// Digits only, no list, no sign, within 64 bits.
[[nodiscard]] Result<std::uint64_t> read_content_length(std::string_view value);
// The same number without leading zeros.
[[nodiscard]] std::string_view without_leading_zeros(std::string_view digits);

enum class BodyKind : std::uint8_t { none, length, chunked };

// The fields of a head that frame its body, counted while the fields are read.
struct BodyFields {
  std::uint32_t content_lengths = 0;
  std::uint64_t content_length = 0;
  std::uint32_t transfer_encodings = 0;
  std::string_view transfer_encoding;
};

struct Body {
  BodyKind kind = BodyKind::none;
  std::uint64_t length = 0;
};

// Message body length of a request, RFC 9112 §6.3. Two Content-Length fields are refused even when they agree: the
// paragraph allows it, only broken or hostile clients send two, and no request can be smuggled past a refusal.
[[nodiscard]] Result<Body> decide_body(const BodyFields& fields, Version version);

struct ChunkLine {
  std::uint64_t size = 0;
  std::size_t extension_size = 0;
};

// `line` without its CRLF: chunk-size [ chunk-ext ] (RFC 9112 §7.1).
[[nodiscard]] Result<ChunkLine> read_chunk_line(std::string_view line);

// Calls `each(token)` for every element of a comma-separated list, without the white space around it.
template <class Each>
void for_each_in_list(std::string_view list, Each each);

[[nodiscard]] bool is_token_char(char c);  // RFC 9110 §5.6.2

template <class Each>
void for_each_in_list(std::string_view list, Each each) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    each(trimmed(list.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace zeroway::h1
