#include "router/backends/wamp/wamp_book.h"

namespace zeroway {

WampBook::Place WampBook::add(Client& client) {
  ++counts.open;
  open_.emplace_hint(open_.end(), ++last_, &client);
  return last_;
}

void WampBook::remove(Place place) { counts.open -= open_.erase(place); }

std::vector<WampSessionFacts> WampBook::oldest(std::size_t most) const {
  std::vector<WampSessionFacts> facts;
  for (auto next = open_.begin(); next != open_.end() && facts.size() < most; ++next)
    facts.push_back(next->second->facts());
  return facts;
}

// A session that ends removes its client, and may end others with it.
std::size_t WampBook::close_of(std::string_view member) {
  std::vector<Place> places;
  for (const auto& [place, client] : open_)
    if (client->is_at(member)) places.push_back(place);
  std::size_t closed = 0;
  for (const Place place : places) {
    const auto found = open_.find(place);
    if (found == open_.end()) continue;
    found->second->close();
    ++closed;
  }
  return closed;
}

}  // namespace zeroway
