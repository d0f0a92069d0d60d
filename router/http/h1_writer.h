// One reply in HTTP/1.1's form: status line, fields, body framing, trailers, appended to the connection's output.
//
//     begin ──▶ interim* ──▶ head ──▶ data* ──▶ end
//
// Owner: H1Codec keeps one and begins it anew for each request.   Thread: the connection's loop.
// The heads it is given are legal (proto/head_rules.h); what does not belong on this connection it leaves out.
// Not here: whether the connection lives on (h1_codec.h); Date and X-Worker (router/exchange).
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

  // What the request allows: `is_head_method` replies have no body, HTTP/1.0 knows no chunks and no interim replies.
  void begin(h1::Version version, bool is_head_method);

  void interim(const Head& head, std::string& out) const;
  void head(const Head& head, Last last, Connection connection, std::string& out);
  // 101 with the fields of `head`: what follows is another protocol's.
  static void upgrade(const Head& head, std::string_view protocol, std::string& out);
  void data(Bytes bytes, std::string& out);
  void end(const Head& trailers, std::string& out);

  [[nodiscard]] bool has_head() const { return framing_ != Framing::unknown; }
  // The reply ends with the connection, or what was sent is not what its head promised: it must not look whole.
  [[nodiscard]] bool must_close() const { return must_close_; }

 private:
  enum class Framing : std::uint8_t { unknown, no_body, length, chunked, until_close };

  void decide_framing(std::optional<std::uint64_t> promised, int status, Last last, std::string& out);
  void connection_field(Connection connection, std::string& out) const;

  std::uint64_t left_ = 0;  // of a body with Framing::length
  h1::Version version_ = h1::Version::http11;
  Framing framing_ = Framing::unknown;
  bool is_head_method_ = false;
  bool must_close_ = false;
};

}  // namespace zeroway
