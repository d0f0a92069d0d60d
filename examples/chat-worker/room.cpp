#include "room.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace {

constexpr std::size_t kRemembered = 50;         // messages that a newcomer sees
constexpr std::size_t kMaxBacklog = 256 << 10;  // bytes: who is further behind does not read
constexpr int kTryAgainLater = 1013;            // RFC 6455's registry of close codes

// What is no UTF-8 (a name out of the path, say) is shown as U+FFFD.
std::string as_text(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Room::Visit::Visit(Room& room, zeroway::WebSocket& socket, std::string_view name)
    : room_(room), socket_(socket), name_(name) {
  for (const std::string& json : room_.said_) socket_.post_text(json);
  room_.visits_.push_back(this);
  room_.tell_all(room_.people());
}

Room::Visit::~Visit() {
  std::erase(room_.visits_, this);
  room_.tell_all(room_.people());
}

void Room::Visit::say(std::string_view text) {
  std::string json = as_text({{"name", name_}, {"text", text}});
  room_.tell_all(json);
  room_.said_.push_back(std::move(json));
  if (room_.said_.size() > kRemembered) room_.said_.pop_front();
}

std::string Room::people() const {
  nlohmann::json names = nlohmann::json::array();
  for (const Visit* visit : visits_) names.push_back(visit->name_);
  return as_text({{"people", names}});
}

void Room::tell_all(const std::string& json) {
  for (Visit* visit : visits_) {
    visit->socket_.post_text(json);
    if (visit->socket_.backlog() > kMaxBacklog) visit->socket_.abort(kTryAgainLater, "too far behind");
  }
}
