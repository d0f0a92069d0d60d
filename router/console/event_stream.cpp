#include "router/console/event_stream.h"

#include <utility>

#include "router/console/limits.h"

namespace zeroway::console {

std::vector<StreamEvent> EventStream::take(std::string_view bytes) {
  std::vector<StreamEvent> out;
  for (const char c : bytes) {
    const bool is_second = std::exchange(is_behind_cr_, c == '\r') && c == '\n';
    if (is_second) continue;
    if (c == '\n' || c == '\r') {
      take_line(std::exchange(line_, {}), out);
    } else if (line_.size() < kMostEventLine) {
      line_.push_back(c);
    }
  }
  return out;
}

void EventStream::take_line(std::string_view line, std::vector<StreamEvent>& out) {
  if (line.empty()) {
    StreamEvent whole = std::exchange(event_, {});
    if (whole.data.empty()) return;
    whole.data.pop_back();  // the line feed behind its last line
    if (whole.name.empty()) whole.name = "message";
    return out.push_back(std::move(whole));
  }
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "id") event_.id = value;
  if (name == "event") event_.name = value;
  if (name == "data" && event_.data.size() + value.size() < kMostEventLine) event_.data.append(value).append(1, '\n');
}

}  // namespace zeroway::console
