#include "zeroway/broadcast.h"

#include "handler_side.h"
#include "socket_side.h"

namespace zeroway {

// The messages that were not given to the member's worker yet. Shared with the action that is on its way to the
// worker's loop: the action may arrive when the member has left.
struct WebSocketBroadcast::Member {
  struct Message {
    std::shared_ptr<const std::string> bytes;
    bool is_text;
  };

  explicit Member(SocketSide& given) : side(&given) {}

  // Loop.
  void deliver(std::size_t max_backlog, int close_code) {
    std::vector<Message> messages;
    bool falls_behind = false;
    {
      const std::unique_lock lock(mutex);
      std::swap(messages, waiting);
      waiting_bytes = 0;
      falls_behind = is_behind;
    }
    if (side == nullptr) return;
    for (const Message& message : messages) side->post({*message.bytes, message.is_text});
    if (falls_behind || side->backlog() > max_backlog) side->abort_with(close_code, "too far behind");
  }

  SocketSide* side;  // nullptr when the member has left: changed on the loop, with the broadcast's mutex held
  std::mutex mutex;  // guards the members below
  std::vector<Message> waiting;
  std::size_t waiting_bytes = 0;
  bool is_behind = false;  // more than `max_backlog` bytes waited here already: the loop is not fast enough
};

WebSocketBroadcast::Membership::Membership(WebSocketBroadcast& broadcast, WebSocket& socket)
    : broadcast_(broadcast), member_(std::make_shared<Member>(static_cast<SocketSide&>(Waiting(socket).side()))) {
  const std::unique_lock lock(broadcast_.mutex_);
  broadcast_.members_.push_back(member_);
}

WebSocketBroadcast::Membership::~Membership() {
  const std::unique_lock lock(broadcast_.mutex_);
  member_->side = nullptr;
  std::erase(broadcast_.members_, member_);
}

std::size_t WebSocketBroadcast::size() const {
  const std::unique_lock lock(mutex_);
  return members_.size();
}

// The lock is held to the end: while a member is in the list, it has a worker to call.
void WebSocketBroadcast::send(std::string_view bytes, bool is_text) {
  const auto shared = std::make_shared<const std::string>(bytes);
  const std::unique_lock lock(mutex_);
  for (const std::shared_ptr<Member>& member : members_) {
    const std::unique_lock member_lock(member->mutex);
    const bool is_first = member->waiting.empty() && !member->is_behind;
    if (member->waiting_bytes > max_backlog_) {
      member->is_behind = true;
      continue;
    }
    member->waiting.push_back({shared, is_text});
    member->waiting_bytes += shared->size();
    if (!is_first) continue;
    member->side->call_soon([member, max = max_backlog_, code = close_code_] { member->deliver(max, code); });
  }
}

}  // namespace zeroway
