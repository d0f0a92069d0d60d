// In a file of its own: an application without a test client links nothing of it.
#include <stdexcept>
#include <utility>

#include "worker-sdk/src/handlers/test_router.h"
#include "worker_body.h"
#include "zeroway/testing.h"

namespace zeroway {

TestClient::TestClient(Worker& worker, std::chrono::milliseconds patience) {
  Worker::Body& body = *worker.body_;
  if (std::exchange(body.has_run, true)) throw std::logic_error("this worker has run, or has had a client");
  const TestedWorker tested{body.session, body.runner,       body.inbox,          body.pool,
                            body.loop,    body.loop.stops(), body.options.threads};
  router_ = std::make_unique<TestRouter>(tested, patience);
}

}  // namespace zeroway
