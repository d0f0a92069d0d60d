#include "proto/hpack.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <new>

namespace zeroway {

namespace {

Error block_error(std::string detail) { return {Fault::backend, Code::frame_error, false, std::move(detail)}; }

nghttp2_nv as_nv(const Field& field) {
  // nghttp2 takes pointers to bytes it does not change.
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(field.name), bytes(field.value), field.name.size(), field.value.size(), NGHTTP2_NV_FLAG_NONE};
}

void append_block(nghttp2_hd_deflater* deflater, const nghttp2_nv* fields, std::size_t count, std::string& out) {
  const std::size_t at = out.size();
  const std::size_t bound = nghttp2_hd_deflate_bound(deflater, fields, count);
  out.resize(at + bound);
  const auto written =
      nghttp2_hd_deflate_hd(deflater, reinterpret_cast<std::uint8_t*>(out.data() + at), bound, fields, count);
  if (written < 0) throw std::bad_alloc();  // the bound leaves no other way to fail
  out.resize(at + static_cast<std::size_t>(written));
}

std::string_view as_text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// An inflater whose table is gone. The size update that RFC 7541 §4.2 asks the other side for is given to it here, so
// that it may but need not come in any block.
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

HpackEncoder::HpackEncoder() : deflater_(nullptr) {
  if (nghttp2_hd_deflate_new(&deflater_, 0) != 0) throw std::bad_alloc();
  // The first block begins with a table size update; decoders here start with table size 0, so it is dropped.
  std::string size_update;
  append_block(deflater_, nullptr, 0, size_update);
  assert(size_update == "\x20");
}

HpackEncoder::~HpackEncoder() { nghttp2_hd_deflate_del(deflater_); }

void HpackEncoder::encode(const Head& head, std::string& out) {
  // Without a table a block is no more than its fields in a row, so a long head goes in pieces that fit the stack.
  std::array<nghttp2_nv, 64> fields;
  for (std::size_t done = 0; done < head.size();) {
    const std::size_t count = std::min(fields.size(), head.size() - done);
    for (std::size_t i = 0; i < count; ++i) fields[i] = as_nv(head[done + i]);
    append_block(deflater_, fields.data(), count, out);
    done += count;
  }
}

HpackDecoder::HpackDecoder() : inflater_(make_inflater()) {}

HpackDecoder::~HpackDecoder() { nghttp2_hd_inflate_del(inflater_); }

Result<> HpackDecoder::decode(Bytes block, Head& head, std::size_t max_list_size) {
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
