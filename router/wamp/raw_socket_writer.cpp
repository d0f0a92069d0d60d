#include "router/wamp/raw_socket_writer.h"

#include <algorithm>

#include "router/wamp/limits.h"

namespace zeroway {

std::size_t RawSocketWriter::gathered() const {
  return message_.empty() ? 0 : message_.size() - RawSocketWord().size();
}

bool RawSocketWriter::piece(Bytes bytes, Last last) {
  if (bytes.size() > most_ - gathered()) {
    drop_message();
    return false;
  }
  if (message_.empty() && last == Last::yes) {
    write(RawSocketPrefix::Type::message, bytes);
    return true;
  }
  if (message_.empty()) message_.resize(RawSocketWord().size());
  message_ += as_text(bytes);
  if (last == Last::yes) end_message();
  return true;
}

void RawSocketWriter::pong(Bytes payload) { write(RawSocketPrefix::Type::pong, payload); }

void RawSocketWriter::drop_message() { std::string().swap(message_); }

void RawSocketWriter::write(RawSocketPrefix::Type type, Bytes payload) {
  const RawSocketWord prefix = raw_socket_prefix({type, payload.size()});
  output_.append(as_text(prefix)).append(as_text(payload));
}

// A long message is not copied when nothing waits in front of it.
void RawSocketWriter::end_message() {
  const RawSocketWord prefix = raw_socket_prefix({RawSocketPrefix::Type::message, gathered()});
  std::copy(prefix.begin(), prefix.end(), message_.begin());
  if (output_.empty()) {
    output_.swap(message_);
  } else {
    output_ += message_;
  }
  message_.clear();
  if (message_.capacity() > kWarmRawMessage) drop_message();
}

}  // namespace zeroway
