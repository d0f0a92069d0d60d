#include "router/backends/wamp/wamp_book.h"

namespace zeroway {

WampBook::Place WampBook::add(Client& client, Time now) {
  ++counts.open;
  open_.emplace_hint(open_.end(), ++last_, Open{&client, now});
  return last_;
}

void WampBook::remove(Place place) { counts.open -= open_.erase(place); }

std::vector<WampSessionFacts> WampBook::slice(Place after, std::size_t most) const {
  std::vector<WampSessionFacts> slice;
  for (auto next = open_.upper_bound(after); next != open_.end() && slice.size() < most; ++next) {
    WampSessionFacts& facts = slice.emplace_back(next->second.client->facts());
    facts.place = next->first;
    facts.came = next->second.came;
  }
  return slice;
}

// A session that ends removes its client, and may end others with it.
std::size_t WampBook::close_of(std::string_view member) {
  std::vector<Place> places;
  for (const auto& [place, open] : open_)
    if (open.client->is_at(member)) places.push_back(place);
  std::size_t closed = 0;
  for (const Place place : places) {
    const auto found = open_.find(place);
    if (found == open_.end()) continue;
    found->second.client->close();
    ++closed;
  }
  return closed;
}

}  // namespace zeroway
