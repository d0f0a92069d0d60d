// One room of the chat: its members, and its last messages.
//
// Owner: Rooms, as long as the room has a member.   Thread: the worker's.
// Not here: the WebSocket of one member from beginning to end (chat.cpp).
#pragma once
#include <zeroway/worker.h>

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

class Room {
 public:
  // A member of the room during its life. `socket` and `room` outlive it.
  class Visit {
   public:
    Visit(Room& room, zeroway::WebSocket& socket, std::string_view name);
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

    void say(std::string_view text);

   private:
    friend class Room;
    Room& room_;
    std::string name_;
    zeroway::WebSocketBroadcast::Membership membership_;
  };

  [[nodiscard]] bool is_empty() const { return visits_.empty(); }

 private:
  [[nodiscard]] std::string people() const;

  zeroway::WebSocketBroadcast sockets_;  // a member that does not keep up is closed
  std::vector<Visit*> visits_;
  std::deque<std::string> said_;  // messages as JSON, for members that come later
};

// The rooms by name. A room without members is deleted.
class Rooms {
 public:
  Room& enter(const std::string& name) { return rooms_[name]; }
  void left(const std::string& name) {
    const auto at = rooms_.find(name);
    if (at != rooms_.end() && at->second.is_empty()) rooms_.erase(at);
  }

 private:
  std::map<std::string, Room> rooms_;
};
