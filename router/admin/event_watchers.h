// The readers of `events` at one loop's management listener: sends each of them what happens, and the router's numbers
// once a second.
//
//     every kEventTick: new events of the book ──▶ each reader that has taken all it was sent before
//     every second:     census, written elsewhere ─▶ the same readers
//
// A slow reader gets fewer numbers, and gets the events later. A reader whose next event the book no longer has is told
// that events were lost. A reader that takes nothing for kSlowestReader is dropped.
//
// Owner: AdminBackend.   Thread: its loop.
// Not here: HTTP (admin/admin_backend.h), the form of an event (admin/event_text.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/admin/desk.h"
#include "router/exchange/backend.h"
#include "router/net/loop.h"
#include "router/observe/events.h"

namespace zeroway {

class EventWatchers {
 public:
  class Streams {
   public:
    virtual ~Streams() = default;
    // Sends `text`. False: the stream is there no more.
    virtual bool push(StreamKey key, std::string_view text) = 0;
    // Whether the reader has taken all that was pushed.
    [[nodiscard]] virtual bool is_through(StreamKey key) = 0;
    virtual void drop(StreamKey key) = 0;
  };

  // All of them outlive this object.
  EventWatchers(Loop& loop, Desk& desk, const EventBook& book, Streams& streams);

  // The reader gets events with ids above `after`.
  void add(StreamKey key, std::uint64_t after);

 private:
  struct Reader {
    StreamKey key;
    std::uint64_t last;  // the id of the last event that it was sent
    Time through_at;     // when it had taken all
  };

  void tick();
  // False: the reader is gone.
  [[nodiscard]] bool serve(Reader& reader, Time now);
  void ask_for_numbers();
  void send_numbers(const std::string& text);

  Loop& loop_;
  Desk& desk_;
  const EventBook& book_;
  Streams& streams_;
  std::vector<Reader> readers_;
  Time numbers_at_{};  // when they were asked for last
  Timer timer_;
  std::shared_ptr<bool> life_ = std::make_shared<bool>();  // answers of the desk may come after this object is gone
};

}  // namespace zeroway
