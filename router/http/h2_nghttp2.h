// Conversions between nghttp2's types and ours: fields, texts, return values of callbacks; what both roles do alike.
//
// Owner: nobody; only the .cpp files of the HTTP/2 codecs include it.   Thread: any.
// Not here: the callbacks (h2_codec_calls.cpp).
#pragma once
#include <nghttp2/nghttp2.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/ascii.h"
#include "proto/error.h"
#include "proto/head.h"
#include "router/http/h1_framing.h"

namespace zeroway {

inline constexpr int kGoOn = 0;
inline constexpr int kStop = NGHTTP2_ERR_CALLBACK_FAILURE;
inline constexpr std::size_t kUsualFields = 32;  // in a reply's head; a head with more fields allocates

inline std::uint8_t* as_nghttp2(std::string_view text) {
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));  // nghttp2 only reads it
}

// A Head in nghttp2's form. Good while the Head is; nghttp2 copies it.
class H2Fields {
 public:
  explicit H2Fields(const Head& head) {
    nghttp2_nv* at = few_.data();
    if (head.size() > few_.size()) {
      many_.resize(head.size());
      at = many_.data();
    }
    data_ = at;
    size_ = head.size();
    for (const Field field : head) {
      const std::string_view value = trimmed(field.value);  // RFC 9113 §8.2.1: else the client refuses the reply
      *at++ = {as_nghttp2(field.name), as_nghttp2(value), field.name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
    }
  }
  [[nodiscard]] const nghttp2_nv* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::array<nghttp2_nv, kUsualFields> few_;
  std::vector<nghttp2_nv> many_;
  const nghttp2_nv* data_ = nullptr;
  std::size_t size_ = 0;
};

// A body that nghttp2 reads is over: its stream ends with it, or with the trailers. False when nghttp2 cannot take
// these.
inline bool end_body(nghttp2_session* session, std::int32_t stream, const Head& trailers, std::uint32_t& flags) {
  flags |= NGHTTP2_DATA_FLAG_EOF;
  if (trailers.is_empty()) return true;
  flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
  const H2Fields fields(trailers);
  return nghttp2_submit_trailer(session, stream, fields.data(), fields.size()) == 0;
}

inline Error client_gone(std::string detail) { return {Fault::client, Code::cancelled, false, std::move(detail)}; }

inline std::string code_text(ResetCode code) { return nghttp2_http2_strerror(static_cast<std::uint32_t>(code)); }

inline std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace zeroway
