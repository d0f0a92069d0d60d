// Dealt streams that the router gave up although a worker may have got them. When a worker sends a frame about such a
// stream, the router tells the worker that the stream is over. Otherwise the worker would hold the stream for ever.
//
// Owner: Proof.   Thread: one loop.
// Pure. Not here: when a dealt stream is given up (router/fabric/proof.h).
#pragma once
#include <boost/unordered/unordered_flat_set.hpp>
#include <deque>
#include <utility>

#include "proto/frame.h"
#include "router/fabric/limits.h"
#include "router/observe/time.h"

namespace zeroway {

class AbandonedStreams {
 public:
  void add(StreamId id, Time now) {
    ids_.insert(id);
    order_.emplace_back(id, now);
  }
  // Whether the stream `id` is abandoned. The id is taken out.
  [[nodiscard]] bool take(StreamId id) { return ids_.erase(id) > 0; }
  // Forgets the streams about which no worker has sent a frame for kAbandonedFor.
  void trim(Time now) {
    while (!order_.empty() && now - order_.front().second >= kAbandonedFor) {
      ids_.erase(order_.front().first);
      order_.pop_front();
    }
  }

 private:
  boost::unordered_flat_set<StreamId> ids_;
  std::deque<std::pair<StreamId, Time>> order_;
};

}  // namespace zeroway
