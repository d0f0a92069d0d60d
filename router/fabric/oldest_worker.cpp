#include "router/fabric/oldest_worker.h"

#include <string_view>
#include <tuple>

namespace zeroway {

bool is_older(const Worker& one, const Worker& other) {
  const auto age = [](const Worker& worker) {
    const std::uint64_t since = worker.hello.wamp ? worker.hello.wamp->since : 0;
    const bool is_told = since != 0;
    return std::tuple(worker.is_standby(), is_told ? since : UINT64_MAX,
                      is_told ? std::string_view(worker.identity) : std::string_view(), worker.key);
  };
  return age(one) < age(other);
}

}  // namespace zeroway
