// What an operator may know about one member of a backend: a worker, a server or a folder.
//
// Owner: whoever asked Backend::members(); a value.   Thread: any.
// Not here: how it is shown (router/admin), what a loop knows of requests (observe/request_tally.h).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/route_claim.h"

namespace zeroway {

struct MemberFacts {
  enum class Kind : std::uint8_t { worker, server, folder };

  Kind kind = Kind::worker;
  std::string name;                            // as replies and logs name it
  std::string instance;                        // of a worker: tells two of one name apart; else ""
  std::vector<std::string> other_instances{};  // of the same worker on other loops
  std::uint64_t pid = 0;                       // of a worker, on its machine
  std::string pool;                            // of a server: its pool; of a worker: its group, "" = none
  std::string address;         // of a worker's connection, a server's URL, a folder's path; "" = not known
  std::string state;           // "ready", "full", "held", "standby, ready", "up", "out for 8 s", …
  bool is_fit = true;          // it gets requests, or is only busy or on standby
  bool is_standby = false;     // it gets requests only while no active one is fit
  std::uint32_t weight = 1;    // 0 = no traffic
  std::uint32_t capacity = 0;  // requests at once; 0 = any number
  std::uint32_t open = 0;      // requests that it has, of this loop's; of a server: of all loops'
  std::uint64_t taken = 0;     // requests that it took so far, of this loop's
  std::uint64_t failed = 0;    // of them, those that it lost or reset
  std::uint32_t connections = 0, idle_connections = 0;  // of a server, of this loop's
  std::vector<std::string> serves{};                    // of a worker: its routes, or its pool; none = everything
  std::vector<RouteClaim> claims{};                     // the same, to be matched
  std::chrono::seconds here_for{0};                     // of a worker: since it joined
  std::string text{};                                   // all of it in a line
};

[[nodiscard]] inline std::string_view to_text(MemberFacts::Kind kind) {
  constexpr std::string_view kNames[] = {"worker", "server", "folder"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace zeroway
