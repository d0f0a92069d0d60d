// Reads text/event-stream (WHATWG HTML §9.2): bytes in, events out.
//
// Owner: whoever follows a stream; one per stream.   Thread: any, one at a time.
// Not here: asking for the stream (console/management_client.h), what an event says (console/figure_reader.h).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace zeroway::console {

struct StreamEvent {
  std::string id, name, data;  // `name` is "message" when the stream says none

  bool operator==(const StreamEvent&) const = default;
};

class EventStream {
 public:
  // The events that `bytes` completes. A line without an end, and an event without an end, are given up beyond
  // kMostEventLine bytes.
  [[nodiscard]] std::vector<StreamEvent> take(std::string_view bytes);

 private:
  void take_line(std::string_view line, std::vector<StreamEvent>& out);

  std::string line_;
  StreamEvent event_;
  bool is_behind_cr_ = false;  // a line feed behind it ends no other line
};

}  // namespace zeroway::console
