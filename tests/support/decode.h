// Decodes what a coder has said so far, as a client would: also a body whose end has not come yet.
//
// Owner: nobody.   Thread: any.
#pragma once
#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "router/coding/coding.h"

namespace zeroway::test {

struct Decoded {
  std::string text;
  bool is_whole = false;  // the end of the body has come, and nothing follows it
  bool is_wrong = false;
};

inline Decoded decode_gzip(std::string_view coded) {
  Decoded decoded;
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return {"", false, true};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
  stream.avail_in = static_cast<uInt>(coded.size());
  std::array<char, 65'536> room;
  int result = Z_OK;
  do {
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = room.size();
    result = inflate(&stream, Z_SYNC_FLUSH);
    decoded.text.append(room.data(), room.size() - stream.avail_out);
  } while (result == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0));
  decoded.is_whole = result == Z_STREAM_END && stream.avail_in == 0;
  decoded.is_wrong = result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR;
  inflateEnd(&stream);
  return decoded;
}

inline Decoded decode_zstd(std::string_view coded) {
  Decoded decoded;
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  ZSTD_inBuffer input{coded.data(), coded.size(), 0};
  std::array<char, 65'536> room;
  std::size_t left = 1;
  bool is_full = false;
  while (left != 0 && (input.pos < input.size || is_full)) {
    ZSTD_outBuffer output{room.data(), room.size(), 0};
    left = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(left)) return {decoded.text, false, true};
    is_full = output.pos == output.size;
    decoded.text.append(room.data(), output.pos);
  }
  decoded.is_whole = left == 0 && input.pos == input.size;
  return decoded;
}

inline Decoded decode_br(std::string_view coded) {
  Decoded decoded;
  const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> decoder(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance);
  const auto* next = reinterpret_cast<const std::uint8_t*>(coded.data());
  std::size_t left = coded.size();
  BrotliDecoderResult result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
  while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
    std::size_t no_room = 0;
    result = BrotliDecoderDecompressStream(decoder.get(), &left, &next, &no_room, nullptr, nullptr);
    std::size_t size = 0;
    const std::uint8_t* ready = BrotliDecoderTakeOutput(decoder.get(), &size);
    decoded.text.append(reinterpret_cast<const char*>(ready), size);
    if (BrotliDecoderHasMoreOutput(decoder.get())) result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
  }
  decoded.is_whole = result == BROTLI_DECODER_RESULT_SUCCESS && left == 0;
  decoded.is_wrong = result == BROTLI_DECODER_RESULT_ERROR;
  return decoded;
}

inline Decoded decode(Coding coding, std::string_view coded) {
  if (coding == Coding::gzip) return decode_gzip(coded);
  if (coding == Coding::zstd) return decode_zstd(coded);
  if (coding == Coding::br) return decode_br(coded);
  return {std::string(coded), true, false};
}

}  // namespace zeroway::test
