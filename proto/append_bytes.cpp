#include "proto/append_bytes.h"

namespace zeroway {

// In pieces, which costs nothing. In one, measured on Zen with glibc 2.36, 64 KiB take 25 µs instead of 2 when the
// target stands a few bytes behind the source modulo 4 KiB: and so it is for two large buffers from malloc and a head
// of 9 bytes, which frames of ours and of ZMTP have.
void append_bytes(std::string& out, Bytes bytes) {
  while (bytes.size() > kCopyPiece) {
    out += as_text(bytes.first(kCopyPiece));
    bytes = bytes.subspan(kCopyPiece);
  }
  out += as_text(bytes);
}

}  // namespace zeroway
