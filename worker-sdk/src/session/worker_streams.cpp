#include "worker_streams.h"

#include <algorithm>
#include <utility>

namespace zeroway {

WorkerStream& WorkerStreams::spare() {
  if (free_.empty()) {
    streams_.push_back(std::make_unique<WorkerStream>(*this, streams_.size()));
    free_.push_back(streams_.back().get());
  }
  return *free_.back();
}

void WorkerStreams::opened(WorkerStream& stream) {
  free_.pop_back();
  ++in_use_;
  fresh_.push_back(&stream);
}

void WorkerStreams::release(WorkerStream& stream) {
  --in_use_;
  if (!fresh_.empty()) std::erase(fresh_, &stream);  // the message that opened the stream has reset it
  free_.push_back(&stream);
  stream.let_go();
}

WorkerStream* WorkerStreams::find_fresh(const LinkStreams& link, StreamId id) const {
  // The frames of an opening stream stand together, so the last stream is nearly always the right one.
  for (auto at = fresh_.rbegin(); at != fresh_.rend(); ++at)
    if ((*at)->is_of(link, id)) return *at;
  return nullptr;
}

void WorkerStreams::answer_fresh(LinkStreams& link) {
  std::swap(fresh_, answering_);
  for (WorkerStream* stream : answering_) {
    answerer_->answer(*stream);
    if (!stream->is_open()) continue;
    stream->become_known();
    if (!stream->has_spoken()) unaccepted_.push_back({stream, &link, stream->id()});
  }
  answering_.clear();
}

void WorkerStreams::accept_fresh() {
  for (const Unaccepted& entry : unaccepted_)
    if (entry.stream->is_of(*entry.link, entry.id)) entry.stream->accept();
  unaccepted_.clear();
}

void WorkerStreams::drain() {
  for (const auto& stream : streams_) stream->drain();
}

std::size_t WorkerStreams::cancel_all() {
  const std::size_t held = in_use_;
  for (const auto& stream : streams_)
    if (stream->is_open())
      stream->break_off(ResetCode::cancel);
    else
      stream->reset();  // the handler goes on after its reply
  return held;
}

}  // namespace zeroway
