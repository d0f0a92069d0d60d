#include "router/backends/wamp/gathered_message.h"

#include "router/backends/limits.h"

namespace zeroway {

std::optional<Bytes> GatheredMessage::take(Bytes piece, Last last) {
  if (!is_begun_) {
    if (last == Last::yes) return piece;
    clear();
  }
  is_begun_ = last == Last::no;
  bytes_.append(as_text(piece));
  if (is_begun_) return std::nullopt;
  return as_bytes(bytes_);
}

void GatheredMessage::clear() {
  is_begun_ = false;
  bytes_.clear();
  if (bytes_.capacity() > kWarmMessages) bytes_.shrink_to_fit();
}

}  // namespace zeroway
