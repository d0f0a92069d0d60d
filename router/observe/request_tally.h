// What became of the requests that took one way through the plan: a route, a site without a route, or no site.
//
// Owner: TallyBook keeps one per way and loop.   Thread: that loop; copies are for any.
// Pure: plain numbers. Not here: when something is counted (router/exchange).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "proto/error.h"
#include "router/observe/histogram.h"

namespace zeroway {

// Which way it is. Names as the file has them; "" = none.
struct TallyName {
  std::string site, route, backend;

  auto operator<=>(const TallyName&) const = default;
};

// The methods that are counted each for itself.
enum class CountedMethod : std::uint8_t { get, head, post, put, delete_, patch, options, connect, other };
inline constexpr std::size_t kCountedMethods = 9;
[[nodiscard]] CountedMethod counted_method(std::string_view method);
[[nodiscard]] std::string_view to_text(CountedMethod method);

// By the first digit of the final status; `none`: the client or the router gave up before there was one.
inline constexpr std::size_t kStatusClasses = 6;
inline constexpr std::array<std::string_view, kStatusClasses> kStatusClassNames{"none", "1xx", "2xx",
                                                                                "3xx",  "4xx", "5xx"};

struct RequestTally {
  std::uint64_t open = 0;              // gauge: requests that have found this way and are not over
  std::uint64_t web_sockets_open = 0;  // gauge: of them, WebSockets that are accepted
  std::uint64_t web_sockets = 0;       // accepted so far
  std::array<std::array<std::uint64_t, kStatusClasses>, kCountedMethods> requests{};  // that are over
  std::array<std::uint64_t, kCodes> failures{};                                       // by the last reason
  std::uint64_t bytes_in = 0;                                                         // of bodies, from clients
  std::uint64_t bytes_out = 0;                                                        // of bodies, to clients
  std::uint64_t openings = 0;                                                         // of streams at backends
  std::uint64_t retries = 0;                                                          // openings after the first
  Histogram duration;  // of requests that are no WebSockets, from the head to the last byte of the reply
  Histogram wait;      // of their last opening, until somebody took it

  [[nodiscard]] std::uint64_t total() const;
  void add(const RequestTally& other);
};

}  // namespace zeroway
