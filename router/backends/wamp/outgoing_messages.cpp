#include "router/backends/wamp/outgoing_messages.h"

#include <algorithm>
#include <utility>

#include "router/backends/limits.h"

namespace zeroway {

void OutgoingMessages::send(Bytes message, MessageKind kind) {
  if (is_ending() || message.empty()) return;
  if (messages_.empty() && message.size() <= room_) {
    room_ -= message.size();
    return receiver_.take_piece(message, kind, Last::yes);
  }
  messages_.push_back({message.size(), kind});
  bytes_.append(as_text(message));
  flush();
}

void OutgoingMessages::end(Farewell farewell) {
  if (is_ending()) return;
  farewell_ = std::move(farewell);
  flush();
}

void OutgoingMessages::clear() {
  room_ = 0;
  messages_.clear();
  bytes_.clear();
  if (bytes_.capacity() > kWarmMessages) bytes_.shrink_to_fit();
  begin_ = 0;
  farewell_.reset();
  is_ended_ = false;
}

void OutgoingMessages::flush() {
  while (!messages_.empty() && room_ > 0) {
    Waiting& first = messages_.front();
    const std::size_t size = std::min<std::uint64_t>(first.size, room_);
    const Bytes piece = as_bytes(std::string_view(bytes_).substr(begin_, size));
    const MessageKind kind = first.kind;
    room_ -= size;
    begin_ += size;
    first.size -= size;
    const Last last = first.size == 0 ? Last::yes : Last::no;
    if (last == Last::yes) messages_.pop_front();
    receiver_.take_piece(piece, kind, last);
  }
  if (!messages_.empty()) return;
  bytes_.clear();
  begin_ = 0;
  if (farewell_) finish();
}

void OutgoingMessages::finish() {
  const Farewell farewell = *std::exchange(farewell_, std::nullopt);
  is_ended_ = true;
  const std::size_t size = farewell.message.size();
  if (size > 0 && size <= room_) receiver_.take_piece(as_bytes(farewell.message), farewell.kind, Last::yes);
  receiver_.take_end(farewell.code, farewell.reason);
}

}  // namespace zeroway
