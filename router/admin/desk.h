// Whom the admin backends ask: what the whole router knows, and changes that concern all of it.
//
// Owner: the router's OperatorDesk is the one Desk, and outlives the backends.   Thread: any calls; answers come on the
// loop of the caller. Not here: what a request means (admin/admin_api.h).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/error.h"
#include "router/admin/admin_request.h"
#include "router/admin/census.h"
#include "router/exchange/backend.h"
#include "router/plan/circuit_spec.h"

namespace zeroway {

class Loop;

// What a change of a worker or a server says. At least one of them is there.
struct MemberChange {
  std::optional<bool> held;             // out of rotation
  std::optional<std::uint32_t> weight;  // 0 … kMaxWeight
};

// A change that an operator asks for.
struct Change {
  enum class Kind : std::uint8_t {
    reload,
    reopen_logs,
    drain,         // the router ends, as at SIGTERM
    log_level,     // for a time
    worker,        // held, weight
    server,        // held, weight
    close_stream,  // one open request
    close_of,      // all open requests and sessions of WAMP of a worker or a server
    circuits,      // put, removed
  };

  Kind kind = Kind::reload;
  std::vector<std::string> members{};               // whom it concerns: a name; of a worker also all its instances
  MemberChange to{};                                // of worker and server
  bool is_debug = false;                            // of log_level
  std::chrono::seconds time{0};                     // of log_level
  std::size_t loop = 0;                             // of close_stream
  ExchangeKey stream = 0;                           // of close_stream
  std::shared_ptr<const CircuitChange> circuits{};  // of circuits; has passed check_circuits()
};

// What came of a change: how many members it met, or why it was not done.
using ChangeDone = std::function<void(Result<std::size_t>)>;

class Desk {
 public:
  using Told = std::function<void(const std::shared_ptr<const Census>&)>;

  virtual ~Desk() = default;
  // `told` and `done` are called on `loop`, in a later turn.
  virtual void take_census(Loop& loop, const CensusQuestion& question, Told told) = 0;
  virtual void change(const Change& change, Loop& loop, ChangeDone done) = 0;
  // Runs `write` on a thread that is no loop, and then hands what it wrote to `done`.
  virtual void write(std::function<AdminReply()> write, Loop& loop, std::function<void(AdminReply)> done) = 0;
  // Runs `task` on the same thread.
  virtual void aside(std::function<void()> task) = 0;
};

}  // namespace zeroway
