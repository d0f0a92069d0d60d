// The client's side of an HTTP/2 connection by hand: frames into bytes, and a codec's output into one line of text.
//
// Owner: a test.   Thread: the test's.
// Blocks are written as literals without indexing, so that a test says exactly what is on the wire.
#pragma once
#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/http/h2_codec.h"

namespace zeroway::test::h2 {

enum Flag : std::uint8_t {
  kNone = 0,
  kEndStream = 0x1,
  kAck = 0x1,
  kEndHeaders = 0x4,
  kPadded = 0x8,
  kPriority = 0x20
};
enum Type : std::uint8_t {
  kData,
  kHeaders,
  kPriorityType,
  kRstStream,
  kSettings,
  kPushPromise,
  kPing,
  kGoaway,
  kWindowUpdate,
  kContinuation,
};

inline const std::string kMagic = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

inline std::string number(std::uint64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
  return text;
}

// `size` other than the payload's: a frame that lies about it, or is not all there.
inline std::string frame(std::uint8_t type, unsigned flags, std::uint32_t id, std::string_view payload,
                         std::size_t size = SIZE_MAX) {
  return number(size == SIZE_MAX ? payload.size() : size, 3) + static_cast<char>(type) + static_cast<char>(flags) +
         number(id, 4) + std::string(payload);
}

using Pair = std::pair<std::string, std::string>;

inline std::string literal(std::string_view text) {
  if (text.size() < 127) return static_cast<char>(text.size()) + std::string(text);
  std::string size(1, '\x7f');
  std::size_t left = text.size() - 127;
  for (; left >= 128; left /= 128) size += static_cast<char>(left % 128 + 128);
  return size + static_cast<char>(left) + std::string(text);
}

inline std::string field(std::string_view name, std::string_view value) {
  return std::string(1, '\0') + literal(name) + literal(value);
}

inline std::string block(const std::vector<Pair>& fields) {
  std::string text;
  for (const auto& [name, value] : fields) text += field(name, value);
  return text;
}

inline const std::vector<Pair> kGet{{":method", "GET"}, {":scheme", "http"}, {":authority", "a.test"}, {":path", "/"}};
inline const std::vector<Pair> kPost{
    {":method", "POST"}, {":scheme", "http"}, {":authority", "a.test"}, {":path", "/"}};

inline std::vector<Pair> with(std::vector<Pair> fields, const std::vector<Pair>& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

inline std::string headers(std::uint32_t id, const std::vector<Pair>& fields, unsigned flags) {
  return frame(kHeaders, flags, id, block(fields));
}
inline std::string get(std::uint32_t id) { return headers(id, kGet, kEndHeaders | kEndStream); }
inline std::string post(std::uint32_t id) { return headers(id, kPost, kEndHeaders); }
inline std::string data(std::uint32_t id, std::string_view bytes, unsigned flags = kNone) {
  return frame(kData, flags, id, bytes);
}
inline std::string settings(const std::vector<std::pair<int, std::uint32_t>>& all = {}) {
  std::string payload;
  for (const auto& [key, value] : all) payload += number(static_cast<std::uint64_t>(key), 2) + number(value, 4);
  return frame(kSettings, 0, 0, payload);
}
inline std::string window_update(std::uint32_t id, std::uint32_t size) {
  return frame(kWindowUpdate, 0, id, number(size, 4));
}
inline std::string rst(std::uint32_t id, std::uint32_t code = 8) { return frame(kRstStream, 0, id, number(code, 4)); }

// Reads a codec's output: `headers 1 :status=200 · data 1 "hello" end · rst 3 PROTOCOL_ERROR · goaway NO_ERROR after
// 3`. The server's preface and answers to SETTINGS are left out.
class Reader {
 public:
  Reader() { nghttp2_hd_inflate_new(&inflater_); }
  ~Reader() { nghttp2_hd_inflate_del(inflater_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void read(std::string_view output);
  [[nodiscard]] const std::string& text() const { return text_; }
  std::string take() { return std::exchange(text_, {}); }
  std::size_t data_bytes = 0;

 private:
  void add(const std::string& verb) { text_ += (text_.empty() ? "" : " · ") + verb; }
  void read_frame(std::uint8_t type, unsigned flags, std::uint32_t id, std::string_view payload);
  std::string fields(std::string_view payload);

  nghttp2_hd_inflater* inflater_ = nullptr;
  std::string kept_;
  std::string text_;
};

[[nodiscard]] std::string code_name(std::uint32_t code);

}  // namespace zeroway::test::h2
