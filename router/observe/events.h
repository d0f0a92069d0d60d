// What happens to the router that an operator may want to see at once: workers and servers that come and go, reloads,
// certificates, limits.
//
// Owner: the process has one book, as it has one log.   Thread: any; the book has a mutex, held to copy an event.
// The book keeps the last kMostEvents events. Not here: who reads them (router/admin), lines for people
// (observe/log.h).
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "router/observe/wall_clock.h"

namespace zeroway {

struct Event {
  enum class Kind : std::uint8_t {
    worker_joined,
    worker_left,
    worker_silent,
    worker_back,
    server_down,
    server_up,
    reload,
    reload_failed,
    certificate,
    limit,
    draining,
    change,
  };

  std::uint64_t id = 0;  // from 1 on, without gaps
  WallTime at{};
  Kind kind = Kind::change;
  std::string subject;  // the name of the worker, the server, the file …
  std::string text;     // a line for people
};

[[nodiscard]] std::string_view to_text(Event::Kind kind);

class EventBook {
 public:
  struct Batch {
    std::vector<Event> events;  // the oldest first
    bool are_missing = false;   // events behind the asked id are kept no more, or the id is of an earlier process
  };

  // Text beyond kMostEventText is cut.
  void add(Event::Kind kind, std::string_view subject, std::string_view text, WallTime at);

  // At most `most` events with ids above `after`.
  [[nodiscard]] Batch since(std::uint64_t after, std::size_t most) const;
  // The id of the last event; 0 = there is none. Costs no lock.
  [[nodiscard]] std::uint64_t latest() const { return latest_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::deque<Event> events_;
  std::atomic<std::uint64_t> latest_{0};
};

// The book of this process.
[[nodiscard]] EventBook& event_book();
// Adds to it, with the time of now.
void tell_event(Event::Kind kind, std::string_view subject, std::string_view text);

}  // namespace zeroway
