// A script whose exchanges follow a configuration file. All backends of the plan are the script's one.
//
// Owner: a test.   Thread: one.
// Not here: which backend is the right one (tests/plan).
#pragma once
#include <string>
#include <string_view>

#include "tests/exchange/logs_of_plan.h"
#include "tests/exchange/script.h"
#include "tests/plan/plan_text.h"

namespace zeroway {

class SiteScript : public Script {
 public:
  explicit SiteScript(std::string_view text, const NamedFiles& files = {}) {
    const auto plan = plan_of(text, files);
    route.use(plan, backend, logs.open(*plan));
  }

  // A request without a body; `more` replaces and adds fields.
  SiteScript& get(std::string_view path, const Head& more = {}, Kind kind = Kind::request) {
    begin(kind);
    Head head{{":method", "GET"}, {":scheme", "http"}, {":authority", "example.com"}, {":path", path}};
    for (const Field field : more) {
      if (field.name.starts_with(':')) {
        head.set(field.name, field.value);
      } else {
        head.add(field.name, field.value);
      }
    }
    exchanges.from_client(key)->head(head, Last::yes);
    Head none;
    if (StreamSink* to = exchanges.from_client(key)) to->end(none);
    return *this;
  }
  // The status of the router's own reply; 0 when a backend was asked.
  int status(std::string_view path, const Head& more = {}, Kind kind = Kind::request) {
    client.body.clear();
    client.seen.clear();
    get(path, more, kind);
    if (client.seen.is_empty()) cancel();
    heard();
    return client.seen.status();
  }
  // The path that the backend got; "" when it got nothing.
  std::string path_for_backend(std::string_view path) {
    backend.seen.clear();
    static_cast<void>(status(path));
    return std::string(backend.seen.path());
  }
  [[nodiscard]] std::string sent(std::string_view name) const { return all_of(backend.seen, name); }
  [[nodiscard]] std::string told(std::string_view name) const { return all_of(client.seen, name); }

  LogsOfPlan logs;

 private:
  // The values of all fields of this name, with a '|' after each.
  static std::string all_of(const Head& head, std::string_view name) {
    std::string text;
    for (const Field field : head)
      if (field.name == name) text.append(field.value).append("|");
    return text;
  }
};

}  // namespace zeroway
