// Lists of what a client likes, each member with a weight (RFC 9110 §12.4.2): "gzip;q=0.5, br".
//
// Owner: nobody; a free function.   Thread: any.
// Not here: what the names mean, and what a list that is not there means (coding/choose_coding.h,
// admin/browser_page.h).
#pragma once
#include <string_view>

namespace zeroway {

struct WeightedName {
  std::string_view name;  // part of the list; "" of an empty member
  int weight = 1'000;     // 0 = not acceptable, to 1000; 0 also for a text that is no weight
};

// Takes the first member off the list, which is not empty.
[[nodiscard]] WeightedName take_weighted(std::string_view& list);

}  // namespace zeroway
