// The challenges over HTTP that are open, as one loop sees them.
//
// Owner: the loop's lane.   Thread: that loop.
// While an order of a host is open, the ACME client may put an answer into the order's folder at any moment, and the
// authority may ask for it at the next one. So a request lists that folder, and compares names: no path is made of what
// a client sent. The folder of another ACME client may hold many files: there, one file with exactly the token's name
// is opened.
// Not here: when a challenge is open (acme/certificate_keeper.h).
#pragma once
#include <memory>
#include <string>

#include "router/acme/open_challenges.h"
#include "router/exchange/challenges.h"

namespace zeroway {

class HttpChallenges final : public ChallengeAnswers {
 public:
  void use(std::shared_ptr<const OpenChallenges> open) { open_ = std::move(open); }
  [[nodiscard]] std::optional<std::string> find(std::string_view host, std::string_view token,
                                                const std::string& folder) const override;

 private:
  std::shared_ptr<const OpenChallenges> open_;  // null = none
};

}  // namespace zeroway
