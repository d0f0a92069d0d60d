// The keys that one side of a CURVE connection brings (ZeroMQ RFC 26): raw bytes.
//
// Owner: whoever makes the sessions; outlives them.   Thread: any.
// Not here: keys as text and in files (router/fabric/curve_gate.h, worker-sdk/src/wire/worker_keys.h).
#pragma once
#include <array>
#include <cstdint>

namespace zeroway {

using CurveKey = std::array<std::uint8_t, 32>;

struct CurveKeys {
  CurveKey own_public{};
  CurveKey own_secret{};
  CurveKey server{};  // the server's public key; the client alone needs it
};

}  // namespace zeroway
