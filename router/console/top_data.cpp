#include "router/console/top_data.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "router/console/limits.h"
#include "router/console/rates.h"

namespace zeroway::console {

namespace {

double seconds_between(Time before, Time now) { return std::chrono::duration<double>(now - before).count(); }

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (const std::string_view part : parts) key.append(part).append(1, '\0');  // a name cannot imitate two parts
  return key;
}

}  // namespace

void Paces::look(std::map<std::string, Totals> totals, Time now) {
  before_ = std::exchange(now_, std::move(totals));
  seconds_ = at_ ? seconds_between(*at_, now) : 0;
  at_ = now;
}

Pace Paces::of(const std::string& key) const {
  const auto before = before_.find(key), now = now_.find(key);
  if (before == before_.end() || now == now_.end()) return {};
  return {per_second(before->second.requests, now->second.requests, seconds_),
          per_second(before->second.failures, now->second.failures, seconds_)};
}

void TopData::take(Numbers taken, Time at) {
  numbers_before_ = std::exchange(numbers, std::move(taken));
  const double seconds = numbers_at_ ? seconds_between(*numbers_at_, at) : 0;
  numbers_at_ = at;
  pace = {};
  p50 = p99 = std::nullopt;
  if (!numbers_before_) return;
  const Numbers &old = *numbers_before_, &latest = *numbers;
  pace = {per_second(old.requests, latest.requests, seconds), per_second(old.replies_5xx, latest.replies_5xx, seconds)};
  p50 = quantile(old.durations, latest.durations, 0.50);
  p99 = quantile(old.durations, latest.durations, 0.99);
}

void TopData::take(Member::Kind kind, std::vector<Member> taken, Time at) {
  std::erase_if(members, [kind](const Member& one) { return one.kind == kind; });
  const auto place = kind == Member::Kind::worker ? members.begin() : members.end();
  members.insert(place, std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end()));
  if (kind != Member::Kind::server) return;  // asked behind the workers: the look is whole
  std::map<std::string, Totals> totals;
  for (const Member& one : members) totals[key_of(one)] = {one.requests, one.failures};
  member_paces.look(std::move(totals), at);
}

void TopData::take(std::vector<RouteFigures> taken, Time at) {
  routes = std::move(taken);
  std::map<std::string, Totals> totals;
  for (const RouteFigures& one : routes) totals[key_of(one)] = {one.requests, one.replies.back()};
  route_paces.look(std::move(totals), at);
}

void TopData::take(Event event) {
  events.push_front(std::move(event));
  if (events.size() > kKeptEvents) events.pop_back();
}

void TopData::lost(const std::string& why, WallTime at) {
  if (outage.empty()) outage_since = at;
  outage = why;
  member_paces = route_paces = {};
  pace = {};
  p50 = p99 = std::nullopt;
}

std::string key_of(const Member& member) {
  return joined({to_text(member.kind), member.pool, member.name, member.instance});
}

std::string key_of(const RouteFigures& route) { return joined({route.site, route.path, route.backend}); }

}  // namespace zeroway::console
