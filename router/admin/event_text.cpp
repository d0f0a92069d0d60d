#include "router/admin/event_text.h"

#include "router/admin/json_text.h"
#include "router/observe/time_text.h"

namespace zeroway {

namespace {

std::string json_of(const Event& event) {
  JsonText out;
  out.object()
      .member("id", event.id)
      .key("at")
      .raw(unix_seconds_text(event.at))
      .member("kind", to_text(event.kind))
      .member("subject", event.subject)
      .member("text", event.text)
      .end_object();
  return out.take();  // ends with a line break
}

}  // namespace

std::string event_text(const EventBook::Batch& batch) {
  std::string out;
  if (batch.are_missing) out += "event: lost\ndata: {\"kind\":\"lost\"}\n\n";
  for (const Event& event : batch.events) {
    out += "id: " + std::to_string(event.id) + "\nevent: ";
    out += to_text(event.kind);
    out += "\ndata: " + json_of(event) + "\n";
  }
  return out;
}

std::string numbers_text(std::string_view json) {
  return std::string("event: numbers\ndata: ").append(json).append(json.ends_with('\n') ? "\n" : "\n\n");
}

}  // namespace zeroway
