#include "router/admin/metrics_text.h"

#include <doctest/doctest.h>

#include <set>

#include "tests/admin/census_of.h"

using namespace zeroway;

namespace {

std::string line_of(const std::string& text, const std::string& begin) {
  const auto at = text.find("\n" + begin);
  if (at == std::string::npos) return "";
  return text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

}  // namespace

TEST_CASE("metrics: each family is written once, with its help and its type before its samples") {
  const std::string text = metrics_text(census_of(2, 3), MetricsForm::prometheus);
  std::set<std::string> families;
  std::string family;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      CHECK_MESSAGE(families.insert(family).second, family);
    } else if (!line.starts_with("# TYPE ")) {
      CHECK_MESSAGE(line.starts_with(family), line);
    }
  }
  for (const MetricMeaning& meaning : metric_meanings())
    CHECK_MESSAGE(families.contains(std::string(meaning.name)), meaning.name);
  CHECK(families.size() == metric_meanings().size());
}

TEST_CASE("metrics: requests are told by way, method and class of status") {
  Census census = census_of(0, 0);
  RequestTally& tally = census.tallies[{"shop", "/api", "pool"}];
  tally.requests[static_cast<std::size_t>(CountedMethod::post)][5] = 7;
  tally.failures[static_cast<std::size_t>(Code::backend_lost)] = 2;
  tally.duration.add(std::chrono::microseconds(200));
  tally.duration.add(std::chrono::seconds(90));
  const std::string text = metrics_text(census, MetricsForm::prometheus);
  const std::string way = "site=\"shop\",route=\"/api\",backend=\"pool\"";
  CHECK(line_of(text, "zeroway_requests_total{" + way) ==
        "zeroway_requests_total{" + way + ",method=\"POST\",status=\"5xx\"} 7");
  CHECK(line_of(text, "zeroway_request_failures_total{" + way) ==
        "zeroway_request_failures_total{" + way + ",reason=\"backend_lost\"} 2");
  const std::string bucket = "zeroway_request_duration_seconds_bucket{" + way;
  CHECK(line_of(text, bucket + ",le=\"0.0001\"") == bucket + ",le=\"0.0001\"} 0");
  CHECK(line_of(text, bucket + ",le=\"0.00025\"") == bucket + ",le=\"0.00025\"} 1");
  CHECK(line_of(text, bucket + ",le=\"60\"") == bucket + ",le=\"60\"} 1");
  CHECK(line_of(text, bucket + ",le=\"+Inf\"") == bucket + ",le=\"+Inf\"} 2");
  CHECK(line_of(text, "zeroway_request_duration_seconds_sum{" + way) ==
        "zeroway_request_duration_seconds_sum{" + way + "} 90.0002");
}

TEST_CASE("metrics: what operators ask is no traffic") {
  Census census = census_of(0, 0);
  census.tallies[{"management", "/", "admin"}].requests[0][2] = 5;
  CHECK(metrics_text(census, MetricsForm::prometheus).find("management") == std::string::npos);
}

TEST_CASE("metrics: labels are escaped, and their values are bounded") {
  Census census = census_of(1'005, 0);
  census.members[0].name = "a\"b\\c\nd";
  const std::string text = metrics_text(census, MetricsForm::prometheus);
  CHECK(text.find("name=\"a\\\"b\\\\c\\nd\"") != std::string::npos);
  CHECK(line_of(text, "zeroway_member_requests_open{kind=\"other\"") ==
        "zeroway_member_requests_open{kind=\"other\",pool=\"other\",name=\"other\",instance=\"other\"} 5");
}

TEST_CASE("metrics: OpenMetrics names the family of a counter without _total, and ends with EOF") {
  const std::string text = metrics_text(census_of(1, 1), MetricsForm::open_metrics);
  CHECK(text.find("# TYPE zeroway_requests counter\n") != std::string::npos);
  CHECK(text.find("# TYPE zeroway_requests_total") == std::string::npos);
  CHECK(text.ends_with("\n# EOF\n"));
  CHECK(metrics_form("application/openmetrics-text;version=1.0.0,text/plain;q=0.5") == MetricsForm::open_metrics);
  CHECK(metrics_form("text/plain") == MetricsForm::prometheus);
  CHECK(metrics_form("") == MetricsForm::prometheus);
}
