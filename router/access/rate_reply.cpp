#include "router/access/rate_reply.h"

#include <algorithm>
#include <string>

namespace zeroway {

namespace {

std::string seconds_of(std::chrono::nanoseconds time) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

}  // namespace

void tell_rate(const RateRule& rule, const RateTable::Taken& taken, FieldEdits& reply) {
  constexpr std::chrono::nanoseconds least{1};  // a client that comes back in 0 s is refused again
  if (!taken.is_allowed) reply.set("retry-after", seconds_of(std::max(taken.wait, least)));
  reply.set("ratelimit-policy", "\"default\";q=" + std::to_string(rule.requests) + ";w=" + seconds_of(rule.per));
  reply.set("ratelimit", "\"default\";r=" + std::to_string(taken.left) +
                             ";t=" + seconds_of(taken.is_allowed ? taken.reset : std::max(taken.wait, least)));
}

}  // namespace zeroway
