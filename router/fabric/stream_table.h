// The streams of one loop by their id. Ids count up, wrap at 2^31-1, and skip the ids still in use.
//
// Owner: Streams.   Thread: one loop.
// A stream keeps its address until it is removed. Its memory is then kept for the next stream.
// Not here: what a stream is (router/fabric/fabric_stream.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <vector>

#include "router/fabric/fabric_stream.h"

namespace zeroway {

class StreamTable {
 public:
  // `first`: the first id to give, 1 … 2^31-1.
  explicit StreamTable(StreamId first) : next_(first) {}

  [[nodiscard]] FabricStream& create(ReplyTo reply_to);
  [[nodiscard]] FabricStream* find(StreamId id);
  [[nodiscard]] const FabricStream* find(StreamId id) const;
  void remove(StreamId id);
  [[nodiscard]] std::size_t size() const { return streams_.size(); }
  // `look` adds and removes no stream.
  template <class Look>
  void for_each(Look look) const {
    for (const auto& [id, stream] : streams_) look(*stream);
  }
  // The ids of all streams for which `is_wanted` returns true. The caller may remove streams while it walks the result.
  template <class Predicate>
  [[nodiscard]] std::vector<StreamId> select(Predicate is_wanted) const {
    std::vector<StreamId> ids;
    for (const auto& [id, stream] : streams_)
      if (is_wanted(*stream)) ids.push_back(id);
    return ids;
  }

 private:
  [[nodiscard]] StreamId next_free();

  boost::unordered_flat_map<StreamId, std::unique_ptr<FabricStream>> streams_;
  std::vector<std::unique_ptr<FabricStream>> spare_;
  StreamId next_;
};

}  // namespace zeroway
