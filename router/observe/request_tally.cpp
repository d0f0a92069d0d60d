#include "router/observe/request_tally.h"

namespace zeroway {

namespace {

constexpr std::array<std::string_view, kCountedMethods> kNames{"GET",   "HEAD",    "POST",    "PUT",  "DELETE",
                                                               "PATCH", "OPTIONS", "CONNECT", "other"};

}  // namespace

CountedMethod counted_method(std::string_view method) {
  for (std::size_t at = 0; at + 1 < kNames.size(); ++at)
    if (kNames[at] == method) return static_cast<CountedMethod>(at);
  return CountedMethod::other;
}

std::string_view to_text(CountedMethod method) { return kNames[static_cast<std::size_t>(method)]; }

std::uint64_t RequestTally::total() const {
  std::uint64_t all = 0;
  for (const auto& of_method : requests)
    for (const std::uint64_t one : of_method) all += one;
  return all;
}

void RequestTally::add(const RequestTally& other) {
  open += other.open;
  web_sockets_open += other.web_sockets_open;
  web_sockets += other.web_sockets;
  for (std::size_t method = 0; method < kCountedMethods; ++method)
    for (std::size_t status = 0; status < kStatusClasses; ++status)
      requests[method][status] += other.requests[method][status];
  for (std::size_t code = 0; code < kCodes; ++code) failures[code] += other.failures[code];
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
  openings += other.openings;
  retries += other.retries;
  duration.add(other.duration);
  wait.add(other.wait);
}

}  // namespace zeroway
