// The links of a worker: one for each address of its routers, and for each further loop that a router names.
//
// Owner: WorkerSession.   Thread: the loop.
// Not here: looking the addresses up and connecting to them (RouterLinks is told), one link's messages (router_link.h).
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "router_address.h"
#include "router_link.h"

namespace zeroway {

class RouterLinks final : public WelcomeReceiver {
 public:
  RouterLinks(LinkContext& context, WorkerStreams& streams) : context_(context), streams_(streams) {}

  // The routers to serve from now on. Links to other addresses are left; no request is lost.
  void set_routers(const std::vector<RouterAddresses>& routers);
  // A link that was given up has been disconnected.
  void hung_up(RouterLink& link);
  void welcomed(RouterLink& link, const Welcome& welcome, bool is_first) override;
  // Whether another address of the same --connect endpoint has welcomed this worker.
  [[nodiscard]] bool is_served_elsewhere(const RouterLink& link) const;
  // An unused link is used again, so a link's index is a name for it.
  [[nodiscard]] const std::vector<std::unique_ptr<RouterLink>>& all() const { return links_; }

  // The turn ends: links that are wanted again serve, and those whose time has come say HELLO.
  void end_turn();
  // When end_turn(), or is_left() of a link, is due without a message; max() = never.
  [[nodiscard]] WorkerClock::time_point next_timer() const;
  // The worker drains: tells the routers.
  void leave();
  // Whether every router has confirmed that, or is gone.
  [[nodiscard]] bool are_confirmed() const;

 private:
  void review();
  void review_duplicates();
  void look_after_realm();
  [[nodiscard]] std::vector<LinkTarget> wanted() const;
  [[nodiscard]] RouterLink* find(const std::string& steer);
  [[nodiscard]] RouterLink* find_double(const RouterLink& link);

  LinkContext& context_;
  WorkerStreams& streams_;
  std::vector<RouterAddresses> routers_;
  std::vector<std::unique_ptr<RouterLink>> links_;
  bool has_router_ = false;  // one has welcomed the worker
};

}  // namespace zeroway
