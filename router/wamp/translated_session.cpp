#include "router/wamp/translated_session.h"

#include <utility>

#include "router/wamp/first_message.h"
#include "router/wamp/message_type.h"
#include "router/wamp/own_messages.h"
#include "router/wamp/subprotocol.h"

namespace zeroway {

namespace {

constexpr std::string_view kWrongKind = "a text message in a binary serializer, or the other way round";
constexpr std::string_view kOutOfOrder = "a message that may not come now";

Passage ended(SessionEnd why, std::string_view detail) {
  return {.action = Passage::Action::end, .why = why, .detail = detail};
}

Passage::Action away_from(Sender sender) {
  return sender == Sender::client ? Passage::Action::to_backend : Passage::Action::to_client;
}

}  // namespace

Passage TranslatedSession::from_client(Bytes message, MessageKind kind) {
  if (kind != message_kind(client_)) return violation(Sender::client, kWrongKind);
  if (is_between()) return first(message);
  return pass(Sender::client, message);
}

Passage TranslatedSession::from_backend(Bytes message, MessageKind kind) {
  if (kind != message_kind(backend_)) return violation(Sender::backend, kWrongKind);
  return pass(Sender::backend, message);
}

Passage TranslatedSession::first(Bytes message) {
  FirstMessage first = read_first_message(client_, message);
  switch (first.kind) {
    case FirstMessage::Kind::hello:
      static_cast<void>(may_come(Sender::client, message_type::kHello));
      return {.action = Passage::Action::open, .realm = std::move(first.realm)};
    case FirstMessage::Kind::abort:
      static_cast<void>(may_come(Sender::client, message_type::kAbort));
      return {};
    case FirstMessage::Kind::violation:
      break;
  }
  return ended(end_by_client(first.error.fault), first.error.what);
}

Passage TranslatedSession::hello(Bytes message, Serializer backend, std::size_t most) {
  backend_ = backend;
  most_backend_ = most;
  const bool stays = backend == client_ && message.size() <= most_backend_;
  if (stays) return {.action = Passage::Action::to_backend, .bytes = message};
  out_.clear();
  if (const auto error = translator_.translate(client_, backend_, message, most_backend_, out_))
    return ended(end_by_client(error->fault), error->what);
  return {.action = Passage::Action::to_backend, .bytes = as_bytes(out_)};
}

// Also a message that stays as it is may be too large for its receiver: it is read then, to learn what it answers.
Passage TranslatedSession::pass(Sender sender, Bytes message) {
  const bool is_client = sender == Sender::client;
  const Serializer from = is_client ? client_ : backend_;
  const Serializer to = is_client ? backend_ : client_;
  const std::size_t most = is_client ? most_backend_ : most_client_;
  if (from == to && message.size() <= most) {
    const auto type = type_of(from, message);
    if (!type) return violation(sender, "a message without a type");
    if (!may_come(sender, *type)) return violation(sender, kOutOfOrder);
    return {.action = away_from(sender), .bytes = message};
  }
  out_.clear();
  const auto error = translator_.translate(from, to, message, most, out_);
  if (error) return failed(sender, *error);
  if (!may_come(sender, translator_.facts().type)) return violation(sender, kOutOfOrder);
  return {.action = away_from(sender), .bytes = as_bytes(out_)};
}

Passage TranslatedSession::failed(Sender sender, ValueError error) {
  const FailedMessage failed = failed_message(translator_.facts(), sender, error.fault);
  if (failed.answer == FailedMessage::Answer::session_ends)
    return ended(sender == Sender::client ? end_by_client(error.fault) : SessionEnd::violation_of_backend, error.what);
  if (!may_come(sender, translator_.facts().type)) return violation(sender, kOutOfOrder);
  if (failed.answer == FailedMessage::Answer::dropped) return {};
  const bool is_for_client = failed.answer == FailedMessage::Answer::error_to_client;
  out_ = error_message(is_for_client ? client_ : backend_, failed.type, failed.request, failed.error);
  return {.action = is_for_client ? Passage::Action::to_client : Passage::Action::to_backend, .bytes = as_bytes(out_)};
}

Passage TranslatedSession::violation(Sender sender, std::string_view detail) const {
  return ended(sender == Sender::client ? SessionEnd::violation_of_client : SessionEnd::violation_of_backend, detail);
}

bool TranslatedSession::may_come(Sender sender, std::uint64_t type) {
  const auto verdict = sender == Sender::client ? state_.from_client(type) : state_.from_backend(type);
  return verdict == SessionState::Verdict::passes;
}

}  // namespace zeroway
