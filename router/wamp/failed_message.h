// What becomes of a valid message that cannot be passed on: translated it is too large for its receiver, or it says
// something that the other serializer has no form for.
//
//     from the client                          from the backend
//     CALL, REGISTER, SUBSCRIBE, and a         RESULT        ERROR of the call, to the client
//     PUBLISH that is to be acknowledged       INVOCATION    ERROR of it, back to the backend
//                   ERROR, back to the client  ERROR         the same, without its arguments
//     other PUBLISH dropped                    EVENT         dropped
//     YIELD         ERROR, to the backend      the others    the session ends
//     ERROR         the same, without its arguments
//     the others    the session ends
//
// Owner: a value.   Thread: any.   Not here: how ERROR is written (own_messages.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "router/wamp/message_watch.h"
#include "router/wamp/value_error.h"

namespace zeroway {

enum class Sender : std::uint8_t { client, backend };

struct FailedMessage {
  enum class Answer : std::uint8_t { error_to_client, error_to_backend, dropped, session_ends };
  Answer answer = Answer::session_ends;
  // Of the ERROR:
  std::uint64_t type = 0;
  std::uint64_t request = 0;
  std::string_view error{};
};

// `fault` is too_large or inexpressible; the session ends for the others.
[[nodiscard]] FailedMessage failed_message(const MessageFacts& facts, Sender sender, ValueFault fault);

}  // namespace zeroway
