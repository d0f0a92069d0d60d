// A view of bytes, and conversions between bytes and text.
//
// Owner: nobody; a view is good until the call it was given to returns.   Thread: any.
// Not here: buffers that own their bytes (std::string is used for those everywhere).
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace zeroway {

using Bytes = std::span<const std::uint8_t>;

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace zeroway
