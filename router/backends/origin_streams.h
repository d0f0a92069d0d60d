// The streams of one pool on one loop, by their key. Keys count up and skip those still in use.
//
// Owner: ServersBackend.   Thread: one loop.
// A stream keeps its address until it is removed. Its memory is then kept for the next stream.
// Not here: what a stream is (backends/origin_stream.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "router/backends/limits.h"
#include "router/backends/origin_stream.h"

namespace zeroway {

class OriginStreams {
 public:
  OriginStreams(Loop& loop, std::function<void(OriginStream&)> due) : loop_(loop), due_(std::move(due)) {}

  [[nodiscard]] OriginStream& create(ReplyTo reply_to) {
    while (last_ == 0 || streams_.contains(last_)) ++last_;
    std::unique_ptr<OriginStream> stream;
    if (spare_.empty()) {
      stream = std::make_unique<OriginStream>(loop_, due_);
    } else {
      stream = std::move(spare_.back());
      spare_.pop_back();
    }
    OriginStream& made = *stream;
    made.begin(last_, reply_to);
    streams_.emplace(last_++, std::move(stream));
    return made;
  }
  [[nodiscard]] OriginStream* find(StreamKey key) const {
    const auto found = streams_.find(key);
    return found == streams_.end() ? nullptr : found->second.get();
  }
  void remove(OriginStream& stream) {
    const auto found = streams_.find(stream.key);
    stream.finish();
    if (spare_.size() < kSpareOriginStreams) spare_.push_back(std::move(found->second));
    streams_.erase(found);
  }
  // The keys of the streams for which `is_wanted` is true.
  template <class Predicate>
  [[nodiscard]] std::vector<StreamKey> select(Predicate is_wanted) const {
    std::vector<StreamKey> keys;
    for (const auto& [key, stream] : streams_)
      if (is_wanted(*stream)) keys.push_back(key);
    return keys;
  }
  [[nodiscard]] std::size_t size() const { return streams_.size(); }

 private:
  Loop& loop_;
  std::function<void(OriginStream&)> due_;
  boost::unordered_flat_map<StreamKey, std::unique_ptr<OriginStream>> streams_;
  std::vector<std::unique_ptr<OriginStream>> spare_;
  StreamKey last_ = 1;
};

}  // namespace zeroway
