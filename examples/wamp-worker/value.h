// What WAMP messages are made of: null, booleans, 64-bit integers, doubles, UTF-8 text, bytes, arrays, maps with text
// as keys.
//
// Owner: whoever holds it; a value owns all that is in it.   Thread: any, one at a time.
// Not here: how values are written on the wire (serializer.h).
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace wamp {

using Value = nlohmann::json;
using Id = std::uint64_t;  // of sessions, requests, subscriptions, registrations, publications: 1 … 2^53

// A peer broke a rule of the protocol: its session ends. The text says which rule, for the peer to read.
struct ProtocolViolation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace wamp
