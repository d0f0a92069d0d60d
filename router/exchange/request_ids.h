// Identifiers of requests: unique among all routers, without a call of the kernel for each.
//
// Owner: the exchanges of one loop.   Thread: one loop.
// Not here: who wants one (router/plan/site_maker.cpp).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace zeroway {

class RequestIds {
 public:
  RequestIds();
  // 32 hexadecimal digits: a random number of this loop, and a count.
  void write(std::string& out);
  // Whether a client's own identifier is passed on: printable and not long.
  [[nodiscard]] static bool is_fit(std::string_view id);

 private:
  std::uint64_t loop_;
  std::uint64_t next_;
};

}  // namespace zeroway
