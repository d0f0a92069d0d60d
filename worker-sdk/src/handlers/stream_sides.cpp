#include "stream_sides.h"

namespace zeroway {

LoopSide& StreamSides::use_loop_side(std::size_t max_body) { return begin(loop_side_, max_body); }

PoolSide& StreamSides::use_pool_side(std::size_t max_body) {
  if (!pool_side_) pool_side_ = std::make_unique<PoolSide>(stream_, turns_.inbox());
  return begin(*pool_side_, max_body);
}

SocketSide& StreamSides::use_socket_side(std::size_t max_body) {
  if (!socket_side_) socket_side_ = std::make_unique<SocketSide>(stream_, turns_);
  return begin(*socket_side_, max_body);
}

SocketSide* StreamSides::open_socket() {
  const bool is_used = socket_side_ && stream_.receiver() == socket_side_.get();
  return is_used && stream_.is_open() ? socket_side_.get() : nullptr;
}

template <class Side>
Side& StreamSides::begin(Side& side, std::size_t max_body) {
  side.begin(stream_.request(), max_body);
  if (turns_.is_draining()) side.drain();
  stream_.receive_by(side);
  return side;
}

}  // namespace zeroway
