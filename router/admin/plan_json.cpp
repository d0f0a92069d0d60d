#include "router/admin/plan_json.h"

#include "router/admin/json_text.h"
#include "router/observe/time_text.h"

namespace zeroway {

namespace {

void begin(JsonText& out, const Route& route, std::string_view kind) {
  out.object().member("site", route.site != nullptr ? route.site->name : "").member("route", route.path);
  out.member("kind", kind);
}

void write_rate(JsonText& out, const Route& route, const RateRule& rule) {
  begin(out, route, "rate");
  out.member("requests", rule.requests)
      .key("per_seconds")
      .raw(seconds_text(std::chrono::duration_cast<std::chrono::milliseconds>(rule.per)))
      .member("burst", rule.burst)
      .member("key", key_text(rule))
      .end_object();
}

void write_open(JsonText& out, const Route& route, const OpenRule& rule) {
  begin(out, route, "open");
  out.member("most", rule.most).member("most_per_address", rule.most_per_address).end_object();
}

}  // namespace

std::string key_text(const RateRule& rule) {
  switch (rule.key) {
    case RateRule::Key::address:
      return "address";
    case RateRule::Key::field:
      return "field " + rule.name;
    case RateRule::Key::claim:
      return "claim " + rule.name;
  }
  return "";
}

std::string limits_json(const Census& census) {
  JsonText out;
  out.object().key("limits").array();
  for (const Route& route : census.plan->routes) {
    if (route.access == nullptr) continue;
    if (route.access->rate) write_rate(out, route, *route.access->rate);
    if (!route.access->open.is_empty()) write_open(out, route, route.access->open);
  }
  out.end_array().end_object();
  return out.take();
}

std::string config_json(const Census& census) {
  JsonText out;
  out.object().member("file", census.config_file).key("loaded").raw(unix_seconds_text(census.reloads.last));
  out.key("settings");
  if (census.config != nullptr) {
    out.raw(*census.config);
  } else {
    out.null();
  }
  out.end_object();
  return out.take();
}

std::string log_json(const Census& census) {
  JsonText out;
  out.object()
      .member("level", census.log.is_debug ? "debug" : "info")
      .member("seconds_left", census.log.left.count())
      .end_object();
  return out.take();
}

}  // namespace zeroway
