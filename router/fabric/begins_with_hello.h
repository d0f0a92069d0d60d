// Whether a message begins with HELLO, before it is read.
//
// Owner: nobody; a free function.   Thread: any.
#pragma once
#include "proto/frame.h"
#include "proto/limits.h"

namespace zeroway {

[[nodiscard]] inline bool begins_with_hello(Bytes payload) {
  return payload.size() >= kFrameHeaderSize && payload[3] == static_cast<std::uint8_t>(FrameType::hello);
}

}  // namespace zeroway
