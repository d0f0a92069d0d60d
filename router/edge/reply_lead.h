// How many bytes of replies the backends may send before the client of the connection has taken them.
//
//     64 KiB ──the client took all of it and waits for more: the lead is too short──▶ twice as much ──▶ … 256 KiB
//
// Owner: a client session keeps the LeadBudget, each of its streams a ReplyLead.   Thread: the connection's loop.
// A hundred replies to one client share the rate of its connection. So beyond kFirstReplyWindow for each reply, all
// replies together get no more than kSharedLead. Not here: where bytes wait (router/http, router/net).
#pragma once
#include <algorithm>
#include <cstdint>
#include <utility>

#include "proto/limits.h"
#include "router/edge/limits.h"

namespace zeroway {

class LeadBudget {
 public:
  // Takes `wanted` bytes, or as many as are left, and returns how many.
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

// Whether the connection has sent all bytes that it was given.
enum class Drained : bool { no, yes };

class ReplyLead {
 public:
  // The backend sent `bytes`.
  void said(std::uint32_t bytes) { ahead_ += bytes; }
  // The client's connection took `bytes` of the reply.
  void written(std::uint32_t bytes) { owed_ += bytes; }
  // How many bytes to credit to the backend now: all bytes that were written, and up to as many again from `budget`
  // when the client has taken the whole lead. Never more within the first kFirstReplyWindow bytes: most replies end
  // there.
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
  std::uint32_t ahead_ = 0;                       // sent by the backend and not credited
  std::uint32_t owed_ = 0;                        // the part of ahead_ that was written
  std::uint32_t extra_ = 0;                       // credited beyond what the backend sent
  std::uint32_t first_left_ = kFirstReplyWindow;  // bytes after which the lead may grow
};

}  // namespace zeroway
