#include "router/http/ws_message_writer.h"

#include <algorithm>
#include <cstdint>

namespace zeroway {

void WsMessageWriter::write(Bytes piece, MessageKind kind, Last last) {
  if (!is_begun_) begin(piece, kind, last);
  if (is_compressed_) {
    std::string packed;
    if (!deflater_) deflater_ = std::make_unique<WsDeflater>(*deflate_);
    deflater_->write(piece, last, packed);
    send(as_bytes(packed), last);
  } else {
    send(piece, last);
  }
  if (last == Last::yes) is_begun_ = false;
}

void WsMessageWriter::begin(Bytes piece, MessageKind kind, Last last) {
  is_begun_ = true;
  has_frame_ = false;
  kind_ = kind;
  // Compression makes an empty message no shorter, and zlib does not flush twice without input in between.
  is_compressed_ = deflate_ && !(piece.empty() && last == Last::yes);
}

void WsMessageWriter::send(Bytes piece, Last last) {
  const std::uint64_t most = settings_.auto_fragment_size == 0 ? UINT64_MAX : settings_.auto_fragment_size;
  while (!piece.empty() || last == Last::yes) {
    const auto part = piece.first(static_cast<std::size_t>(std::min<std::uint64_t>(most, piece.size())));
    piece = piece.subspan(part.size());
    const WsOpcode begins = kind_ == MessageKind::text ? WsOpcode::text : WsOpcode::binary;
    const bool is_final = piece.empty() && last == Last::yes;
    frames_.write(has_frame_ ? WsOpcode::continuation : begins,
                  {.is_final = is_final, .is_compressed = is_compressed_ && !has_frame_}, part, output_);
    has_frame_ = true;
    if (is_final) return;
  }
}

}  // namespace zeroway
