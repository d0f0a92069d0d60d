#include "router/fabric/handshake_error.h"

#include <zmq.h>

#include <array>
#include <cstdio>

namespace zeroway {

namespace {

constexpr int kLeastProtocolError = ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED;

std::string hex(int value) {
  std::array<char, 16> text{};
  static_cast<void>(std::snprintf(text.data(), text.size(), "0x%x", static_cast<unsigned>(value)));
  return text.data();
}

}  // namespace

std::string handshake_error(int value) {
  if (value < kLeastProtocolError) return zmq_strerror(value);
  switch (value) {
    case ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH:
      return "one side uses CURVE keys, the other does not";
    case ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC:
    case ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE:
      return "its CURVE keys do not fit the router's";
    default:
      return "not what ZeroMQ says, protocol error " + hex(value);
  }
}

}  // namespace zeroway
