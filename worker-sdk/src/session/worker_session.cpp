#include "worker_session.h"

#include <algorithm>

#include "limits.h"

namespace zeroway {

WorkerSession::WorkerSession(const Parts& parts, Hello hello)
    : options_(parts.options),
      context_(parts.log, parts.sender, std::move(hello)),
      streams_(parts.options),
      links_(context_, streams_) {}

void WorkerSession::answer_by(RequestAnswerer& answerer) {
  answerer_ = &answerer;
  streams_.answer_by(answerer);
}

void WorkerSession::claim(std::vector<RouteClaim> routes) {
  context_.claim(std::move(routes));
  context_.log().debug("serves " + context_.served());
}

void WorkerSession::join_group(const std::string& group) {
  context_.join_group(group);
  context_.log().debug("serves " + context_.served());
}

void WorkerSession::join_app(AppName app) {
  context_.join_app(std::move(app));
  context_.log().debug("serves " + context_.served());
}

void WorkerSession::join_realm(WampRealm realm, LinkContext::WallClock clock) {
  context_.join_realm(std::move(realm), clock);
  context_.log().debug("serves " + context_.served());
}

// First the links: a stream that is dropped there is told to its handler in this turn.
bool WorkerSession::end_turn() {
  links_.end_turn();
  const bool did_something = answerer_->end_turn();
  streams_.accept_fresh();
  return did_something;
}

WorkerClock::time_point WorkerSession::next_timer() const {
  const auto at = std::min(answerer_->next_timer(), links_.next_timer());
  const bool waits_for_routers = is_draining() && !is_drained() && give_up_on_routers_ > now();
  return waits_for_routers ? std::min(at, give_up_on_routers_) : at;
}

void WorkerSession::begin_drain() {
  if (is_draining()) return;
  context_.drain();
  give_up_on_routers_ = now() + std::min<std::chrono::milliseconds>(options_.drain_timeout, kConfirmationTimeout);
  links_.leave();
  streams_.drain();
  answerer_->drain();
}

bool WorkerSession::is_drained() const {
  if (streams_.in_use() > 0) return false;
  return now() >= give_up_on_routers_ || links_.are_confirmed();
}

}  // namespace zeroway
