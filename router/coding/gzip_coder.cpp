#include "router/coding/gzip_coder.h"

#include "router/coding/limits.h"

namespace zeroway {

namespace {

constexpr int kGzipWrapper = 16;  // added to the window's bits: gzip instead of zlib's own format

int flush_before(Follows follows) {
  if (follows == Follows::more) return Z_NO_FLUSH;
  return follows == Follows::pause ? Z_SYNC_FLUSH : Z_FINISH;
}

}  // namespace

GzipCoder::GzipCoder(const CoderKind& kind) {
  const bool is_small = kind.body == BodyKind::events;
  is_good_ =
      deflateInit2(&stream_, kind.level, Z_DEFLATED, kGzipWrapper + (is_small ? kGzipEventWindowBits : kGzipWindowBits),
                   is_small ? kGzipEventMemory : kGzipMemory, Z_DEFAULT_STRATEGY) == Z_OK;
}

GzipCoder::~GzipCoder() {
  if (is_good_) deflateEnd(&stream_);
}

// Room is left over when zlib has said all that it can.
bool GzipCoder::code(Bytes bytes, Follows follows, std::string& out) {
  if (!is_good_) return false;
  stream_.next_in = const_cast<Bytef*>(bytes.data());
  stream_.avail_in = static_cast<uInt>(bytes.size());
  do {
    const std::size_t before = out.size();
    out.resize(before + kCodedStep);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream_.avail_out = static_cast<uInt>(kCodedStep);
    const int result = deflate(&stream_, flush_before(follows));
    out.resize(out.size() - stream_.avail_out);
    if (result == Z_STREAM_ERROR) return false;
  } while (stream_.avail_out == 0);
  return true;
}

void GzipCoder::restart() { is_good_ = is_good_ && deflateReset(&stream_) == Z_OK; }

}  // namespace zeroway
