#include "router/fabric/stream_table.h"

#include "router/fabric/limits.h"

namespace zeroway {

StreamId StreamTable::next_free() {
  do {
    next_ = next_ >= kMaxStreamId ? 1 : next_ + 1;
  } while (streams_.contains(next_));
  return next_;
}

FabricStream& StreamTable::create(ReplyTo reply_to) {
  std::unique_ptr<FabricStream> stream;
  if (spare_.empty()) {
    stream = std::make_unique<FabricStream>();
  } else {
    stream = std::move(spare_.back());
    spare_.pop_back();
  }
  const StreamId id = next_free();
  stream->reset_for(id, reply_to);
  FabricStream& created = *stream;
  streams_.emplace(id, std::move(stream));
  return created;
}

FabricStream* StreamTable::find(StreamId id) {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.get();
}

const FabricStream* StreamTable::find(StreamId id) const {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.get();
}

void StreamTable::remove(StreamId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  std::unique_ptr<FabricStream> stream = std::move(found->second);
  streams_.erase(found);
  if (spare_.size() < kWarmStreams && stream->opening.capacity() <= kWarmOpening) spare_.push_back(std::move(stream));
}

}  // namespace zeroway
