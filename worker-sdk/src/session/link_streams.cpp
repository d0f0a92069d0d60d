#include "link_streams.h"

#include "limits.h"

namespace zeroway {

void LinkStreams::put_head(StreamId id, const Head& head, Last last) {
  out_.headers(id, head, context_.encoder(), last);
  send_if_large();
}

void LinkStreams::put_data(StreamId id, Bytes bytes, Last last) {
  out_.data(id, bytes, last);
  send_if_large();
}

void LinkStreams::put_piece(StreamId id, Bytes bytes, MessageKind kind, Last last) {
  out_.piece(id, bytes, kind, last);
  send_if_large();
}

void LinkStreams::send_if_large() {
  if (out_.size() >= kLargeMessage) context_.sender().send(link_);
}

WorkerStream* LinkStreams::find(StreamId id) const {
  if (index_.empty()) return nullptr;
  const auto at = index_.find(id);
  return at == index_.end() ? nullptr : at->second;
}

std::vector<WorkerStream*> LinkStreams::all() const {
  std::vector<WorkerStream*> streams;
  streams.reserve(index_.size());
  for (const auto& [id, stream] : index_) streams.push_back(stream);
  return streams;
}

}  // namespace zeroway
