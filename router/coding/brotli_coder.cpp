#include "router/coding/brotli_coder.h"

#include "router/coding/limits.h"

namespace zeroway {

namespace {

BrotliEncoderOperation flush_before(Follows follows) {
  if (follows == Follows::more) return BROTLI_OPERATION_PROCESS;
  return follows == Follows::pause ? BROTLI_OPERATION_FLUSH : BROTLI_OPERATION_FINISH;
}

void* take_block(void* blocks, std::size_t size) { return static_cast<SpareBlocks*>(blocks)->take(size); }
void give_block(void* blocks, void* block) { static_cast<SpareBlocks*>(blocks)->give(block); }

}  // namespace

bool BrotliCoder::begin() {
  encoder_.reset(BrotliEncoderCreateInstance(&take_block, &give_block, &blocks_));
  if (!encoder_) return false;
  const int bits = kind_.body == BodyKind::events ? kBrotliEventWindowBits : kBrotliWindowBits;
  return BrotliEncoderSetParameter(encoder_.get(), BROTLI_PARAM_QUALITY, static_cast<std::uint32_t>(kind_.level)) &&
         BrotliEncoderSetParameter(encoder_.get(), BROTLI_PARAM_LGWIN, static_cast<std::uint32_t>(bits));
}

bool BrotliCoder::code(Bytes bytes, Follows follows, std::string& out) {
  if (!encoder_ && !begin()) return false;
  const std::uint8_t* next = bytes.data();
  std::size_t left = bytes.size();
  do {
    std::size_t no_room = 0;  // the encoder shows its own memory instead
    if (!BrotliEncoderCompressStream(encoder_.get(), flush_before(follows), &left, &next, &no_room, nullptr, nullptr))
      return false;
    std::size_t size = 0;
    const std::uint8_t* ready = BrotliEncoderTakeOutput(encoder_.get(), &size);
    out.append(as_text({ready, size}));
  } while (left > 0 || BrotliEncoderHasMoreOutput(encoder_.get()));
  return true;
}

}  // namespace zeroway
