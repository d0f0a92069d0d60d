// Writes one reply in HTTP/1.1's form: appends status line, fields, body and trailers to the connection's output.
//
//     begin ──▶ interim* ──▶ head ──▶ data* ──▶ end
//
// Owner: H1Codec keeps one and calls begin() for each request.   Thread: the connection's loop.
// The heads that it is given are legal (proto/head_rules.h). It leaves out fields that do not belong on an HTTP/1.1
// connection. Not here: whether the connection is kept (h1_codec.h); Date and X-Worker (router/exchange).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/head.h"
#include "proto/stream_sink.h"
#include "router/http/h1_framing.h"

namespace zeroway {

class H1Writer {
 public:
  enum class Connection : std::uint8_t { keep, close };

  // Version and method of the request: a reply to HEAD has no body, HTTP/1.0 knows no chunks and no interim replies.
  void begin(h1::Version version, bool is_head_method);

  void interim(const Head& head, std::string& out) const;
  void head(const Head& head, Last last, Connection connection, std::string& out);
  // 101 with the fields of `head`: the bytes after it belong to `protocol`.
  static void upgrade(const Head& head, std::string_view protocol, std::string& out);
  void data(Bytes bytes, std::string& out);
  void end(const Head& trailers, std::string& out);

  [[nodiscard]] bool has_head() const { return framing_ != Framing::unknown; }
  // The reply ends with the connection, or its length is not the length in its head: it must not look complete.
  [[nodiscard]] bool must_close() const { return must_close_; }

 private:
  enum class Framing : std::uint8_t { unknown, no_body, length, chunked, until_close };

  void decide_framing(std::optional<std::uint64_t> promised, int status, Last last, std::string& out);
  void connection_field(Connection connection, std::string& out) const;

  std::uint64_t left_ = 0;  // bytes of a body with Framing::length that were not written yet
  h1::Version version_ = h1::Version::http11;
  Framing framing_ = Framing::unknown;
  bool is_head_method_ = false;
  bool must_close_ = false;
};

}  // namespace zeroway
