#include "service_records.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace zeroway {

// RFC 2782: a number is drawn up to the sum of the weights, and the first record whose running sum reaches it is next.
// Records of weight 0 stand in front: they are drawn by 0 alone.
void put_in_order(std::vector<ServiceRecord>& records, const Draw& draw) {
  std::sort(records.begin(), records.end(), [](const ServiceRecord& one, const ServiceRecord& other) {
    if (one.priority != other.priority) return one.priority < other.priority;
    return one.weight < other.weight;
  });
  for (auto next = records.begin(); next != records.end(); ++next) {
    const auto end =
        std::find_if(next, records.end(), [&](const ServiceRecord& other) { return other.priority != next->priority; });
    const auto add = [](std::uint32_t sum, const ServiceRecord& record) { return sum + record.weight; };
    const std::uint32_t drawn = draw(std::accumulate(next, end, std::uint32_t{0}, add));
    std::uint32_t sum = 0;
    const auto chosen =
        std::find_if(next, end, [&](const ServiceRecord& record) { return (sum += record.weight) >= drawn; });
    std::rotate(next, chosen, std::next(chosen));
  }
}

}  // namespace zeroway
