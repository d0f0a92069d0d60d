// The router that TestClient plays: makes frames for a worker's session, and reads the frames that the session sends.
//
// Owner: TestClient.   Thread: the test's; other threads wake it through the inbox.
// Not here: the clock and sockets of a real worker (worker_loop.h).
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "handler_runner.h"
#include "proto/message.h"
#include "worker-sdk/src/session/worker_session.h"
#include "zeroway/testing.h"

namespace zeroway {

// One request or WebSocket, from the client's side.
struct TestExchange {
  StreamId id = 0;
  bool is_web_socket = false;

  // To the worker: pieces that wait for credit, then the end.
  struct Piece {
    std::string bytes;
    bool is_text = true;  // WebSockets only: a whole message
    std::size_t sent = 0;
  };
  std::deque<Piece> out;
  std::int64_t window = 0;
  bool ends = false, has_ended = false;  // the test asked for the end; the end was sent
  Head trailers;

  // From the worker.
  TestReply reply;             // its body holds the bytes that have come and were not read
  std::size_t uncredited = 0;  // credit owed for messages: it is given when receive() finds no whole message
  std::deque<TestWebSocket::Message> messages;
  std::string message;  // the message so far
  bool has_head = false, is_over = false;
};

// The parts of a worker that the test client drives, in the place of the loop and its sockets.
struct TestedWorker {
  WorkerSession& session;
  HandlerRunner& runner;
  Inbox& inbox;
  HandlerPool& pool;
  LinkSender& sender;           // gets the session back when the test client ends
  std::atomic<int>& stops;      // how often the worker was told to stop
  const std::uint32_t threads;  // of the pool
};

class TestRouter final : public LinkSender {
 public:
  TestRouter(const TestedWorker& worker, std::chrono::milliseconds patience);
  ~TestRouter() override;

  [[nodiscard]] std::shared_ptr<TestExchange> open(const Head& head, bool has_body);
  void reset(TestExchange& exchange);
  // The test has read this many bytes of the reply.
  void credit(TestExchange& exchange, std::size_t bytes);

  // One turn of the loop; false when the turn had nothing to do.
  bool turn();
  void run();
  // Runs turns until `is_there`; throws std::runtime_error when the patience is over.
  void run_until(const std::function<bool()>& is_there, const std::string& what);
  void advance(std::chrono::milliseconds duration);
  void drain();
  [[nodiscard]] WorkerSession& session() { return worker_.session; }

  void send(RouterLink& link) override;

 private:
  void send_pieces(TestExchange& exchange);
  void handle(const Frame& frame);
  void handle_head(TestExchange& exchange, const Frame& frame);
  void handle_message(TestExchange& exchange, const Frame& frame);
  [[nodiscard]] bool jump_to_next_timer();
  void wait_for_others(std::chrono::steady_clock::time_point until);
  void wake();

  TestedWorker worker_;
  RouterLink* link_ = nullptr;
  std::chrono::milliseconds patience_;
  WorkerClock::time_point now_;
  HpackEncoder encoder_;
  HpackDecoder decoder_;
  MessageWriter in_;
  std::string out_;
  std::map<StreamId, std::shared_ptr<TestExchange>> exchanges_;
  StreamId next_id_ = 1;

  std::mutex mutex_;  // guards the members below
  std::condition_variable woken_;
  bool is_woken_ = false;
};

}  // namespace zeroway
