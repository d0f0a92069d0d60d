// The worker without its sockets: links and their streams, choosing handlers, coroutines, timers, draining. Messages
// come in through its links and go out through their writers, so that tests can script them.
//
// Owner: Worker.   Thread: the loop; handlers are added before it runs.
// Not here: sockets, signals and the clock (worker_loop.h).
#pragma once
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "guarded.h"
#include "handler_pool.h"
#include "handlers.h"
#include "inbox.h"
#include "proto/control.h"
#include "proto/hpack.h"
#include "router_address.h"
#include "router_link.h"
#include "worker_log.h"
#include "worker_stream.h"
#include "zeroway/worker.h"

namespace zeroway {

using WorkerClock = std::chrono::steady_clock;

// Sends the content of a link's writer at once, and leaves the writer empty.
class LinkSender {
 public:
  virtual ~LinkSender() = default;
  virtual void send(RouterLink& link) = 0;
};

class WorkerCore {
 public:
  struct Parts {  // given for the core's life
    const WorkerOptions& options;
    const WorkerLog& log;
    Inbox& inbox;
    HandlerPool& pool;
    LinkSender& sender;
  };
  WorkerCore(Parts parts, Hello hello);
  ~WorkerCore();

  using Kind = Handlers::Kind;
  void add_handler(std::string_view methods, std::string_view pattern, Handler handler, Kind kind);
  void add_handler(std::string_view methods, std::string_view pattern, AsyncHandler handler);
  void add_handler(std::string_view pattern, WebSocketHandler handler);
  Handlers& handlers() { return handlers_; }
  ErrorReplies& error_replies() { return error_replies_; }
  // Runs `job` on a thread of the pool, then resumes the coroutine on the loop.
  void run_on_pool(std::function<void()>& job, std::coroutine_handle<> awaiter);

  // Puts this worker's claims into HELLO: the routes of its options, else the paths that its handlers answer. Call it
  // after the last handler, before the first link.
  void claim_routes();
  // The routers to serve from now on. Links to other addresses are left; no request is lost.
  void set_routers(const std::vector<RouterAddresses>& routers);
  // A link that was given up has been disconnected.
  void hung_up(RouterLink& link);
  // Whether this worker wants to be connected to the link's deal: a link of a worker with routes is never dealt to.
  [[nodiscard]] bool is_dealt_to(const RouterLink& link) const {
    return hello_.routes.empty() && link.may_be_dealt_to();
  }
  // Whether another address of the same --connect endpoint has welcomed this worker.
  [[nodiscard]] bool is_served_elsewhere(const RouterLink& link) const;
  [[nodiscard]] const std::vector<std::unique_ptr<RouterLink>>& links() const { return links_; }

  // A turn of the loop begins; then come its messages.
  void begin_turn(WorkerClock::time_point now) { now_ = now; }
  // The turn ends, after its messages: runs calls of other threads, timers and coroutines. Then the routers learn which
  // streams this worker holds. Afterwards the links' writers hold the frames to send. False when the turn had nothing
  // to do.
  bool end_turn();
  // When the next turn is due without a message; max() = never.
  [[nodiscard]] WorkerClock::time_point next_timer() const;

  // Tells the routers that this worker leaves.
  void begin_drain();
  [[nodiscard]] bool is_draining() const { return is_draining_; }
  // Every router has confirmed (or is gone, or does not answer), and every stream is over.
  [[nodiscard]] bool is_drained() const;
  // Drops every stream and cancels their handlers; returns how many streams there were.
  std::size_t cancel_all();

  // For links, streams and sides.
  HpackEncoder& encoder() { return encoder_; }
  HpackDecoder& decoder() { return decoder_; }
  Head& scratch_head() { return scratch_head_; }
  const WorkerLog& log() const { return parts_.log; }
  Inbox& inbox() { return parts_.inbox; }
  LinkSender& sender() { return *sender_; }
  // From now on messages are sent by this sender.
  void send_by(LinkSender& sender) { sender_ = &sender; }
  [[nodiscard]] const std::string& name() const { return hello_.name; }
  // The worker's description of itself in HELLO, for a connection with this routing id.
  [[nodiscard]] Hello hello(const std::string& instance, const std::string& replaces) const;
  [[nodiscard]] std::size_t max_body() const { return parts_.options.max_body; }
  [[nodiscard]] bool is_full() const { return in_use_ >= parts_.options.capacity; }
  [[nodiscard]] std::size_t streams_in_use() const { return in_use_; }
  // Logs a fault of a router; at most ten lines in a second.
  void complain(const std::string& text);
  void welcomed(RouterLink& link, const Welcome& welcome, bool is_first);

  // A free stream, to decode a head into. opened() takes it.
  WorkerStream& spare();
  void opened(WorkerStream& stream);
  [[nodiscard]] WorkerStream* find_fresh(const RouterLink& link, StreamId id);
  // Starts the handlers of the streams that the last message has opened.
  void dispatch_fresh(RouterLink& link);
  void release(WorkerStream& stream);
  // Claims every stream that was opened in this turn and has not sent a frame yet.
  void accept_fresh();

  void resume_later(std::coroutine_handle<> awaiter) { ready_.push_back(awaiter); }
  [[nodiscard]] WorkerClock::time_point now() const { return now_; }
  [[nodiscard]] std::size_t timers() const { return timers_.size(); }
  [[nodiscard]] std::uint64_t start_timer(std::chrono::milliseconds duration, HandlerSide& side);
  void body_is_complete(WorkerStream& stream);
  void body_too_large(WorkerStream& stream);

 private:
  struct Timer {
    WorkerClock::time_point at;
    std::uint64_t ticket;
    HandlerSide* side;
    bool operator>(const Timer& other) const { return at > other.at; }
  };

  void dispatch(WorkerStream& stream);
  void prepare(HandlerSide& side, std::string_view path);
  LoopSide& use_error_side(WorkerStream& stream);
  void answer_preflight(WorkerStream& stream, const Cors& cors);
  void answer_by(const Handler& handler, WorkerStream& stream, LoopSide& side);
  void run_pooled(PoolSide& side);
  void dispatch_socket(WorkerStream& stream, std::string_view path);
  void answer_unmatched(WorkerStream& stream);
  void run_inline(WorkerStream& stream);
  void close_sockets_slowly();
  void review_links();
  void review_duplicates();
  [[nodiscard]] std::vector<LinkTarget> wanted() const;
  [[nodiscard]] RouterLink* find_link(const std::string& steer);
  [[nodiscard]] RouterLink* find_double(const RouterLink& link);
  void ring_timers();
  void drop_stale_timers();
  bool resume_ready();

  Parts parts_;
  Hello hello_;
  HpackEncoder encoder_;
  HpackDecoder decoder_;
  Head scratch_head_;
  LinkSender* sender_;
  Handlers handlers_;
  ErrorReplies error_replies_;
  RouteMatch match_;
  std::vector<RouterAddresses> routers_;
  std::vector<std::unique_ptr<RouterLink>> links_;  // an unused link is used again: its index is a name in the loop

  std::vector<std::unique_ptr<WorkerStream>> streams_;
  std::vector<WorkerStream*> free_;
  std::size_t in_use_ = 0;
  std::vector<WorkerStream*> fresh_, dispatching_;  // opened by the message being read
  struct Unaccepted {
    WorkerStream* stream;
    RouterLink* link;
    StreamId id;
  };
  std::vector<Unaccepted> unaccepted_;  // opened in this turn, and not over already

  std::vector<std::coroutine_handle<>> ready_, running_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::uint64_t last_ticket_ = 0;
  WorkerClock::time_point now_{};

  bool is_draining_ = false;
  WorkerClock::time_point give_up_on_routers_{};
  WorkerClock::time_point complaints_since_{};
  unsigned complaints_ = 0;
};

}  // namespace zeroway
