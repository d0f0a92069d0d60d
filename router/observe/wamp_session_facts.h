// What an operator may know of one client of WAMP that is connected, and of its session.
//
// Owner: whoever asked; a value.   Thread: any.
// Not here: the request that opened the client's transport (exchange/open_request.h), totals (observe/wamp_counts.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/serializer.h"
#include "router/observe/time.h"

namespace zeroway {

// Messages in one direction, as the client has sent or got them.
struct WampTraffic {
  std::uint64_t messages = 0, bytes = 0;
};

struct WampSessionFacts {
  enum class State : std::uint8_t {
    waiting,     // for a HELLO
    challenged,  // the router has asked who the client is
    joining,     // a backend is asked to take the session
    joined,
    leaving,  // one side has said GOODBYE or ABORT, or the transport ends
  };

  std::uint64_t place = 0;     // among the clients of its loop: grows in the order of their coming
  Time came{};                 // when the transport was opened
  std::uint64_t exchange = 0;  // the key of the request that opened the transport; 0 = that is over
  State state = State::waiting;
  std::string realm{};                  // "" = no session
  Serializer serializer{};              // of the client
  std::optional<Serializer> backend{};  // the serializer of its backend; none = no backend has the session
  std::string worker{};                 // or the URL of the backend that is dialled; "" = nobody
  std::string authid{}, authrole{};     // "" unless the router itself has found out who the client is
  WampTraffic from_client{}, to_client{};
};

[[nodiscard]] inline std::string_view to_text(WampSessionFacts::State state) {
  constexpr std::string_view kNames[] = {"waiting", "challenged", "joining", "joined", "leaving"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace zeroway
