#include "router/admin/metrics_writer.h"

#include <charconv>

namespace zeroway {

namespace {

// Prometheus text format: backslash, quote and line feed are escaped. Names come from the operator and from workers.
void append_label(std::string& out, std::string_view value) {
  for (const char one : value) {
    if (one == '\\' || one == '"') out += '\\';
    if (one == '\n') {
      out += "\\n";
    } else {
      out += one;
    }
  }
}

std::string number(double value) {
  char text[512];  // of the largest double
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr;
  return {text, end};
}

std::string seconds(Histogram::Micros time) { return number(static_cast<double>(time.count()) / 1e6); }

}  // namespace

void MetricsWriter::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  std::string_view family = name;
  if (form_ == MetricsForm::open_metrics && family.ends_with("_total")) family.remove_suffix(6);
  out_.append("# HELP ").append(family).append(" ").append(help).append("\n# TYPE ");
  out_.append(family).append(" ").append(type).append("\n");
}

void MetricsWriter::begin_sample(std::string_view suffix, Labels labels, std::string_view end) {
  out_.append(name_).append(suffix);
  if (labels.size() > 0 || !end.empty()) {
    char before = '{';
    for (const auto& [name, value] : labels) {
      out_ += before;
      out_.append(name).append("=\"");
      append_label(out_, value);
      out_ += '"';
      before = ',';
    }
    if (!end.empty()) out_.append(1, before).append("le=\"").append(end).append("\"");
    out_ += '}';
  }
  out_ += ' ';
}

void MetricsWriter::sample(Labels labels, std::uint64_t value) {
  begin_sample("", labels);
  out_.append(std::to_string(value)).append("\n");
}

void MetricsWriter::sample(Labels labels, double value) {
  begin_sample("", labels);
  out_.append(number(value)).append("\n");
}

void MetricsWriter::histogram(Labels labels, const Histogram& histogram) {
  std::uint64_t sum = 0;
  for (std::size_t range = 0; range < Histogram::kEnds.size(); ++range) {
    sum += histogram.count(range);
    begin_sample("_bucket", labels, seconds(Histogram::kEnds[range]));
    out_.append(std::to_string(sum)).append("\n");
  }
  const std::string all = std::to_string(histogram.total());
  begin_sample("_bucket", labels, "+Inf");
  out_.append(all).append("\n");
  begin_sample("_sum", labels);
  out_.append(seconds(histogram.sum())).append("\n");
  begin_sample("_count", labels);
  out_.append(all).append("\n");
}

std::string MetricsWriter::finish() {
  if (form_ == MetricsForm::open_metrics) out_ += "# EOF\n";
  return std::move(out_);
}

}  // namespace zeroway
