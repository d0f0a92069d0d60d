// Finds the header of each HTTP/2 frame in a byte stream that arrives in pieces, before nghttp2 reads it: nghttp2 has
// no callback for the frames that it ignores.
//
//     "PRI * …" (24) │ header (9) │ payload │ header (9) │ payload │ …
//
// Owner: H2Codec keeps one.   Thread: the connection's loop.
// Keeps at most one frame header and, where the owner decides by it, the payload's beginning: all of a PRIORITY or
// RST_STREAM frame, the stream id in a PRIORITY_UPDATE.
// Not here: which frames are allowed (h2_codec.h), frames over the size limit (nghttp2).
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "proto/bytes.h"

namespace zeroway {

struct H2FrameHeader {
  std::size_t size = 0;
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint32_t id = 0;
  std::uint32_t depends_on = 0;   // of a PRIORITY frame of the right size
  std::uint32_t prioritized = 0;  // of a PRIORITY_UPDATE of at least kPriorityUpdateSize
};

class H2FrameScan {
 public:
  static constexpr std::size_t kHeaderSize = 9;              // RFC 9113 §4.1
  static constexpr std::size_t kPrioritySize = 5;            // §6.3
  static constexpr std::uint8_t kPriorityType = 0x2;         // §6.3
  static constexpr std::size_t kResetSize = 4;               // §6.4
  static constexpr std::uint8_t kResetType = 0x3;            // §6.4
  static constexpr std::size_t kPriorityUpdateSize = 4;      // RFC 9218 §7.1, without its field
  static constexpr std::uint8_t kPriorityUpdateType = 0x10;  // RFC 9218 §7.1
  static constexpr std::size_t kPrefaceSize = 24;            // RFC 9113 §3.4

  // How many bytes at the front of `input` belong to the payload of the last frame.
  [[nodiscard]] std::size_t skip(Bytes input) {
    const std::size_t size = std::min(left_, input.size());
    left_ -= size;
    return size;
  }

  // Takes the next frame's header off the front of `input`. Without a value: all of `input` was kept, and more is
  // needed. bytes() then has all that was taken for this header, earlier pieces included.
  [[nodiscard]] std::optional<H2FrameHeader> take(Bytes& input) {
    if (is_taken_) kept_.clear();
    is_taken_ = false;
    if (!fill(input, kHeaderSize)) return std::nullopt;
    H2FrameHeader header;
    header.size = number(0, 3);
    header.type = static_cast<std::uint8_t>(kept_[3]);
    header.flags = static_cast<std::uint8_t>(kept_[4]);
    header.id = number(5, 4) & 0x7fff'ffff;  // the reserved bit is ignored
    left_ = header.size;
    if (header.type == kPriorityType && header.size == kPrioritySize) {
      if (!fill(input, kHeaderSize + kPrioritySize)) return std::nullopt;
      header.depends_on = number(kHeaderSize, 4) & 0x7fff'ffff;  // without the exclusive bit
      left_ = 0;
    } else if (header.type == kResetType && header.size == kResetSize) {
      if (!fill(input, kHeaderSize + kResetSize)) return std::nullopt;
      left_ = 0;
    } else if (header.type == kPriorityUpdateType && header.size >= kPriorityUpdateSize) {
      if (!fill(input, kHeaderSize + kPriorityUpdateSize)) return std::nullopt;
      header.prioritized = number(kHeaderSize, 4) & 0x7fff'ffff;
      left_ = header.size - kPriorityUpdateSize;
    }
    is_taken_ = true;
    return header;
  }
  [[nodiscard]] Bytes bytes() const { return as_bytes(kept_); }

 private:
  bool fill(Bytes& input, std::size_t size) {
    const std::size_t more = std::min(size - std::min(size, kept_.size()), input.size());
    kept_.append(as_text(input.first(more)));
    input = input.subspan(more);
    if (kept_.size() < size) left_ = 0;
    return kept_.size() >= size;
  }
  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + size; ++i) value = value << 8 | static_cast<std::uint8_t>(kept_[i]);
    return value;
  }

  std::string kept_;  // at most 14 bytes: a string holds them without allocating
  std::size_t left_ = kPrefaceSize;
  bool is_taken_ = false;
};

}  // namespace zeroway
