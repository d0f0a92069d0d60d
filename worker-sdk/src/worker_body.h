// What a Worker is made of.
//
// Owner: Worker.   Thread: made and destroyed by the application's; run() and TestClient use it in between.
// Not here: what the parts do.
#pragma once
#include <sys/types.h>
#include <unistd.h>

#include "handler_pool.h"
#include "inbox.h"
#include "worker_core.h"
#include "worker_log.h"
#include "worker_loop.h"

namespace zeroway {

class Worker::Body {
 public:
  explicit Body(WorkerOptions given);
  // The pool's threads go first: their last words still find the core's streams.
  ~Body() { pool.stop(); }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  WorkerOptions options;
  WorkerLog log;
  Inbox inbox;
  WorkerLoop loop;
  HandlerPool pool;
  WorkerCore core;
  const pid_t process = getpid();  // that made it
  bool has_run = false;            // or a test client has used it
};

}  // namespace zeroway
