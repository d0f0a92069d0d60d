// Answers the requests of a session: finds the handler of each request, and runs it inline, on the pool or as a
// coroutine. Requests without a handler are answered here too.
//
// Owner: Worker.   Thread: the loop; handlers are added before it runs.
// Not here: streams and links (worker_session.h), the kinds of handlers (stream_sides.h), timers (handler_turns.h).
#pragma once
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "guarded.h"
#include "handler_pool.h"
#include "handler_turns.h"
#include "handlers.h"
#include "stream_sides.h"
#include "wamp_handler.h"
#include "worker-sdk/src/session/request_answerer.h"
#include "worker-sdk/src/session/worker_session.h"
#include "worker-sdk/src/worker_log.h"
#include "zeroway/options.h"

namespace zeroway {

class HandlerRunner final : public RequestAnswerer, public InlineRunner {
 public:
  struct Parts {  // given for the runner's life
    const WorkerOptions& options;
    const WorkerLog& log;
    Inbox& inbox;
    HandlerPool& pool;
    WorkerSession& session;  // answered by this runner from now on
  };
  explicit HandlerRunner(const Parts& parts);

  using Kind = Handlers::Kind;
  void add_handler(std::string_view methods, std::string_view pattern, Handler handler, Kind kind);
  void add_handler(std::string_view methods, std::string_view pattern, AsyncHandler handler);
  void add_handler(std::string_view pattern, WebSocketHandler handler);
  void add_handler(std::string_view pattern, TcpHandler handler);
  // The worker serves this realm alone. Throws std::invalid_argument as Worker::realm() does.
  void serve_realm(const ServedRealm& realm, WampHandler handler);
  Handlers& handlers() { return handlers_; }
  ErrorReplies& error_replies() { return error_replies_; }
  // Runs `job` on a thread of the pool, then resumes the coroutine on the loop.
  void run_on_pool(std::function<void()>& job, std::coroutine_handle<> awaiter);
  // Puts this worker's claims into HELLO: the routes of its options, else the paths that its handlers answer. Call it
  // after the last handler, before the first link.
  void claim_routes();

  void answer(WorkerStream& stream) override;
  bool end_turn() override { return turns_.run(); }
  [[nodiscard]] WorkerClock::time_point next_timer() const override { return turns_.next_timer(); }
  void drain() override;
  void body_is_complete(LoopSide& side) override;
  void body_is_too_large(LoopSide& side) override;

  [[nodiscard]] std::size_t timers() const { return turns_.timers(); }

 private:
  [[nodiscard]] std::size_t max_body() const { return parts_.options.max_body; }
  StreamSides& sides_of(WorkerStream& stream);
  void answer_by_pool(WorkerStream& stream, std::string_view path);
  void answer_on_loop(WorkerStream& stream, std::string_view path, const Handlers::Entry& entry);
  void answer_socket(WorkerStream& stream, std::string_view path);
  void answer_tunnel(WorkerStream& stream, std::string_view path);
  void answer_preflight(WorkerStream& stream, const Cors& cors);
  void answer_unmatched(WorkerStream& stream);
  void answer_by(const Handler& handler, LoopSide& side);
  void prepare(HandlerSide& side, std::string_view path);
  LoopSide& use_error_side(WorkerStream& stream);
  void run_pooled(PoolSide& side);

  Parts parts_;
  Handlers handlers_;
  std::optional<WampRealm> realm_;
  ErrorReplies error_replies_;
  RouteMatch match_;
  HandlerTurns turns_;
  std::vector<std::unique_ptr<StreamSides>> sides_;  // by WorkerStream::number()
};

}  // namespace zeroway
