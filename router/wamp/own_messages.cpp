#include "router/wamp/own_messages.h"

#include "router/wamp/message_type.h"
#include "router/wamp/write_message.h"

namespace zeroway {

namespace {

std::string end_message(Serializer serializer, std::uint64_t type, std::string_view reason, std::string_view message) {
  return write_message(serializer, [&](ValueSink& to) {
    static_cast<void>(to.natural(type));
    static_cast<void>(to.begin_map());
    if (!message.empty()) {
      static_cast<void>(to.key("message"));
      static_cast<void>(to.text(message));
    }
    static_cast<void>(to.end());
    static_cast<void>(to.text(reason));
  });
}

}  // namespace

std::string abort_message(Serializer serializer, std::string_view reason, std::string_view message) {
  return end_message(serializer, message_type::kAbort, reason, message);
}

std::string goodbye_message(Serializer serializer, std::string_view reason, std::string_view message) {
  return end_message(serializer, message_type::kGoodbye, reason, message);
}

std::string error_message(Serializer serializer, std::uint64_t type, std::uint64_t request, std::string_view error) {
  return write_message(serializer, [&](ValueSink& to) {
    static_cast<void>(to.natural(message_type::kError));
    static_cast<void>(to.natural(type));
    static_cast<void>(to.natural(request));
    static_cast<void>(to.begin_map());
    static_cast<void>(to.end());
    static_cast<void>(to.text(error));
  });
}

}  // namespace zeroway
