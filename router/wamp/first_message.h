// The first message of a session: HELLO, with the realm that says which backend the session goes to.
//
// Owner: a value.   Thread: any.
// The backend reads the whole HELLO once more: what is in its details is the backend's business.
// Not here: who serves a realm, what a violation is answered with (session_end.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "proto/bytes.h"
#include "proto/serializer.h"
#include "router/wamp/value_error.h"

namespace zeroway {

struct FirstMessage {
  enum class Kind : std::uint8_t {
    hello,     // [1, realm, details]
    abort,     // [3, details, reason]: the client gives up before it began, and wants no answer
    violation  // anything else; `error` says what
  };
  Kind kind = Kind::violation;
  std::string realm{};  // of a hello; "" = null or "": the session goes where no realm is named
  ValueError error{};
};

[[nodiscard]] FirstMessage read_first_message(Serializer serializer, Bytes message);

// The type of a message; nothing when it does not begin as a message does. Reads no further than that.
[[nodiscard]] std::optional<std::uint64_t> type_of(Serializer serializer, Bytes message);

}  // namespace zeroway
