#include "router/wamp/failed_message.h"

#include "router/wamp/message_type.h"

namespace zeroway {

namespace {

using Answer = FailedMessage::Answer;

FailedMessage from_client(const MessageFacts& facts) {
  using namespace message_type;
  const auto [first, second] = facts.ids;
  switch (facts.type) {
    case kPublish:
      if (!facts.wants_acknowledge) return {.answer = Answer::dropped};
      return {Answer::error_to_client, kPublish, first};
    case kCall:
    case kRegister:
    case kSubscribe:
      return {Answer::error_to_client, facts.type, first};
    case kYield:
      return {Answer::error_to_backend, kInvocation, first};
    case kError:
      return {Answer::error_to_backend, first, second};
    default:
      return {};
  }
}

FailedMessage from_backend(const MessageFacts& facts) {
  using namespace message_type;
  const auto [first, second] = facts.ids;
  switch (facts.type) {
    case kResult:
      return {Answer::error_to_client, kCall, first};
    case kInvocation:
      return {Answer::error_to_backend, kInvocation, first};
    case kError:
      return {Answer::error_to_client, first, second};
    case kEvent:
      return {.answer = Answer::dropped};
    default:
      return {};
  }
}

}  // namespace

FailedMessage failed_message(const MessageFacts& facts, Sender sender, ValueFault fault) {
  if (fault != ValueFault::too_large && fault != ValueFault::inexpressible) return {};
  FailedMessage failed = sender == Sender::client ? from_client(facts) : from_backend(facts);
  const bool is_error = failed.answer == Answer::error_to_client || failed.answer == Answer::error_to_backend;
  if (is_error && failed.request == 0) return {};  // it ended before its id
  if (is_error)
    failed.error = fault == ValueFault::too_large ? "wamp.error.payload_size_exceeded" : "wamp.error.invalid_payload";
  return failed;
}

}  // namespace zeroway
