// The parts of a Worker.
//
// Owner: Worker.   Thread: made and destroyed by the application's thread; run() and TestClient use it in between.
// Not here: the work of the parts.
#pragma once
#include <sys/types.h>
#include <unistd.h>

#include "worker-sdk/src/handlers/handler_pool.h"
#include "worker-sdk/src/handlers/handler_runner.h"
#include "worker-sdk/src/handlers/inbox.h"
#include "worker-sdk/src/session/worker_session.h"
#include "worker-sdk/src/wire/worker_loop.h"
#include "worker_log.h"
#include "zeroway/worker.h"

namespace zeroway {

class Worker::Body {
 public:
  explicit Body(WorkerOptions given);
  // The pool's threads are destroyed first: their last calls still find their streams.
  ~Body() { pool.stop(); }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  WorkerOptions options;
  WorkerLog log;
  Inbox inbox;
  WorkerLoop loop;
  HandlerPool pool;
  WorkerSession session;
  HandlerRunner runner;
  const pid_t process = getpid();  // the process that made the worker
  bool has_run = false;            // run() was called, or a test client has used the worker
};

}  // namespace zeroway
