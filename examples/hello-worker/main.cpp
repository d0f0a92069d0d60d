// Answers every request with a greeting, on every path.
#include "hello.h"

int main(int argc, char** argv) {
  zeroway::Worker worker(zeroway::WorkerOptions::from_command_line(argc, argv));
  register_hello(worker);
  return worker.run();
}
