// A message of a client whose shape is right: a known type, and behind it the elements that the type has.
//
// Owner: whoever handles it.   Thread: any.
// Not here: which messages may come when (conversation.h), what they do (broker.h, dealer.h).
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "value.h"

namespace wamp {

// The first element of a message.
enum class Kind : std::uint16_t {
  hello = 1,
  welcome = 2,
  abort = 3,
  goodbye = 6,
  error = 8,
  publish = 16,
  published = 17,
  subscribe = 32,
  subscribed = 33,
  unsubscribe = 34,
  unsubscribed = 35,
  event = 36,
  call = 48,
  cancel = 49,
  result = 50,
  register_ = 64,
  registered = 65,
  unregister = 66,
  unregistered = 67,
  invocation = 68,
  interrupt = 69,
  yield = 70,
};

// The arguments of a publication, call, result or error, which a broker or dealer hands on: none, a list, or a list and
// a map.
using Payload = std::vector<Value>;

class Message {
 public:
  // Throws ProtocolViolation when `value` is no message that a client may send: the text names the element.
  explicit Message(Value value);

  [[nodiscard]] Kind kind() const { return kind_; }
  // Elements by their place; which ones there are and their types follow from kind().
  [[nodiscard]] Id id(std::size_t place) const;
  [[nodiscard]] const std::string& text(std::size_t place) const { return parts_[place].get_ref<const std::string&>(); }
  [[nodiscard]] const Value& map(std::size_t place) const { return parts_[place]; }
  [[nodiscard]] std::int64_t number(std::size_t place) const { return parts_[place].get<std::int64_t>(); }
  // The elements from this place on, which are gone then.
  [[nodiscard]] Payload take_payload(std::size_t place);

 private:
  Value parts_;
  Kind kind_;
};

// The name of a type as the specification has it: "PUBLISH".
[[nodiscard]] std::string_view kind_name(Kind kind);

// A message to a client: its type, these elements, and the payload.
[[nodiscard]] Value make_message(Kind kind, std::initializer_list<Value> elements, Payload payload = {});
// The answer to a request that cannot be done; `text` says why, for people.
[[nodiscard]] Value make_error(Kind request_kind, Id request, std::string_view uri, const std::string& text);

// Options of a message: an option that is absent has its default, one of the wrong type throws ProtocolViolation.
[[nodiscard]] bool flag(const Value& options, const char* name, bool or_else = false);
[[nodiscard]] std::string_view word(const Value& options, const char* name, std::string_view or_else);
[[nodiscard]] std::chrono::milliseconds milliseconds(const Value& options, const char* name);
// Sorted. Nothing when the option is absent.
[[nodiscard]] std::optional<std::vector<Id>> ids(const Value& options, const char* name);
[[nodiscard]] std::optional<std::vector<std::string>> words(const Value& options, const char* name);

}  // namespace wamp
