// What the router knows of itself at one moment, of all loops together.
//
// Owner: shared by those who asked the Desk; never changed once it is made.   Thread: any.
// Not here: asking the loops (router/router.cpp), how it is shown (admin/metrics_text.h, admin/census_json.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "router/admin/process_facts.h"
#include "router/coding/coding_counts.h"
#include "router/exchange/circuit_facts.h"
#include "router/exchange/member_facts.h"
#include "router/exchange/open_request.h"
#include "router/observe/counters.h"
#include "router/observe/request_book.h"
#include "router/observe/request_tally.h"
#include "router/observe/wall_clock.h"
#include "router/observe/wamp_choice.h"
#include "router/observe/wamp_counts.h"
#include "router/observe/wamp_session_facts.h"
#include "router/plan/plan.h"

namespace zeroway {

// Connections of one listener on one loop.
struct DoorFacts {
  std::size_t listener = 0;  // in Plan::listeners
  std::uint64_t accepted = 0, open = 0;
};

// A client of WAMP that is connected to a loop.
struct OpenSession {
  std::size_t loop = 0;
  OpenRequest request;  // that opened its transport
  WampSessionFacts facts;
};

// What one loop knows.
struct LaneCensus {
  Counters counters;
  std::map<TallyName, RequestTally> tallies;
  std::vector<MemberFacts> members;
  std::vector<bool> ready;  // in the order of Plan::backends: whether somebody could answer now
  std::vector<DoorFacts> doors;
  CodingCounts coding;
  WampCounts wamp;
  // Only when they are asked for:
  std::vector<KeptRequest> failed, slow;
  std::vector<OpenRequest> oldest;
  std::vector<OpenSession> sessions;
};

// What is asked for. Requests and streams are texts, and each question gets its own: only numbers are shared.
enum class CensusScope : std::uint8_t { numbers, requests, streams, circuits, wamp };

struct CensusQuestion {
  CensusScope scope = CensusScope::numbers;
  WampChoice wamp{};  // of CensusScope::wamp
};

// A request that is open on a loop.
struct OpenStream {
  std::size_t loop = 0;
  OpenRequest request;
};

struct LogFacts {
  bool is_debug = false;
  std::chrono::seconds left{0};  // until the level is as it was at the start; 0 = it is
};

// A listener that is open.
struct ListenerFacts {
  std::string url;
  std::size_t index = 0;  // in Plan::listeners
  std::uint64_t accepted = 0, open = 0;
};

struct CertificateFacts {
  std::string file;
  WallTime ends{};  // of the first certificate in the file that expires
};

struct ReloadFacts {
  std::uint64_t done = 0, failed = 0;
  WallTime last{};      // of the last one that was done, or the start
  std::string error{};  // of the last one, "" when it was done
};

struct Census {
  WallTime now{};
  WallTime began{};
  std::string version, instance;
  std::uint32_t loops = 1;
  bool is_draining = false;
  std::shared_ptr<const Plan> plan;
  std::vector<ListenerFacts> listeners;
  Counters counters;
  std::map<TallyName, RequestTally> tallies;
  std::vector<MemberFacts> members;  // workers once each, with their loops' numbers summed
  std::vector<bool> ready;           // see LaneCensus; on any loop
  std::vector<CertificateFacts> certificates;
  ProcessFacts process;
  ReloadFacts reloads;
  LogFacts log;
  CodingCounts coding;
  WampCounts wamp;
  std::string config_file;                      // "" = none
  std::shared_ptr<const std::string> config;    // what it says, as JSON without secrets; null = no file
  std::vector<KeptRequest> failed, slow;        // CensusScope::requests
  std::vector<OpenStream> oldest;               // CensusScope::streams
  std::vector<OpenSession> sessions;            // CensusScope::wamp
  std::shared_ptr<const CircuitList> circuits;  // CensusScope::circuits; else null
  std::size_t circuit_count = 0;                // of the management API and the coordinator
  PortCounts circuit_ports;                     // that circuits get beside their paths
  Time steady_now{};                            // as `now`, for what loops count

  // `loop`: the lane's number.
  void add(LaneCensus&& lane, std::size_t loop);
  // Whether the router takes new requests and can answer them: it does not drain, and every backend that a route of
  // the file names has somebody. Else `why` says what is missing.
  [[nodiscard]] bool is_ready(std::string* why = nullptr) const;
};

// None where they were not asked for.
[[nodiscard]] const std::vector<std::shared_ptr<const CircuitView>>& named_circuits(const Census& census);

// Where operators ask is no traffic.
[[nodiscard]] inline bool is_traffic(const TallyName& name) {
  return name.backend != "admin" && name.site != "management";
}

}  // namespace zeroway
