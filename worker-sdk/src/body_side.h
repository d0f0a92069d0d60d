// What an ordinary request's side keeps of the body that comes.
//
// Owner: a base of LoopSide and PoolSide.   Thread: theirs; let_go() when the handler is done and nobody else is here.
// Not here: who may read it when (loop_side.h, pool_side.h).
#pragma once
#include <string>

#include "handler_side.h"
#include "kept_buffer.h"

namespace zeroway {

class BodySide : public HandlerSide {
 public:
  void let_go() override {
    HandlerSide::let_go();
    empty_buffer(in_);
    empty_buffer(current_);
  }
  [[nodiscard]] std::size_t kept_bytes() const override {
    return HandlerSide::kept_bytes() + in_.capacity() + current_.capacity();
  }

 protected:
  void forget_body() {
    in_.clear();
    current_.clear();
    body_is_over_ = false;
  }

  std::string in_;       // arrived and not read
  std::string current_;  // what read() gave out
  bool body_is_over_ = false;
};

}  // namespace zeroway
