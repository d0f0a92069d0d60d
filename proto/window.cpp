#include "proto/window.h"

#include <cassert>
#include <utility>

#include "proto/limits.h"

namespace zeroway {

bool SendWindow::take(std::uint32_t bytes) {
  if (bytes > left_) return false;
  left_ -= bytes;
  return true;
}

bool SendWindow::add(std::uint32_t bytes) {
  if (bytes > kMaxWindow - left_) return false;
  left_ += bytes;
  return true;
}

bool ReceiveWindow::received(std::uint32_t bytes) {
  if (bytes > left_) return false;
  left_ -= bytes;
  return true;
}

std::uint32_t ReceiveWindow::consumed(std::uint32_t bytes) {
  owed_ += bytes;
  assert(left_ + owed_ <= capacity_);
  return owed_ < capacity_ / 2 ? 0 : take_owed();
}

std::uint32_t ReceiveWindow::take_owed() {
  left_ += owed_;
  return std::exchange(owed_, 0);
}

bool CreditedWindow::received(std::uint32_t bytes) {
  if (bytes > left_) return false;
  left_ -= bytes;
  return true;
}

std::uint32_t CreditedWindow::credited(std::uint32_t bytes) {
  owed_ += bytes;
  assert(left_ + owed_ <= kStreamWindow);
  if (owed_ < initial_ || owed_ < left_) return 0;
  left_ += owed_;
  return std::exchange(owed_, 0);
}

}  // namespace zeroway
