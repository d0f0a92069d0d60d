#include "router/observe/events.h"

#include <algorithm>
#include <array>

#include "router/observe/limits.h"

namespace zeroway {

std::string_view to_text(Event::Kind kind) {
  constexpr std::array<std::string_view, 12> kNames{"worker_joined", "worker_left", "worker_silent", "worker_back",
                                                    "server_down",   "server_up",   "reload",        "reload_failed",
                                                    "certificate",   "limit",       "draining",      "change"};
  return kNames[static_cast<std::size_t>(kind)];
}

void EventBook::add(Event::Kind kind, std::string_view subject, std::string_view text, WallTime at) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t id = latest_.load(std::memory_order_relaxed) + 1;
  events_.push_back(
      {id, at, kind, std::string(subject.substr(0, kMostEventText)), std::string(text.substr(0, kMostEventText))});
  if (events_.size() > kMostEvents) events_.pop_front();
  latest_.store(id, std::memory_order_release);
}

EventBook::Batch EventBook::since(std::uint64_t after, std::size_t most) const {
  const std::lock_guard lock(mutex_);
  Batch batch;
  const std::uint64_t latest = latest_.load(std::memory_order_relaxed);
  batch.are_missing = after > latest || (!events_.empty() && after + 1 < events_.front().id);
  if (batch.are_missing) after = 0;
  const auto first =
      std::partition_point(events_.begin(), events_.end(), [after](const Event& event) { return event.id <= after; });
  const auto count = std::min<std::size_t>(most, static_cast<std::size_t>(events_.end() - first));
  batch.events.assign(first, first + static_cast<std::ptrdiff_t>(count));
  return batch;
}

EventBook& event_book() {
  static EventBook book;
  return book;
}

void tell_event(Event::Kind kind, std::string_view subject, std::string_view text) {
  event_book().add(kind, subject, text, std::chrono::system_clock::now());
}

}  // namespace zeroway
