// How far the replies of one connection may run ahead of their client.
//
//     64 KiB ──the client took all there was: it waits for us, the lead is too short──▶ twice as much ──▶ … 256 KiB
//
// Owner: a client session keeps the LeadBudget, each of its streams a ReplyLead.   Thread: the connection's loop.
// A hundred replies to one client share what its connection carries: beyond kFirstReplyWindow each, all of them
// together get no more than kSharedLead. Not here: what may wait where (router/http, router/net).
#pragma once
#include <algorithm>
#include <cstdint>
#include <utility>

#include "proto/limits.h"
#include "router/edge/limits.h"

namespace zeroway {

class LeadBudget {
 public:
  // As much of `wanted` as is there.
  [[nodiscard]] std::uint32_t take(std::uint32_t wanted) {
    const std::uint32_t taken = std::min(wanted, left_);
    left_ -= taken;
    return taken;
  }
  void give_back(std::uint32_t bytes) { left_ += bytes; }
  [[nodiscard]] std::uint32_t left() const { return left_; }

 private:
  std::uint32_t left_ = kSharedLead;
};

// Whether the connection has sent all that it was given.
enum class Drained : bool { no, yes };

class ReplyLead {
 public:
  // The backend said `bytes`.
  void said(std::uint32_t bytes) { ahead_ += bytes; }
  // The client took, or will with what the connection sends, `bytes` of them.
  void written(std::uint32_t bytes) { owed_ += bytes; }
  // What to credit to the backend now: all that was written, and as much again while this reply has run dry and there
  // is something in `budget`. Never in its first kFirstReplyWindow bytes: most replies end there.
  [[nodiscard]] std::uint32_t credit(Drained connection, LeadBudget& budget) {
    const std::uint32_t done = std::exchange(owed_, 0);
    ahead_ -= done;
    first_left_ -= std::min(first_left_, done);
    if (done == 0 || ahead_ > 0 || first_left_ > 0 || connection == Drained::no) return done;
    const std::uint32_t more = budget.take(std::min(done, kStreamWindow - kFirstReplyWindow - extra_));
    extra_ += more;
    return done + more;
  }
  // The reply is over, and another may begin.
  void end(LeadBudget& budget) {
    budget.give_back(extra_);
    *this = ReplyLead();
  }

 private:
  std::uint32_t ahead_ = 0;                       // said and not credited
  std::uint32_t owed_ = 0;                        // of that written
  std::uint32_t extra_ = 0;                       // credited beyond what was said
  std::uint32_t first_left_ = kFirstReplyWindow;  // until then it may not grow
};

}  // namespace zeroway
