// Whole fabric messages into a worker's link: whatever a router sends, the worker neither crashes nor leaks, what it
// sends back are whole frames, and it goes on serving. The input is cut at 0xFF 0x00 into messages.
#include <cstdlib>

#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;

namespace {

struct Fuzzed : ScriptedWorker {
  Fuzzed() : ScriptedWorker(options_of()) {
    runner.add_handler(
        "GET", "/hello", [](Request&, Reply& reply) { reply.send("hello"); }, Handlers::Kind::on_loop);
    runner.add_handler(
        "POST,PUT", "/{name}/*", [](Request& request, Reply& reply) { reply.send(request.body()); },
        Handlers::Kind::on_loop);
    runner.add_handler("*", "/*", [](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
      while (const auto piece = co_await request.read()) co_await reply.write(*piece);
      co_await request.sleep(std::chrono::milliseconds(1));
      if (request.raw_query() == "fail") throw StatusError(500, "failed");
    });
    runner.add_handler("/*", [](WebSocket& socket) -> Task<void> {
      socket.accept(socket.offers("chat") ? "chat" : "");
      while (const auto message = co_await socket.receive(1'000)) {
        socket.post_text(message->bytes);
        co_await socket.send(*message);
      }
    });
    runner.add_handler("/pieces/*", [](WebSocket& socket) -> Task<void> {
      while (const auto piece = co_await socket.receive_piece()) co_await socket.send_piece(*piece);
      if (socket.close_code() == 4000) throw StatusError(500, "failed");
    });
  }
  static WorkerOptions options_of() {
    WorkerOptions options;
    options.capacity = 8;
    options.max_body = 1'000;
    options.log = [](std::string_view) {};
    return options;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  Fuzzed worker;
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  while (!rest.empty()) {
    const std::size_t cut = rest.find(std::string_view("\xff\0", 2));
    worker.link().receive(as_bytes(rest.substr(0, cut)));
    (void)worker.turn();
    worker.now += std::chrono::milliseconds(1);
    rest.remove_prefix(cut == std::string_view::npos ? rest.size() : cut + 2);
  }
  worker.link().up();
  (void)worker.turn();
  if (worker.session.streams_in_use() != 0) std::abort();
  worker.open(1, Fuzzed::get("/hello"));
  if (worker.turn() != "head 1 :status=200 content-length=5 · data 1 hello end") std::abort();
  return 0;
}
