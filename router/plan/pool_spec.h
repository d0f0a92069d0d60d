// A pool of servers as the plan knows it: the servers, and how requests are spread over them.
//
// Owner: the plan; a value.   Thread: any; never changed.
// Pools with equal specifications are the same pool: a reload keeps its connections, its health and its counts.
// Not here: the pool itself (router/backends/servers_pool.h), how a file writes it (router/settings).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "router/route/balance_method.h"

namespace zeroway {

struct ServerSpec {
  enum class Scheme : std::uint8_t {
    http,
    https,
    h2c,
    unix_socket,
    tcp,          // tunnels of bytes, no HTTP
    tls,          // the same, over TLS
    unix_tunnel,  // the same, over a unix socket
  };
  enum class ProxyHeader : std::uint8_t { none, v1, v2 };
  enum class State : std::uint8_t {
    active,
    standby,   // gets requests only while no active server is fit
    draining,  // gets only the requests of clients that are bound to it
  };

  [[nodiscard]] bool carries_bytes() const {
    return scheme == Scheme::tcp || scheme == Scheme::tls || scheme == Scheme::unix_tunnel;
  }
  [[nodiscard]] bool has_tls() const { return scheme == Scheme::https || scheme == Scheme::tls; }
  [[nodiscard]] bool is_unix() const { return scheme == Scheme::unix_socket || scheme == Scheme::unix_tunnel; }

  std::string name;  // for logs and replies: "10.0.0.7:8080"
  Scheme scheme = Scheme::http;
  std::string host;  // a name or a numeric address, without brackets; "" for a unix socket
  std::uint16_t port = 80;
  std::string socket_path;      // of a unix socket
  std::string base_path;        // put in front of every path; "" or "/base", without a slash at its end
  std::uint32_t weight = 1;     // 0 = no traffic
  std::uint32_t max_conns = 0;  // requests at once, of all loops together; 0 = any number
  ProxyHeader proxy_header = ProxyHeader::none;
  State state = State::active;

  // With TLS only.
  std::string ca_file;      // "" = the system's authorities
  std::string server_name;  // for SNI and the certificate's check; "" = host
  bool verify = true;
  std::string client_certificate, client_key;  // "" = none

  bool operator==(const ServerSpec&) const = default;
};

// 0 = no limit.
struct ServerTimes {
  std::chrono::milliseconds connect{10'000};  // until a connection holds the request
  std::chrono::milliseconds read{30'000};     // silence before the reply's head, and between two pieces of its body
  std::chrono::milliseconds write{30'000};    // time in which the server takes nothing of the request's body

  bool operator==(const ServerTimes&) const = default;
};

struct HealthSpec {
  struct Statuses {
    std::uint16_t first = 200, last = 399;

    bool operator==(const Statuses&) const = default;
  };

  // Passive: by the requests of clients.
  std::uint32_t fall = 3;  // failures in a row, then the server is out
  bool count_5xx = false;  // a reply with 5xx is a failure, too
  std::chrono::milliseconds back_off{1'000};
  bool fail_open = false;       // when all servers are out, requests go to them all the same
  bool closes_tunnels = false;  // a server that is out or removed loses its open tunnels
  // Active: by requests of our own.
  enum class Probe : std::uint8_t {
    http,  // GET of `path`, with an expected status
    tcp,   // a connection
    grpc,  // grpc.health.v1.Health/Check, over h2c
  };
  bool is_active = false;
  Probe probe = Probe::http;
  std::chrono::milliseconds initial_delay{0};  // of a server that is new: its failures do not count before
  std::string path = "/health";
  std::chrono::milliseconds interval{30'000};
  std::chrono::milliseconds timeout{5'000};
  std::uint32_t retries = 3;  // wrong answers in a row, then the server is out
  std::uint32_t rise = 1;     // right answers in a row, then it is back
  std::vector<Statuses> expected = std::vector<Statuses>(1);

  bool operator==(const HealthSpec&) const = default;
};

struct PoolSpec {
  std::string name;
  std::vector<ServerSpec> servers;
  BalanceMethod balance = BalanceMethod::round_robin;
  std::string hash_field;  // of hash: the request's field, lower case
  HealthSpec health;
  ServerTimes times;
  std::size_t queue_limit = 10'000;  // requests of one loop that wait for room at a full pool: 503
  std::chrono::milliseconds queue_timeout{5'000};
  bool may_be_idle = false;   // no server need have weight: then nobody answers
  bool preserve_host = true;  // servers see the client's Host, else their own host and port

  bool operator==(const PoolSpec&) const = default;
};

[[nodiscard]] inline std::string_view to_text(ServerSpec::State state) {
  constexpr std::string_view kNames[] = {"active", "standby", "draining"};
  return kNames[static_cast<std::size_t>(state)];
}

[[nodiscard]] inline std::string_view to_text(HealthSpec::Probe probe) {
  constexpr std::string_view kNames[] = {"http", "tcp", "grpc"};
  return kNames[static_cast<std::size_t>(probe)];
}

}  // namespace zeroway
