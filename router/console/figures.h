// What the management API tells, as plain structs.
//
// Owner: whoever asked; values.   Thread: any.
// Texts are bytes that a client or a worker may have chosen: printable() makes them fit for a terminal.
// Not here: reading JSON (console/figure_reader.h), rates (console/rates.h).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace zeroway::console {

// Durations in buckets: `counts` has one more than `bounds` (seconds), for those above the last bound.
struct Durations {
  std::vector<double> bounds;
  std::vector<std::uint64_t> counts;
};

// GET /api/v1/numbers. Totals are since the router's start.
struct Numbers {
  double uptime_seconds = 0;
  bool is_draining = false, is_ready = false;
  std::uint64_t requests = 0, open = 0, replies_5xx = 0, failures = 0;
  std::uint64_t web_sockets_open = 0, connections_open = 0, workers = 0, servers = 0;
  Durations durations;
};

// A worker or a server.
struct Member {
  enum class Kind : std::uint8_t { worker, server };

  Kind kind = Kind::worker;
  std::string name, instance, pool, address, state;  // `pool` of a worker: its group
  bool is_fit = true;
  std::uint64_t weight = 1, capacity = 0, open = 0, requests = 0, failures = 0;
  std::uint64_t connections = 0, idle_connections = 0;  // of a server
  double here_for_seconds = 0;                          // of a worker
  std::vector<std::string> serves;                      // of a worker; none = everything
};

inline const char* to_text(Member::Kind kind) { return kind == Member::Kind::worker ? "worker" : "server"; }

struct RouteFigures {
  std::string site, path, answer, backend;
  bool takes_web_sockets = false;
  std::uint64_t requests = 0, open = 0, bytes_in = 0, bytes_out = 0, retries = 0, web_sockets_open = 0;
  std::array<std::uint64_t, 6> replies{};  // none, 1xx, … 5xx
};

struct RequestRecord {
  std::string time, method, host, path, status, reason, member, total_ms, ended_by;
  std::vector<std::pair<std::string, std::string>> all;  // each field of the answer, in its order
};

struct RequestList {
  std::vector<RequestRecord> failed, slow;
};

struct Health {
  bool is_ready = false;
  std::string reason, version, instance;
  double uptime_seconds = 0;
  std::uint64_t workers = 0, busy_slots = 0, free_slots = 0;
};

struct Version {
  bool is_draining = false;
  std::uint64_t loops = 0, reloads_done = 0, reloads_failed = 0;
  double last_reload = 0;  // seconds since 1970
  std::string reload_error;
};

struct Explanation {
  struct Step {
    std::string step, what, why;
    bool is_matched = false;
  };
  struct Candidate {
    std::string kind, name, why;
    bool is_next = false, is_fit = false;
  };

  std::string method, url, client;
  std::string answer, reason, detail;
  std::uint64_t status = 0;  // 0 = not known beforehand
  std::vector<Step> steps;
  std::string site, route, backend;  // "" when no route was found
  std::vector<Candidate> members;

  [[nodiscard]] bool is_error() const { return answer == "error"; }
};

// A client of WAMP that is connected.
struct WampFigures {
  std::string id, site, route, host, path, address, protocol, state, realm, serializer, backend_serializer, worker;
  std::string authid, authrole;
  std::uint64_t messages_in = 0, messages_out = 0, bytes_in = 0, bytes_out = 0;
  double age_seconds = 0;
};

struct WampList {
  std::vector<WampFigures> sessions;  // the oldest first
  std::uint64_t all = 0;              // how many are connected, whether they were asked for or not
  std::string next;                   // there are more: behind this place; "" = these are all
};

struct Event {
  std::uint64_t id = 0;
  double at = 0;  // seconds since 1970
  std::string kind, subject, text;
};

}  // namespace zeroway::console
