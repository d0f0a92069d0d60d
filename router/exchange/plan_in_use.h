// The plan that one loop uses now, with the backends that answer its routes, and the earlier plans that open exchanges
// still need.
//
// Owner: Router keeps one per loop.   Thread: that loop.
// An exchange pins the plan that its route is from. A plan that is no longer in use ends at the first sweep() that
// finds it without pins, and with it the backends that no later plan has: never inside a verb of such a backend.
// Not here: what a plan says (router/plan), who builds backends (router/router.cpp).
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "router/exchange/backend.h"
#include "router/plan/plan.h"

namespace zeroway {

class PlanInUse {
  struct Pinned {
    std::shared_ptr<const Plan> plan;
    std::vector<std::shared_ptr<Backend>> backends;  // in the order of Plan::backends; plans share equal ones
    std::size_t pins = 0;
  };

 public:
  // A route with its backend. Both stay while this object lives. An empty one has neither.
  class Answer {
   public:
    Answer() = default;
    Answer(Pinned& pinned, const Route& route)
        : pinned_(&pinned), route_(&route), backend_(pinned.backends[route.backend].get()) {
      ++pinned.pins;
    }
    Answer(Answer&& other) noexcept { swap(other); }
    Answer& operator=(Answer&& other) noexcept {
      Answer taken(std::move(other));
      swap(taken);
      return *this;
    }
    ~Answer() {
      if (pinned_ != nullptr) --pinned_->pins;
    }
    [[nodiscard]] bool is_empty() const { return route_ == nullptr; }
    [[nodiscard]] const Route& route() const { return *route_; }
    [[nodiscard]] Backend& backend() const { return *backend_; }

   private:
    void swap(Answer& other) noexcept {
      std::swap(pinned_, other.pinned_);
      std::swap(route_, other.route_);
      std::swap(backend_, other.backend_);
    }
    Pinned* pinned_ = nullptr;
    const Route* route_ = nullptr;
    Backend* backend_ = nullptr;
  };

  // Answers by `plan` from now on. `backends`: one for each of Plan::backends.
  void use(std::shared_ptr<const Plan> plan, std::vector<std::shared_ptr<Backend>> backends);
  // Who answers the request; an empty answer when nobody serves it.
  [[nodiscard]] Answer match(const ClientInfo& client, const Head& head);
  [[nodiscard]] const Plan& plan() const { return *pinned_.back()->plan; }
  [[nodiscard]] const std::vector<std::shared_ptr<Backend>>& backends() const { return pinned_.back()->backends; }

  // Ends the plans that nobody needs. Never to be called from a verb.
  void sweep();
  // Plans kept: the one in use, and earlier ones with open exchanges.
  [[nodiscard]] std::size_t size() const { return pinned_.size(); }

 private:
  std::vector<std::unique_ptr<Pinned>> pinned_;  // the last one is in use
};

}  // namespace zeroway
