// A worker's session with its routers: links and their streams, and the drain. Messages come in through the links and
// go out through their writers, so that tests can script them; requests go to the answerer.
//
// Owner: Worker.   Thread: the loop.
// Not here: sockets, signals and the clock (whoever runs the turns), handlers (request_answerer.h).
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "link_context.h"
#include "request_answerer.h"
#include "router_links.h"
#include "worker_streams.h"
#include "zeroway/options.h"

namespace zeroway {

class WorkerSession {
 public:
  struct Parts {  // given for the session's life
    const WorkerOptions& options;
    const WorkerLog& log;
    LinkSender& sender;
  };
  WorkerSession(const Parts& parts, Hello hello);

  // Before the first message.
  void answer_by(RequestAnswerer& answerer);
  // From now on messages are sent by this sender.
  void send_by(LinkSender& sender) { context_.send_by(sender); }
  // Puts these routes into HELLO; empty = the open pool. Before the first link.
  void claim(std::vector<RouteClaim> routes);
  // The worker serves this group, and claims nothing. Before the first link.
  void join_group(const std::string& group);
  // The worker serves this app alone. Before the first link.
  void join_app(AppName app);
  // The worker serves this realm alone. Before the first link. `clock` gives ms since 1970.
  void join_realm(WampRealm realm, LinkContext::WallClock clock);

  void set_routers(const std::vector<RouterAddresses>& routers) { links_.set_routers(routers); }
  // A link that was given up has been disconnected.
  void hung_up(RouterLink& link) { links_.hung_up(link); }
  // Whether this worker wants to be connected to the link's deal: a worker with routes or a group is never dealt to.
  [[nodiscard]] bool is_dealt_to(const RouterLink& link) const { return context_.is_open() && link.may_be_dealt_to(); }
  [[nodiscard]] bool is_served_elsewhere(const RouterLink& link) const { return links_.is_served_elsewhere(link); }
  [[nodiscard]] const std::vector<std::unique_ptr<RouterLink>>& links() const { return links_.all(); }

  // A turn of the loop begins; then come its messages.
  void begin_turn(WorkerClock::time_point now) { context_.begin_turn(now); }
  // The turn ends, after its messages: the answerer's turn. Then the routers learn which streams this worker holds.
  // Afterwards the links' writers hold the frames to send. False when the turn had nothing to do.
  bool end_turn();
  // When the next turn is due without a message; max() = never.
  [[nodiscard]] WorkerClock::time_point next_timer() const;
  [[nodiscard]] WorkerClock::time_point now() const { return context_.now(); }

  // Tells the routers that this worker leaves.
  void begin_drain();
  [[nodiscard]] bool is_draining() const { return context_.is_draining(); }
  // Every router has confirmed (or is gone, or does not answer), and every stream is over.
  [[nodiscard]] bool is_drained() const;
  // Drops every stream and cancels their handlers; returns how many streams there were.
  std::size_t cancel_all() { return streams_.cancel_all(); }

  [[nodiscard]] const std::string& name() const { return context_.name(); }
  [[nodiscard]] std::size_t streams_in_use() const { return streams_.in_use(); }
  // A free stream; for tests.
  WorkerStream& spare() { return streams_.spare(); }
  // Logs a fault of a router; at most ten lines in a second.
  void complain(const std::string& text) { context_.complain(text); }

 private:
  const WorkerOptions& options_;
  LinkContext context_;
  WorkerStreams streams_;
  RouterLinks links_;
  RequestAnswerer* answerer_ = nullptr;
  WorkerClock::time_point give_up_on_routers_{};
};

}  // namespace zeroway
