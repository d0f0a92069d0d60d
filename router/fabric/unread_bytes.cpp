#include "router/fabric/unread_bytes.h"

#include <random>

#include "router/fabric/limits.h"

namespace zeroway {
namespace {

// Dealt pings carry an epoch, which only grows. The highest bit tells these PINGs from dealt pings.
std::uint64_t make_proof() {
  std::random_device random;
  return std::uint64_t{1} << 63 | std::uint64_t{random()} << 32 | random();
}

}  // namespace

std::uint64_t UnreadBytes::sent(ConnectionId connection, std::size_t bytes) {
  Debt& debt = debts_[connection];
  debt.bytes += bytes + kMessageCost;
  debt.after += bytes + kMessageCost;
  if (debt.proof != 0 || debt.bytes < kProveEvery) return 0;
  debt.after = 0;
  return debt.proof = make_proof();
}

bool UnreadBytes::proven(ConnectionId connection, std::uint64_t opaque) {
  const auto debt = debts_.find(connection);
  if (debt == debts_.end() || opaque == 0 || debt->second.proof != opaque) return false;
  debt->second = {.bytes = debt->second.after};
  return true;
}

std::size_t UnreadBytes::of(ConnectionId connection) const {
  const auto debt = debts_.find(connection);
  return debt == debts_.end() ? 0 : debt->second.bytes;
}

}  // namespace zeroway
