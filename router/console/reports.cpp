#include "router/console/reports.h"

#include <algorithm>

#include "router/console/lists.h"
#include "router/console/number_text.h"

namespace zeroway::console {

namespace {

// "name        value", with its end.
std::string fact(std::string_view name, const std::string& value) { return fitted(name, 12) + value + "\n"; }

std::string members_text(const std::vector<Member>& members, Member::Kind kind) {
  const auto all = std::count_if(members.begin(), members.end(), [&](const Member& one) { return one.kind == kind; });
  const auto fit =
      std::count_if(members.begin(), members.end(), [&](const Member& one) { return one.kind == kind && one.is_fit; });
  return std::to_string(all) + ", " + std::to_string(fit) + " of them get requests";
}

std::string reloads_text(const Version& version) {
  std::string text =
      std::to_string(version.reloads_done) + " done, " + std::to_string(version.reloads_failed) + " failed";
  if (version.reloads_done > 0) text += "; the last one " + utc_time(version.last_reload);
  return version.reload_error.empty() ? text : text + "; error: " + printable(version.reload_error);
}

std::string outcome_text(const Explanation& one) {
  std::string text = one.is_error() ? "an error" : printable(one.answer);
  if (one.status > 0) text += ", status " + std::to_string(one.status);
  if (!one.reason.empty()) text += ", " + printable(one.reason);
  return one.detail.empty() ? text : text + ": " + printable(one.detail);
}

}  // namespace

std::string status_text(const Health& health, const Version& version, const std::vector<Member>& members) {
  std::string text = fact("router", printable(health.version) + " (" + printable(health.instance) + ")");
  const std::string why = version.is_draining ? "draining" : printable(health.reason);
  text += fact("state", health.is_ready ? "ready" : "not ready: " + why);
  text += fact("up", age_text(health.uptime_seconds));
  text += fact("loops", std::to_string(version.loops));
  text += fact("workers", members_text(members, Member::Kind::worker));
  text += fact("servers", members_text(members, Member::Kind::server));
  text += fact("slots", std::to_string(health.busy_slots) + " busy, " + std::to_string(health.free_slots) + " free");
  return text + fact("reloads", reloads_text(version));
}

std::string explanation_text(const Explanation& one) {
  std::string text = fact("request", printable(one.method + " " + one.url + " from " + one.client));
  text += fact("answer", outcome_text(one));
  if (!one.route.empty())
    text += fact("route", printable(one.route) + " of site " + printable(one.site) + " to " + printable(one.backend));
  if (!one.steps.empty()) text += "\n" + table_text(steps_list(one.steps));
  if (!one.members.empty()) text += "\n" + table_text(candidates_list(one.members));
  return text;
}

std::string requests_text(const RequestList& requests) {
  std::string text;
  if (!requests.failed.empty()) text = "failed, the newest first\n" + table_text(requests_list(requests.failed));
  if (!requests.slow.empty())
    text += (text.empty() ? "" : "\n") + std::string("slow, the slowest first\n") +
            table_text(requests_list(requests.slow));
  return text.empty() ? "no failed and no slow requests\n" : text;
}

std::string wamp_text(const WampList& wamp) {
  if (wamp.all == 0) return "no client of WAMP is connected\n";
  if (wamp.sessions.empty()) return "none of the " + std::to_string(wamp.all) + " clients of WAMP is asked for\n";
  const std::string part = "the " + std::to_string(wamp.sessions.size()) + " oldest; the next ones: --after ";
  return (wamp.next.empty() ? "" : part + printable(wamp.next) + "\n") + table_text(sessions_list(wamp.sessions));
}

std::string event_text(const Event& event) {
  return utc_time(event.at) + "  " + fitted(printable(event.kind), 13) + "  " + printable(event.text) + "\n";
}

}  // namespace zeroway::console
