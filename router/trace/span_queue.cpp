#include "router/trace/span_queue.h"

#include <utility>

namespace zeroway {

void SpanQueue::add(SpanBatch& batch) {
  SpanBatch taken = std::exchange(batch, {});
  if (taken.count == 0) return;
  const std::lock_guard lock(mutex_);
  if (bytes_ + taken.text.size() > most_bytes_) {
    lost_ += taken.count;
    return;
  }
  bytes_ += taken.text.size();
  batches_.push_back(std::move(taken));
}

SpanBatch SpanQueue::take(std::size_t most_bytes) {
  const std::lock_guard lock(mutex_);
  SpanBatch all;
  while (!batches_.empty() && (all.count == 0 || all.text.size() + batches_.front().text.size() < most_bytes)) {
    SpanBatch next = std::move(batches_.front());
    batches_.pop_front();
    bytes_ -= next.text.size();
    if (all.count == 0) {
      all.text = std::move(next.text);
    } else {
      all.text.append(1, ',').append(next.text);
    }
    all.count += next.count;
  }
  return all;
}

bool SpanQueue::is_empty() const {
  const std::lock_guard lock(mutex_);
  return batches_.empty();
}

void SpanQueue::count_lost(std::uint64_t spans) {
  const std::lock_guard lock(mutex_);
  lost_ += spans;
}

void SpanQueue::count_sent(std::uint64_t spans) {
  const std::lock_guard lock(mutex_);
  sent_ += spans;
}

std::uint64_t SpanQueue::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::uint64_t SpanQueue::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

}  // namespace zeroway
