#include "router/http/h2_flood_guard.h"

#include <algorithm>

#include "router/http/limits.h"

namespace zeroway {

namespace {

struct Limit {
  std::uint32_t most;
  const char* name;
};

// In the order of H2FloodGuard::Kind.
constexpr std::array<Limit, H2FloodGuard::kKinds> kLimits{{
    {kMaxResets, "a flood of streams that are begun and reset"},
    {kMaxMalformed, "a flood of malformed messages"},
    {kMaxPings, "a flood of PING frames"},
    {kMaxSettingsFrames, "a flood of SETTINGS frames"},
    {kMaxEmptyFrames, "a flood of empty frames"},
    {kMaxPriorityFrames, "a flood of PRIORITY frames"},
    {kMaxUnknownFrames, "a flood of frames of unknown types"},
    {kMaxWindowUpdates, "a flood of WINDOW_UPDATE frames"},
}};

}  // namespace

std::uint64_t H2FloodGuard::limit(Kind kind) const {
  const std::uint64_t most = kLimits[static_cast<std::size_t>(kind)].most;
  return kind == Kind::window_update ? most + kWindowUpdatesPerReason * window_update_reasons_ : most;
}

const char* H2FloodGuard::count(Kind kind) {
  const auto index = static_cast<std::size_t>(kind);
  return ++counts_[index] > limit(kind) ? kLimits[index].name : nullptr;
}

bool H2FloodGuard::count_stall() { return ++stalls_ > kMaxStalls; }

const char* H2FloodGuard::count_early_reset() {
  if (reset_allowance_ == 0) return count(Kind::reset);
  --reset_allowance_;
  return nullptr;
}

void H2FloodGuard::stream_ran() {
  reset_allowance_ = std::min(reset_allowance_ + kEarlyResetsPerStream, kMaxResetAllowance);
}

void H2FloodGuard::set_time(Time now) {
  if (now >= stalls_since_ + kStallTime) {
    stalls_since_ = now;
    stalls_ = 0;
  }
  if (now < counted_since_ + kFloodTime) return;
  counted_since_ = now;
  counts_.fill(0);
  window_update_reasons_ = 0;
}

}  // namespace zeroway
