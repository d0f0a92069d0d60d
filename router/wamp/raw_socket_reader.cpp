#include "router/wamp/raw_socket_reader.h"

#include <algorithm>

#include "router/wamp/limits.h"

namespace zeroway {

bool RawSocketReader::take(Bytes bytes) {
  while (what_ == nullptr && !bytes.empty()) {
    if (is_inside_) {
      take_payload(bytes);
    } else if (!take_prefix(bytes)) {
      return false;
    }
  }
  return what_ == nullptr;
}

// An empty payload is complete at once.
bool RawSocketReader::take_prefix(Bytes& bytes) {
  word_[word_size_++] = bytes.front();
  bytes = bytes.subspan(1);
  if (word_size_ < word_.size()) return true;
  word_size_ = 0;
  const auto prefix = read_raw_socket_prefix(word_);
  if (!prefix) return fail("a frame with reserved bits or of an unknown type");
  const bool is_message = prefix->type == RawSocketPrefix::Type::message;
  if (is_message && prefix->size > most_) return fail("a message longer than was announced");
  if (!is_message && prefix->size > kLongestRawPing) return fail("a ping or a pong that is too long");
  prefix_ = *prefix;
  left_ = prefix->size;
  payload_.clear();
  is_inside_ = true;
  if (left_ == 0) end_payload();
  return true;
}

void RawSocketReader::take_payload(Bytes& bytes) {
  const Bytes taken = bytes.first(std::min(left_, bytes.size()));
  bytes = bytes.subspan(taken.size());
  left_ -= taken.size();
  if (prefix_.type != RawSocketPrefix::Type::message) {
    payload_ += as_text(taken);
    if (left_ == 0) end_payload();
    return;
  }
  is_inside_ = left_ > 0;
  events_.piece(taken, is_inside_ ? Last::no : Last::yes);
}

void RawSocketReader::end_payload() {
  is_inside_ = false;
  switch (prefix_.type) {
    case RawSocketPrefix::Type::message:
      return events_.piece({}, Last::yes);
    case RawSocketPrefix::Type::ping:
      return events_.ping(as_bytes(payload_));
    case RawSocketPrefix::Type::pong:
      break;
  }
  events_.pong(as_bytes(payload_));
}

bool RawSocketReader::fail(const char* what) {
  what_ = what;
  return false;
}

}  // namespace zeroway
