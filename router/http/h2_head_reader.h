// Turns the fields of one HTTP/2 header block into a Head, the same as HTTP/1.1 would have given.
//
// Owner: H2Codec keeps one, as header blocks never interleave (RFC 9113 §4.3).   Thread: the connection's loop.
// nghttp2 has checked each field by itself (names, values, pseudo-fields, connection-specific fields, RFC 9113 §8.2,
// §8.3). This class checks the rest: sizes, Host against :authority, cookie crumbs, methods that the router does not
// do. Not here: frames, HPACK (h2_codec.cpp).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "proto/kind.h"
#include "router/settings/settings.h"

namespace zeroway {

// What the codec must remember of a request.
struct H2Request {
  Kind kind = Kind::request;  // an extended CONNECT (RFC 8441) is a web_socket
  bool expects_continue = false;
};

class H2HeadReader {
 public:
  enum class Block : std::uint8_t { request, trailers };

  // `limits` and `scheme` outlive the reader.
  H2HeadReader(const HttpLimits& limits, std::string_view scheme) : limits_(limits), scheme_(scheme) {}

  void begin(Block block);
  // False when the block is so large that it must be an attack: the rest need not be decoded.
  [[nodiscard]] bool field(std::string_view name, std::string_view value);

  // For a complete block. The code bad_request means that the message is malformed (RFC 9113 §8.1.1) and the stream is
  // to be reset; other codes are to be answered with an error reply.
  [[nodiscard]] Result<H2Request> finish_request();
  [[nodiscard]] Result<> finish_trailers();

  [[nodiscard]] Head& head() { return head_; }
  [[nodiscard]] const Head& head() const { return head_; }
  [[nodiscard]] bool is_grpc() const;
  [[nodiscard]] std::size_t list_size() const { return list_size_; }  // so far (RFC 9113 §6.5.2)

 private:
  void request_field(std::string_view name, std::string_view value);
  void pseudo_field(std::string_view name, std::string_view value);
  void trailer_field(std::string_view name, std::string_view value);
  void cookie(std::string_view value);
  void refuse(Code code, std::string detail);
  [[nodiscard]] Result<> settle_authority();

  const HttpLimits& limits_;
  std::string_view scheme_;
  Head head_;
  std::string host_;
  std::string cookies_;  // the joined value, once there are two crumbs
  std::optional<Error> refusal_;
  std::size_t list_size_ = 0;
  std::size_t fields_ = 0;  // all crumbs of a cookie are one (RFC 9113 §8.2.3)
  Block block_ = Block::request;
  bool has_host_ = false;
  bool has_cookie_ = false;
  bool expects_continue_ = false;
};

}  // namespace zeroway
