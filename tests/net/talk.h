// The user of a connection in a test: writes down what it is told.
//
// Owner: the test.   Thread: its own, which runs the loop.
#pragma once
#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "router/net/connection.h"
#include "router/net/loop.h"
#include "tests/support/run_until.h"

namespace zeroway {

class Talk : public ConnectionEvents {
 public:
  // Owns the connection from now on.
  void serve(std::unique_ptr<Connection> connection) {
    connection_ = std::move(connection);
    connection_->serve(*this);
  }
  void say(std::string text) {
    REQUIRE(connection_);
    REQUIRE(connection_->send(text));
  }
  // In order, and forgets the connection when that is done at once.
  void close() {
    if (connection_->close(Linger::no)) connection_.reset();
  }
  void drop() { connection_.reset(); }
  [[nodiscard]] Connection* connection() const { return connection_.get(); }

  std::string heard;
  std::string end;       // "ended", "lost", both in their order
  std::string failure;   // of a lost connection
  bool is_echo = false;  // answers with what it hears

 private:
  std::size_t received(Bytes bytes) override {
    heard.append(as_text(bytes));
    if (is_echo) say(std::string(as_text(bytes)));
    return bytes.size();
  }
  void input_ended() override { end += "ended "; }
  void hung_up() override {}
  void written() override {}
  void lost() override {
    end += "lost ";
    failure = connection_->failure();
    connection_.reset();
  }

  std::unique_ptr<Connection> connection_;
};

// For five seconds at most.
inline bool run_until(Loop& loop, const std::function<bool()>& is_so) {
  return run_until(loop, is_so, std::chrono::seconds(5));
}

// Whether it stays so for a tenth of a second.
inline bool stays(Loop& loop, const std::function<bool()>& is_so) {
  bool is_over = false;
  Timer limit(loop, [&] { is_over = true; });
  limit.set(std::chrono::milliseconds(100));
  return !run_until(loop, [&] { return !is_so() || is_over; }) || is_so();
}

}  // namespace zeroway
