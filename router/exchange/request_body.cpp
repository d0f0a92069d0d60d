#include "router/exchange/request_body.h"

#include <algorithm>
#include <cassert>

#include "proto/limits.h"
#include "router/exchange/limits.h"

namespace zeroway {

void RequestBody::clear() {
  kept_.clear();
  if (kept_.capacity() > kWarmBodyMemory) std::string().swap(kept_);
  kept_from_ = sent_ = received_ = 0;
  stream_allowed_ = client_allowed_ = kOpeningWindow;
  is_keeping_ = true;
}

bool RequestBody::arrived(Bytes bytes) {
  const bool fits = sent_ == received_ && bytes.size() <= stream_allowed_ - sent_;
  received_ += bytes.size();
  assert(received_ <= client_allowed_);  // the codec lets no client exceed its credit
  if (received_ > kOpeningWindow) stop_keeping();
  if (fits) sent_ = received_;
  if (is_keeping_ || !fits) kept_.append(as_text(bytes));
  if (!is_keeping_ && fits) kept_from_ = sent_;
  return fits;
}

std::uint32_t RequestBody::credited(std::uint32_t bytes) {
  stream_allowed_ += bytes;
  if (stream_allowed_ <= client_allowed_) return 0;
  const std::uint64_t news = stream_allowed_ - client_allowed_;
  client_allowed_ = stream_allowed_;
  return static_cast<std::uint32_t>(news);  // at most `bytes`
}

void RequestBody::rewind() {
  assert(is_keeping_);
  sent_ = stream_allowed_ = 0;
}

void RequestBody::restart() {
  assert(sent_ == 0 && kept_from_ == 0 && kept_.size() == received_);
  stream_allowed_ = kOpeningWindow;
}

bool RequestBody::next(std::string& piece) {
  const std::uint64_t until = std::min(received_, stream_allowed_);
  if (until <= sent_) return false;
  piece.assign(kept_, sent_ - kept_from_, until - sent_);
  sent_ = until;
  if (!is_keeping_) drop_sent();
  return true;
}

void RequestBody::stop_keeping() {
  if (!is_keeping_) return;
  is_keeping_ = false;
  drop_sent();
}

void RequestBody::drop_sent() {
  kept_.erase(0, sent_ - kept_from_);
  kept_from_ = sent_;
  if (kept_.empty() && kept_.capacity() > kWarmBodyMemory) std::string().swap(kept_);
}

}  // namespace zeroway
