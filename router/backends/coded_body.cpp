#include "router/backends/coded_body.h"

#include <algorithm>
#include <utility>

#include "router/backends/limits.h"

namespace zeroway {

namespace {

// Memory is kept for the next body, unless one body has made it large.
void empty(std::string& buffer) {
  if (buffer.capacity() > kWarmCodedBuffer) std::string().swap(buffer);
  buffer.clear();
}

}  // namespace

void CodedBody::begin(const CoderKind& kind, CoderPool& coders) {
  kind_ = kind;
  coders_ = &coders;
  has_ended_ = is_finished_ = false;
  window_ = ReceiveWindow(kFirstReplyWindow, kFirstReplyWindow);
}

void CodedBody::clear() {
  if (coders_ == nullptr) return;
  std::exchange(coders_, nullptr)->give_back(kind_, std::move(coder_));
  empty(input_);
  empty(output_);
  coded_ = sent_ = 0;
  uncredited_ = 0;
}

bool CodedBody::take(Bytes bytes) {
  if (!window_.received(static_cast<std::uint32_t>(bytes.size()))) return false;
  if (coded_ >= kFirstReplyWindow) {  // a backend that is never waited for
    input_.erase(0, coded_);
    coded_ = 0;
  }
  input_.append(as_text(bytes));
  return true;
}

bool CodedBody::is_due() const { return ready().empty() && !is_finished_ && (left() > 0 || has_ended_); }

std::size_t CodedBody::next_size() const { return std::min(left(), coder_slice(kind_)); }

std::size_t CodedBody::next_cost() const { return kFlushCost + next_size() * kSliceCost / coder_slice(kind_); }

bool CodedBody::code() {
  const std::size_t size = next_size();
  const bool is_all = size == left();
  is_finished_ = is_all && has_ended_;
  const Follows follows = !is_all ? Follows::more : is_finished_ ? Follows::nothing : Follows::pause;
  if (!coder_) coder_ = coders_->take(kind_);
  const bool is_good = coder_->code(as_bytes(std::string_view(input_).substr(coded_, size)), follows, output_);
  uncredited_ += static_cast<std::uint32_t>(size);
  coded_ += size;
  if (!is_all) return is_good;
  input_.clear();
  coded_ = 0;
  return is_good;
}

std::uint32_t CodedBody::credit() { return window_.consumed(std::exchange(uncredited_, 0)); }

void CodedBody::sent(std::size_t bytes) {
  sent_ += bytes;
  if (sent_ < output_.size()) return;
  output_.clear();
  sent_ = 0;
}

}  // namespace zeroway
