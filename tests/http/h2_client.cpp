#include "tests/http/h2_client.h"

namespace zeroway::test::h2 {

namespace {

std::uint32_t read_number(std::string_view text, std::size_t at, std::size_t bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(text.at(at + i));
  return value;
}

}  // namespace

std::string code_name(std::uint32_t code) { return nghttp2_http2_strerror(code); }

void Reader::read(std::string_view output) {
  kept_ += output;
  while (kept_.size() >= 9) {
    const std::size_t size = read_number(kept_, 0, 3);
    if (kept_.size() < 9 + size) return;
    const auto type = static_cast<std::uint8_t>(kept_[3]);
    const auto flags = static_cast<unsigned char>(kept_[4]);
    read_frame(type, flags, read_number(kept_, 5, 4), std::string_view(kept_).substr(9, size));
    kept_.erase(0, 9 + size);
  }
}

std::string Reader::fields(std::string_view payload) {
  std::string all;
  const auto* at = reinterpret_cast<const std::uint8_t*>(payload.data());
  std::size_t left = payload.size();
  while (true) {
    nghttp2_nv nv{};
    int flags = 0;
    const auto taken = nghttp2_hd_inflate_hd2(inflater_, &nv, &flags, at, left, 1);
    if (taken < 0) return all + " BAD HPACK";
    at += taken;
    left -= static_cast<std::size_t>(taken);
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      all += " " + std::string(reinterpret_cast<char*>(nv.name), nv.namelen) + "=" +
             std::string(reinterpret_cast<char*>(nv.value), nv.valuelen);
    }
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
  }
  nghttp2_hd_inflate_end_headers(inflater_);
  return all;
}

void Reader::read_frame(std::uint8_t type, unsigned flags, std::uint32_t id, std::string_view payload) {
  const std::string end = (flags & kEndStream) != 0 ? " end" : "";
  const std::string where = " " + std::to_string(id);
  switch (type) {
    case kData:
      data_bytes += payload.size();
      add("data" + where + " " +
          (payload.size() > 40 ? std::to_string(payload.size()) : "\"" + std::string(payload) + "\"") + end);
      break;
    case kHeaders:
      add("headers" + where + fields(payload) + end);
      break;
    case kRstStream:
      add("rst" + where + " " + code_name(read_number(payload, 0, 4)));
      break;
    case kPing:
      if ((flags & kAck) != 0) {
        add("pong " + std::string(payload));
      } else {
        add("ping");
      }
      break;
    case kGoaway:
      add("goaway " + code_name(read_number(payload, 4, 4)) + " after " + std::to_string(read_number(payload, 0, 4)));
      break;
    case kWindowUpdate:
      if (id != 0) add("window" + where + " " + std::to_string(read_number(payload, 0, 4)));
      break;
    case kSettings:
      break;
    default:
      add("frame of type " + std::to_string(type));
  }
}

}  // namespace zeroway::test::h2
