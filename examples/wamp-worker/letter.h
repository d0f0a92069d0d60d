// A message on its way to clients: written once for each serializer, however many clients get it.
//
// Owner: one call of Outbox::send.   Thread: the worker's.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "serializer.h"

namespace wamp {

class Letter {
 public:
  explicit Letter(Value message) : message_(std::move(message)) {}

  [[nodiscard]] const Value& message() const { return message_; }
  // Good as long as the letter.
  [[nodiscard]] const std::string& as(Serializer serializer) const {
    auto& written = written_[static_cast<std::size_t>(serializer)];
    if (!written) written = encode(serializer, message_);
    return *written;
  }

 private:
  Value message_;
  mutable std::array<std::optional<std::string>, 3> written_;
};

}  // namespace wamp
