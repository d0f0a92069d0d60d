// Max-Forwards (RFC 9110 §7.6.2): how many proxies an OPTIONS or a TRACE request may still pass.
//
// Owner: nobody; free functions.   Thread: any.
// Requests of other methods may have the field, and the router does not read it there.
// Not here: OPTIONS and TRACE without the field, which are requests like any other.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/head.h"

namespace zeroway {

enum class Forwarding : std::uint8_t {
  allowed,  // the field is absent, has no meaning for the method, or was counted down
  used_up,  // 0: this router is the last that may answer
  unclear,  // not one number: a proxy that reads the value otherwise would defeat the guard against loops
};

// Counts the field of `request` down by one.
[[nodiscard]] Forwarding count_forwarding(Head& request);

// The answer of the last recipient: makes `reply` the head of the answer and returns the content. The answer to TRACE
// is the request as it came, without the fields that may hold a secret (RFC 9110 §9.3.8). The answer to OPTIONS names
// the methods that pass here (§9.3.7).
[[nodiscard]] std::string write_last_answer(const Head& request, std::string_view date, Head& reply);

}  // namespace zeroway
