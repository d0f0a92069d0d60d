// The connection of one client, as a conversation uses it.
//
// Owner: whoever accepts connections; it outlives its conversation.   Thread: the worker's.
#pragma once
#include <cstddef>
#include <string_view>

#include "letter.h"

namespace wamp {

class Transport {
 public:
  virtual ~Transport() = default;
  // Never waits. A client that does not keep up is dropped: its conversation is told later that it is lost.
  virtual void send(const Letter& letter) = 0;
  // The number of bytes that wait here for the client.
  [[nodiscard]] virtual std::size_t backlog() const = 0;
  // Closes at once: the client does not keep up.
  virtual void drop() = 0;
  // Closes behind all that was sent, with a code of RFC 6455. `reason` is UTF-8 of any length.
  virtual void close(int code, std::string_view reason) = 0;
};

}  // namespace wamp
