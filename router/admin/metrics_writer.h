// Writes metric families as Prometheus and OpenMetrics want them: names, types, help, labels, values.
//
// Owner: metrics_text(), on its stack.   Thread: any.
// In OpenMetrics the family of a counter is named without "_total", its samples with it.
// Not here: which metrics there are (admin/metrics_text.cpp).
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "router/admin/metrics_text.h"
#include "router/observe/histogram.h"

namespace zeroway {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class MetricsWriter {
 public:
  explicit MetricsWriter(MetricsForm form) : form_(form) {}

  // Begins a family; its samples follow. `name` of a counter ends in "_total".
  void family(std::string_view name, std::string_view type, std::string_view help);
  void sample(Labels labels, std::uint64_t value);
  void sample(Labels labels, double value);
  void histogram(Labels labels, const Histogram& histogram);

  [[nodiscard]] std::string finish();

 private:
  void begin_sample(std::string_view suffix, Labels labels, std::string_view end = {});

  const MetricsForm form_;
  std::string name_;
  std::string out_;
};

}  // namespace zeroway
