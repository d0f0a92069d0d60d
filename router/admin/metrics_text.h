// The numbers of a census as Prometheus reads them: text format 0.0.4, and OpenMetrics 1.0.
//
// Owner: nobody; free functions.   Thread: any.
// Names have "zeroway_" in front, those of the process have the names that Prometheus' own clients use. Labels are
// names of the file, of workers and of servers, at most kMostLabels of each; never a client's address or path.
// Not here: counting (router/observe), the table of what each means (README).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "router/admin/census.h"

namespace zeroway {

enum class MetricsForm : std::uint8_t { prometheus, open_metrics };

// The form that the value of an Accept field asks for.
[[nodiscard]] MetricsForm metrics_form(std::string_view accept);
[[nodiscard]] std::string_view metrics_type(MetricsForm form);
[[nodiscard]] std::string metrics_text(const Census& census, MetricsForm form);

struct MetricMeaning {
  std::string_view name, type, help;
};
// Every metric, for the manual and its test.
[[nodiscard]] std::vector<MetricMeaning> metric_meanings();
// All of them as a table for the manual: a line each.
[[nodiscard]] std::string metrics_manual();

}  // namespace zeroway
