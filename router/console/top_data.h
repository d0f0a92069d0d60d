// What `router top` knows: the last look, the rates since the look before it, and what could not be asked.
//
// Owner: Top; a test builds one by hand.   Thread: one.
// Not here: asking (console/top.h), what a screen shows of it (console/screen.h).
#pragma once
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "router/console/figures.h"
#include "router/console/judge.h"
#include "router/observe/time.h"
#include "router/observe/wall_clock.h"

namespace zeroway::console {

enum class Page : std::uint8_t { members, routes, requests, events, sessions };
inline constexpr std::size_t kPages = 5;

struct Pace {
  std::optional<double> requests, failures;  // per second; none = not known yet
};

// Totals of one thing at one look.
struct Totals {
  std::uint64_t requests = 0, failures = 0;
};

// The look before this one, of things that have names.
class Paces {
 public:
  // One look: every thing's totals by its key.
  void look(std::map<std::string, Totals> totals, Time now);
  [[nodiscard]] Pace of(const std::string& key) const;

 private:
  std::map<std::string, Totals> before_, now_;
  std::optional<Time> at_;
  double seconds_ = 0;
};

struct TopData {
  std::string where;  // the management listener
  std::optional<Numbers> numbers;
  Pace pace;                       // of the router; failures: replies with 5xx
  std::optional<double> p50, p99;  // seconds, of the requests that ended between the two looks
  std::vector<Member> members;     // workers, then servers
  std::vector<RouteFigures> routes;
  RequestList requests;
  WampList wamp;
  std::deque<Event> events;          // the newest first
  std::map<Page, Verdict> troubles;  // why a page is not there
  Verdict numbers_trouble;           // why the numbers of the head are not there
  std::string outage;                // why the router cannot be reached; "" = it can
  WallTime outage_since{}, now{};

  Paces member_paces, route_paces;

  void take(Numbers numbers, Time at);
  void take(Member::Kind kind, std::vector<Member> members, Time at);
  void take(std::vector<RouteFigures> routes, Time at);
  void take(Event event);
  void lost(const std::string& why, WallTime at);

 private:
  std::optional<Numbers> numbers_before_;
  std::optional<Time> numbers_at_;
};

[[nodiscard]] std::string key_of(const Member& member);
[[nodiscard]] std::string key_of(const RouteFigures& route);

}  // namespace zeroway::console
