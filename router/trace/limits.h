// Every number of this room that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>

namespace zeroway {

// W3C Trace Context
inline constexpr std::size_t kMostStateMembers = 32;  // of tracestate (§3.3.1.1)

// one request
inline constexpr std::size_t kMostAttemptSpans = 16;  // a request that is opened again for ever has no endless trace

// spans that wait
inline constexpr std::size_t kSpanBatch = 65'536;  // bytes that a loop gathers before it hands them over: 40 requests
inline constexpr std::size_t kMostSpansHeld = 8 << 20;  // bytes of all loops: 5 000 requests; then spans are lost
inline constexpr std::size_t kMostExport = 1 << 20;  // bytes of one request to the collector: most take 4 MiB and more

// the collector
inline constexpr std::chrono::seconds kExportEvery{1};          // a person who looks at a trace waits no longer
inline constexpr std::chrono::milliseconds kFirstRetry{1'000};  // doubles with each further one
inline constexpr std::chrono::seconds kLongestRetry{30};        // also of a Retry-After: the spans behind would be lost
inline constexpr int kMostTries = 5;                            // of one request: about 30 s without Retry-After
inline constexpr std::chrono::minutes kTellLostSpansEvery{1};   // a collector that is gone does not fill the log
inline constexpr std::chrono::seconds kLongestExportFinish{1};  // at the end, for the spans that are left

}  // namespace zeroway
