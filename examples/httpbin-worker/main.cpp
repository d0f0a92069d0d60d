// A worker with the endpoints of httpbin.org, and more that httpbin.org lacks: streams both ways, trailers, early
// hints.
#include <zeroway/worker.h>

#include "answers.h"
#include "streams.h"

int main(int argc, char** argv) {
  zeroway::WorkerOptions defaults;
  defaults.name = "httpbin-worker";
  defaults.max_body = 16 << 20;  // /post and /anything show the body: they hold it, and as JSON it is larger
  zeroway::Worker worker(zeroway::WorkerOptions::from_command_line(argc, argv, defaults));
  register_answers(worker);
  register_streams(worker);
  return worker.run();
}
