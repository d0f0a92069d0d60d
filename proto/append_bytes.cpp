#include "proto/append_bytes.h"

#include <cstring>

namespace zeroway {

namespace {

// In pieces, which costs nothing. In one, measured on Zen with glibc 2.36, 64 KiB take 25 µs instead of 2 when the
// target stands a few bytes behind the source modulo 4 KiB: and so it is for two large buffers from malloc and a head
// of 9 bytes, which frames of ours and of ZMTP have.
template <class Copy>
void in_pieces(Bytes bytes, Copy copy) {
  while (bytes.size() > kCopyPiece) {
    copy(bytes.first(kCopyPiece));
    bytes = bytes.subspan(kCopyPiece);
  }
  if (!bytes.empty()) copy(bytes);
}

}  // namespace

void append_bytes(std::string& out, Bytes bytes) {
  in_pieces(bytes, [&](Bytes piece) { out += as_text(piece); });
}

void copy_bytes(std::uint8_t* to, Bytes bytes) {
  in_pieces(bytes, [&](Bytes piece) {
    std::memcpy(to, piece.data(), piece.size());
    to += piece.size();
  });
}

}  // namespace zeroway
