#include "router/backends/line.h"

#include <algorithm>

namespace zeroway {

std::optional<Line::Ticket> Line::join(Queue queue, Key key, Time now) {
  if (size_ >= most_) return std::nullopt;
  return put(queue, {key, queue, now});
}

Line::Ticket Line::rejoin(Queue queue, const Waiter& waiter) { return put(queue, {waiter.key, queue, waiter.since}); }

Line::Ticket Line::put(Queue queue, const Waiter& waiter) {
  const Ticket ticket = free_place();
  Ends& ends = queues_[queue];
  places_[ticket] = {waiter, ends.last, kNobody};
  (ends.first == kNobody ? ends.first : places_[ends.last].behind) = ticket;
  ends.last = ticket;
  ++size_;
  return ticket;
}

Line::Ticket Line::free_place() {
  if (free_.empty()) {
    places_.emplace_back();
    return static_cast<Ticket>(places_.size() - 1);
  }
  const Ticket ticket = free_.back();
  free_.pop_back();
  return ticket;
}

void Line::leave(Ticket ticket) {
  const auto found = queues_.find(places_[ticket].waiter.queue);
  take_out(found->second, ticket);
  if (found->second.first == kNobody) queues_.erase(found);
}

void Line::take_out(Ends& queue, Ticket ticket) {
  const Place& place = places_[ticket];
  (place.before == kNobody ? queue.first : places_[place.before].behind) = place.behind;
  (place.behind == kNobody ? queue.last : places_[place.behind].before) = place.before;
  free_.push_back(ticket);
  --size_;
}

void Line::forget_empty_queues() {
  boost::unordered::erase_if(queues_, [](const auto& entry) { return entry.second.first == kNobody; });
}

std::vector<Line::Waiter> Line::take_overdue(Time now) {
  std::vector<Waiter> overdue;
  for (auto& [id, queue] : queues_) {
    while (queue.first != kNobody && now - places_[queue.first].waiter.since >= longest_) {
      overdue.push_back(places_[queue.first].waiter);
      take_out(queue, queue.first);
    }
  }
  forget_empty_queues();
  return overdue;
}

std::vector<Line::Waiter> Line::take(Queue queue) {
  std::vector<Waiter> taken;
  const auto found = queues_.find(queue);
  if (found == queues_.end()) return taken;
  for (Ends& ends = found->second; ends.first != kNobody; take_out(ends, ends.first))
    taken.push_back(places_[ends.first].waiter);
  queues_.erase(found);
  return taken;
}

std::vector<Line::Waiter> Line::take_all() {
  std::vector<Waiter> taken;
  taken.reserve(size_);
  for (auto& [id, queue] : queues_)
    for (; queue.first != kNobody; take_out(queue, queue.first)) taken.push_back(places_[queue.first].waiter);
  queues_.clear();
  // Each queue has its oldest first; here all queues are joined into one.
  std::stable_sort(taken.begin(), taken.end(),
                   [](const Waiter& one, const Waiter& other) { return one.since < other.since; });
  return taken;
}

void Line::lost_time(std::chrono::nanoseconds lost) {
  for (auto& [id, queue] : queues_)
    for (Ticket ticket = queue.first; ticket != kNobody; ticket = places_[ticket].behind)
      places_[ticket].waiter.since += lost;
}

}  // namespace zeroway
