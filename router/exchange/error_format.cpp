#include "router/exchange/error_format.h"

#include <algorithm>
#include <array>
#include <string>

#include "proto/ascii.h"

namespace zeroway {

namespace {

// The weight that a client gives to a media type: that of the most specific range.
struct Liking {
  int specificity = 0;  // 3 = the media type, 2 = "type/*", 1 = "*/*", 0 = no range
  int quality = 0;      // thousandths

  void hear(int of_specificity, int of_quality) {
    if (of_specificity == 0 || of_specificity < specificity) return;
    quality = of_specificity > specificity ? of_quality : std::max(quality, of_quality);
    specificity = of_specificity;
  }
};

using Names = std::array<std::string_view, 2>;

int specificity_of(std::string_view range, const Names& names, std::string_view kind) {
  if (is_same_word(range, names[0]) || is_same_word(range, names[1])) return 3;
  if (is_same_word(range, kind)) return 2;
  return range == "*/*" ? 1 : 0;
}

// "0.85" is 850. Text that is no weight counts as an absent weight: 1000 (RFC 9110 §12.4.2).
int read_weight(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return 1'000;
  int weight = (text[0] - '0') * 1'000;
  if (text.size() > 1 && text[1] != '.') return 1'000;
  int unit = 100;
  for (std::size_t i = 2; i < text.size() && unit > 0; ++i, unit /= 10) {
    if (text[i] < '0' || text[i] > '9') return 1'000;
    weight += (text[i] - '0') * unit;
  }
  return std::min(weight, 1'000);
}

// Cuts off the text before `at`, and `at` itself. Returns that text.
std::string_view take_until(std::string_view& text, char at) {
  const std::size_t end = std::min(text.find(at), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(part);
}

int quality_of(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view parameter = take_until(parameters, ';');
    if (is_same_word(take_until(parameter, '='), "q")) return read_weight(trimmed(parameter));
  }
  return 1'000;
}

}  // namespace

ErrorFormat error_format(std::string_view accept) {
  constexpr Names kHtml{"text/html", "application/xhtml+xml"};
  constexpr Names kJson{"application/json", "application/problem+json"};
  Liking html, json;
  while (!accept.empty()) {
    std::string_view parameters = take_until(accept, ',');
    const std::string_view range = take_until(parameters, ';');
    const int quality = quality_of(parameters);
    html.hear(specificity_of(range, kHtml, "text/*"), quality);
    json.hear(specificity_of(range, kJson, "application/*"), quality);
  }
  const bool is_liked_better = json.quality > html.quality;
  const bool is_named = json.quality == html.quality && json.quality > 0 && json.specificity > html.specificity;
  return is_liked_better || is_named ? ErrorFormat::problem_json : ErrorFormat::html;
}

ErrorFormat error_format(const Head& request) {
  std::string all;
  for (const Field field : request)
    if (field.name == "accept") all.append(all.empty() ? "" : ",").append(field.value);
  return error_format(all);
}

}  // namespace zeroway
