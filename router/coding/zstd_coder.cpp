#include "router/coding/zstd_coder.h"

#include "router/coding/limits.h"

namespace zeroway {

namespace {

ZSTD_EndDirective flush_before(Follows follows) {
  if (follows == Follows::more) return ZSTD_e_continue;
  return follows == Follows::pause ? ZSTD_e_flush : ZSTD_e_end;
}

}  // namespace

ZstdCoder::ZstdCoder(const CoderKind& kind) : context_(ZSTD_createCCtx()), is_good_(context_ != nullptr) {
  const bool is_small = kind.body == BodyKind::events;
  const int hash_log = is_small ? kZstdEventHashLog : kZstdHashLog;
  set(ZSTD_c_compressionLevel, kind.level);
  set(ZSTD_c_windowLog, is_small ? kZstdEventWindowLog : kZstdWindowLog);
  set(ZSTD_c_hashLog, hash_log);
  set(ZSTD_c_chainLog, hash_log);
}

void ZstdCoder::set(ZSTD_cParameter parameter, int value) {
  is_good_ = is_good_ && !ZSTD_isError(ZSTD_CCtx_setParameter(context_.get(), parameter, value));
}

// Before a pause and at the end, libzstd says how much it still has; while more follows, it may keep what it likes.
bool ZstdCoder::code(Bytes bytes, Follows follows, std::string& out) {
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  bool is_done = false;
  while (is_good_ && !is_done) {
    const std::size_t before = out.size();
    out.resize(before + kCodedStep);
    ZSTD_outBuffer output{out.data() + before, kCodedStep, 0};
    const std::size_t left = ZSTD_compressStream2(context_.get(), &output, &input, flush_before(follows));
    is_good_ = !ZSTD_isError(left);
    is_done = follows == Follows::more ? input.pos == input.size && output.pos < output.size : left == 0;
    out.resize(before + output.pos);
  }
  return is_good_;
}

void ZstdCoder::restart() {
  is_good_ = is_good_ && !ZSTD_isError(ZSTD_CCtx_reset(context_.get(), ZSTD_reset_session_only));
}

}  // namespace zeroway
