#include "examples/hello-worker/hello.h"

#include <doctest/doctest.h>
#include <zeroway/testing.h>

TEST_CASE("hello: every method and every path is greeted, by the worker's name") {
  zeroway::WorkerOptions options;
  options.name = "worker-1";
  zeroway::Worker worker(options);
  register_hello(worker);
  zeroway::TestClient client(worker);
  for (const char* path : {"/", "/anything", "/a/b?c=100%"}) {
    const auto reply = client.get(path);
    CHECK(reply.status == 200);
    CHECK(reply.body == "Hello from worker-1\n");
    CHECK(reply.field("content-type") == "text/plain");
    CHECK(reply.field("x-zmq") == "worker-1");
  }
  CHECK(client.post("/", "body").body == "Hello from worker-1\n");
  CHECK(client.head("/").body.empty());
}
