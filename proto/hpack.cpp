#include "proto/hpack.h"

#include <nghttp2/nghttp2.h>

#include <array>
#include <new>

#include "proto/hpack_plain.h"

namespace zeroway {

namespace {

Error block_error(std::string detail) { return {Fault::backend, Code::frame_error, false, std::move(detail)}; }

std::string_view as_text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// An inflater without a dynamic table. RFC 7541 §4.2 asks the other side for a size update. The inflater gets that
// update here, so a block may begin with one but need not.
nghttp2_hd_inflater* make_inflater() {
  nghttp2_hd_inflater* inflater = nullptr;
  if (nghttp2_hd_inflate_new(&inflater) != 0) throw std::bad_alloc();
  std::array<std::uint8_t, 1> size_update{0x20};
  nghttp2_nv field;
  int flags = 0;
  if (nghttp2_hd_inflate_change_table_size(inflater, 0) != 0 ||
      nghttp2_hd_inflate_hd2(inflater, &field, &flags, size_update.data(), size_update.size(), 1) < 0) {
    nghttp2_hd_inflate_del(inflater);
    throw std::bad_alloc();
  }
  nghttp2_hd_inflate_end_headers(inflater);
  return inflater;
}

Result<> inflate(nghttp2_hd_inflater* inflater, Bytes block, Head& head, std::size_t max_list_size) {
  while (true) {
    nghttp2_nv field;
    int flags = 0;
    const auto used = nghttp2_hd_inflate_hd2(inflater, &field, &flags, block.data(), block.size(), 1);
    if (used < 0) return block_error(std::string("header block: ") + nghttp2_strerror(static_cast<int>(used)));
    block = block.subspan(static_cast<std::size_t>(used));
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      const std::size_t size = head.list_size() + field.namelen + field.valuelen + 32;
      if (size > max_list_size) return block_error("header list of over " + std::to_string(max_list_size) + " bytes");
      head.add(as_text(field.name, field.namelen), as_text(field.value, field.valuelen));
    }
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) return {};
  }
}

}  // namespace

void HpackEncoder::encode(const Head& head, std::string& out) { encode_plain(head, out); }

HpackDecoder::HpackDecoder() : inflater_(make_inflater()) {}

HpackDecoder::~HpackDecoder() { nghttp2_hd_inflate_del(inflater_); }

Result<> HpackDecoder::decode(Bytes block, Head& head, std::size_t max_list_size) {
  head.clear();
  if (decode_plain(block, head, max_list_size)) return {};
  return decode_any(block, head, max_list_size);
}

Result<> HpackDecoder::decode_any(Bytes block, Head& head, std::size_t max_list_size) {
  head.clear();
  auto decoded = inflate(inflater_, block, head, max_list_size);
  if (decoded) {
    nghttp2_hd_inflate_end_headers(inflater_);
  } else {
    nghttp2_hd_inflater* fresh = make_inflater();  // a failed inflater stays failed
    nghttp2_hd_inflate_del(inflater_);
    inflater_ = fresh;
  }
  return decoded;
}

}  // namespace zeroway
