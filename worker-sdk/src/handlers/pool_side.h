// A stream as a handler on the pool uses it. The handler's calls are kept in order until the loop takes them; the
// router's frames are kept until the handler asks for them.
//
// Owner: StreamSides.   Thread: the handler's thread on one side, the loop on the other; a mutex between.
// Not here: the threads (handler_pool.h), waking the loop (inbox.h).
#pragma once
#include <condition_variable>
#include <mutex>
#include <vector>

#include "body_side.h"
#include "inbox.h"
#include "worker-sdk/src/session/worker_stream.h"

namespace zeroway {

class PoolSide final : public BodySide, public InboxItem {
 public:
  PoolSide(WorkerStream& stream, Inbox& inbox) : stream_(stream), inbox_(inbox) {}

  // Handler's thread: its last call.
  void done();
  // Loop: passes on the handler's calls since the last time.
  void deliver() override;

  std::optional<std::string_view> read() override;
  void write(std::string_view piece) override;
  void sleep(std::chrono::milliseconds duration) override;
  bool sleep_unless_draining(std::chrono::milliseconds duration) override;

  void data(Bytes bytes) override;
  void end(Head* trailers) override;
  void credit(std::uint32_t bytes) override;
  void reset() override;
  void drain() override;

 protected:
  void put_head(Head& head, Last last) override;
  void put_data(std::string_view bytes, Last last) override;
  void put_end(Head& trailers) override;
  void put_whole(Head& head, std::string_view body) override;
  void put_reset(ResetCode code) override;
  void reset_for_next() override;

 private:
  enum class Verb : std::uint8_t { head, data, end, reset, credit, wants_body, done };
  struct Said {
    explicit Said(Verb what) : verb(what) {}
    Verb verb;
    Last last = Last::no;
    Head head;
    std::string bytes;
    std::size_t number = 0;
  };
  void say(Said said);
  void say_locked(Said said, const std::unique_lock<std::mutex>& held);

  WorkerStream& stream_;
  Inbox& inbox_;
  std::mutex mutex_;  // guards what both threads use, in_ and body_is_over_ too; current_ is the handler's
  std::condition_variable changed_;
  std::vector<Said> said_;
  std::vector<Said> taken_;  // the loop's own
  bool is_in_inbox_ = false;
  Head arrived_trailers_;
  std::int64_t writable_ = 0;
  bool is_draining_ = false;  // the worker drains; never false again
};

}  // namespace zeroway
