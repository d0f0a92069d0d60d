// The part of an ordinary request's side that keeps the incoming body.
//
// Owner: a base of LoopSide and PoolSide.   Thread: theirs; let_go() when the handler is done and no other thread uses
// it.
// Not here: when the handler may read the body (loop_side.h, pool_side.h).
#pragma once
#include <string>

#include "handler_side.h"
#include "worker-sdk/src/session/kept_buffer.h"

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

  std::string in_;       // bytes that arrived and were not read
  std::string current_;  // the bytes that read() gave out
  bool body_is_over_ = false;
};

}  // namespace zeroway
