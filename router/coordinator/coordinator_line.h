// A line to a coordinator: one question at a time, each with an answer.
//
// Owner: RouterCoordinator.   Thread: one loop.
// The seam between when the router asks and the network: a test gives answers that it has written.
// Not here: connections (coordinator/net_coordinator_line.h), what is asked (coordinator/coordinator_client.h).
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "proto/error.h"

namespace zeroway {

struct CoordinatorQuestion {
  std::string method, path;
  std::string body{};           // JSON; "" = none
  std::string etag{};           // of the answer that is known; 304 = it still holds
  std::size_t most_answer = 0;  // bytes
  std::chrono::milliseconds timeout{};
};

struct CoordinatorAnswer {
  int status = 0;
  std::string body{};
  std::string etag{};
};

class CoordinatorLine {
 public:
  using Done = std::function<void(Result<CoordinatorAnswer>)>;

  virtual ~CoordinatorLine() = default;
  // Calls `done` once, never before this returns, and not at all when the next question comes first or the line is
  // destroyed. The next question may be asked in `done`.
  virtual void ask(CoordinatorQuestion question, Done done) = 0;
};

}  // namespace zeroway
