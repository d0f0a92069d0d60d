// The sides of one stream: what a handler of each kind uses it by. Made when first needed, then used again.
//
// Owner: HandlerRunner; as long as the stream.   Thread: the loop.
// Not here: which kind of handler a request has (handler_runner.h), the stream itself (worker_stream.h).
#pragma once
#include <memory>

#include "loop_side.h"
#include "pool_side.h"
#include "socket_side.h"

namespace zeroway {

class StreamSides {
 public:
  StreamSides(WorkerStream& stream, HandlerTurns& turns, InlineRunner& runner)
      : stream_(stream), turns_(turns), loop_side_(stream, turns, runner) {}

  // The side that the handler will use; it is begun here, and receives all later bytes.
  LoopSide& use_loop_side(std::size_t max_body);
  PoolSide& use_pool_side(std::size_t max_body);
  SocketSide& use_socket_side(std::size_t max_body);
  // nullptr when the stream is no open WebSocket.
  SocketSide* open_socket();

 private:
  template <class Side>
  Side& begin(Side& side, std::size_t max_body);

  WorkerStream& stream_;
  HandlerTurns& turns_;
  LoopSide loop_side_;
  std::unique_ptr<PoolSide> pool_side_;
  std::unique_ptr<SocketSide> socket_side_;
};

}  // namespace zeroway
