// One session's stream to whoever has its realm.
//
//     asked ── head 200 ──▶ open ── leave() ──▶ leaving ── its end, or kLeaveTime ──▶ over
//       └── refused, lost ──▶ over   └── its end, lost ──▶ over
//
// Owner: WampBackend; the session forgets it with leave().   Thread: one loop.
// What waits for room when the session leaves is sent first. Not here: what messages say
// (backends/wamp/wamp_session.h).
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "router/backends/wamp/gathered_message.h"
#include "router/backends/wamp/outgoing_messages.h"
#include "router/exchange/backend.h"
#include "router/net/loop.h"

namespace zeroway {

class RealmStreamEvents {
 public:
  // The backend has taken the session.
  virtual void realm_opened() = 0;
  virtual void realm_message(Bytes message, MessageKind kind) = 0;
  virtual void realm_message_too_large() = 0;
  // What waited for room has gone.
  virtual void realm_has_room() = 0;
  // The last of these calls: the backend has closed, or the stream failed.
  virtual void realm_closed(std::uint16_t code, const std::string& reason) = 0;
  virtual void realm_lost(const Error& error) = 0;

 protected:
  ~RealmStreamEvents() = default;
};

class RealmStream final : public BackendEvents, private OutgoingMessages::Receiver {
 public:
  // `over` is called once: the object may be destroyed at the end of the turn. `most`: bytes of the backend's longest
  // message.
  RealmStream(Loop& loop, std::size_t most, std::function<void()> over);

  // Opens it; `events` is told from the end of this turn on.
  void open(Backend& backend, const BackendRequest& request, ReplyTo reply_to, RealmStreamEvents& events);
  [[nodiscard]] bool is_open() const { return stage_ == Stage::open; }
  // The display name of the worker or server that has it; "" = nobody yet.
  [[nodiscard]] const std::string& holder() const { return holder_; }

  // Once it is open.
  void send(Bytes message, MessageKind kind) { outgoing_.send(message, kind); }
  [[nodiscard]] bool is_waiting() const { return outgoing_.is_waiting(); }
  // The session has room for what it withheld.
  void take_owed();
  // Whether credit for the backend's messages may go out; take_owed() later.
  void withhold(bool is_withheld) { is_withheld_ = is_withheld; }
  // The session is told nothing any more.
  void leave(Farewell farewell);
  // At once, without a word.
  void drop();

 private:
  enum class Stage : std::uint8_t { asked, open, leaving, over };

  // BackendEvents
  void accepted(const Holder& holder) override { holder_ = holder.name; }
  void head(Head& head, Last last) override;
  void data(Bytes bytes) override;
  void piece(Bytes bytes, MessageKind kind, Last last) override;
  void end(Head& trailers) override;
  void reset(const Error& error) override;
  void credit(std::uint32_t bytes) override;
  // OutgoingMessages::Receiver
  void take_piece(Bytes bytes, MessageKind kind, Last last) override;
  void take_end(std::uint16_t code, const std::string& reason) override;

  void finish();
  void give_up();

  Stage stage_ = Stage::asked;
  std::size_t most_;
  std::function<void()> over_;
  RealmStreamEvents* events_ = nullptr;  // null once the session has left
  BackendStream stream_;
  std::string holder_;
  OutgoingMessages outgoing_{*this};
  GatheredMessage incoming_;
  std::uint32_t owed_ = 0;
  bool is_withheld_ = false;
  Timer timer_;
};

}  // namespace zeroway
