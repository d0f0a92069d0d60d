#include "router/admin/event_watchers.h"

#include <algorithm>
#include <utility>

#include "router/admin/census_json.h"
#include "router/admin/event_text.h"
#include "router/admin/limits.h"

namespace zeroway {

EventWatchers::EventWatchers(Loop& loop, Desk& desk, const EventBook& book, Streams& streams)
    : loop_(loop), desk_(desk), book_(book), streams_(streams), timer_(loop, [this] { tick(); }) {}

void EventWatchers::add(StreamKey key, std::uint64_t after) {
  readers_.push_back({key, after, loop_.now()});
  if (!timer_.is_set()) timer_.set(kEventTick);
}

void EventWatchers::tick() {
  const Time now = loop_.now();
  std::erase_if(readers_, [&](Reader& reader) { return !serve(reader, now); });
  if (readers_.empty()) return;
  if (now - numbers_at_ >= kNumbersEvery) {
    numbers_at_ = now;
    ask_for_numbers();
  }
  timer_.set(kEventTick);
}

bool EventWatchers::serve(Reader& reader, Time now) {
  if (!streams_.is_through(reader.key)) {
    if (now - reader.through_at < kSlowestReader) return true;
    streams_.drop(reader.key);
    return false;
  }
  reader.through_at = now;
  if (reader.last == book_.latest()) return true;
  const EventBook::Batch batch = book_.since(reader.last, kMostEventsAtOnce);
  if (!batch.events.empty()) reader.last = batch.events.back().id;
  return streams_.push(reader.key, event_text(batch));
}

void EventWatchers::ask_for_numbers() {
  desk_.take_census(loop_, {CensusScope::numbers}, [this, life = std::weak_ptr<bool>(life_)](const auto& census) {
    if (life.expired()) return;
    desk_.write([census] { return AdminReply{.body = numbers_text(numbers_json(*census))}; }, loop_,
                [this, life](const AdminReply& reply) {
                  if (!life.expired()) send_numbers(reply.body);
                });
  });
}

void EventWatchers::send_numbers(const std::string& text) {
  std::erase_if(readers_, [&](const Reader& reader) {
    return streams_.is_through(reader.key) && !streams_.push(reader.key, text);
  });
}

}  // namespace zeroway
