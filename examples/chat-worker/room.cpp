#include "room.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace {

constexpr std::size_t kRemembered = 50;  // messages that a new member is sent

// Bytes that are no UTF-8 (in a name from the path, for example) are shown as U+FFFD.
std::string as_text(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Room::Visit::Visit(Room& room, zeroway::WebSocket& socket, std::string_view name)
    : room_(room), name_(name), membership_(room.sockets_, socket) {
  for (const std::string& json : room_.said_) socket.post_text(json);
  room_.visits_.push_back(this);
  room_.sockets_.send_text(room_.people());
}

Room::Visit::~Visit() {
  std::erase(room_.visits_, this);
  room_.sockets_.send_text(room_.people());
}

void Room::Visit::say(std::string_view text) {
  std::string json = as_text({{"name", name_}, {"text", text}});
  room_.sockets_.send_text(json);
  room_.said_.push_back(std::move(json));
  if (room_.said_.size() > kRemembered) room_.said_.pop_front();
}

std::string Room::people() const {
  nlohmann::json names = nlohmann::json::array();
  for (const Visit* visit : visits_) names.push_back(visit->name_);
  return as_text({{"people", names}});
}
