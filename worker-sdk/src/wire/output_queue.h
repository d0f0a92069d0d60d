// Bytes that wait to be sent on a socket: large messages as they are, and small ones together in a tail.
//
// Owner: a LoopConnection; the tail is its session's output.   Thread: the loop.
// Not here: how much may wait. The credit of the streams bounds it.
#pragma once
#include <cstddef>
#include <deque>
#include <string>

namespace zeroway {

class OutputQueue {
 public:
  // Puts the tail's bytes and then `large` at the end of the queue. The tail is empty afterwards.
  void add(std::string& tail, std::string large);
  // Sends the queue, then the tail, as far as the socket takes them; what is sent is removed. Returns 0, or the errno
  // that says that the socket will take nothing any more.
  [[nodiscard]] int send(int socket, std::string& tail);
  // Throws everything away.
  void clear(std::string& tail);
  // Whether send() has left something.
  [[nodiscard]] bool waits() const { return waits_; }

 private:
  void sent(std::size_t count, std::string& tail);

  std::deque<std::string> parts_;
  std::size_t sent_ = 0;  // of the first part, or of the tail when there is no part
  bool waits_ = false;
};

}  // namespace zeroway
