#include "router_names.h"

#include <algorithm>
#include <utility>

#include "limits.h"
#include "name_lookup.h"
#include "service_lookup.h"

namespace zeroway {

RouterNames::RouterNames(const std::vector<std::string>& endpoints, const WorkerLog& log) : log_(log) {
  for (const std::string& typed : endpoints) {
    const auto is_same = [&](const RouterAddresses& other) { return other.typed == typed; };
    if (std::any_of(addresses_.begin(), addresses_.end(), is_same)) continue;
    addresses_.push_back({typed, {}});
    const auto parts = split_tcp(typed);
    if (auto service = service_name(typed))
      names_.push_back({addresses_.size() - 1, std::move(*service), {}, nullptr, {}});
    else if (parts && !is_numeric(parts->host))
      names_.push_back({addresses_.size() - 1, parts->host, {}, nullptr, {}});
    else
      addresses_.back().deals.push_back(typed);
  }
}

std::unique_ptr<RouterLookup> RouterNames::look_up(const Name& name, TimePoint now) const {
  const TimePoint deadline = now + kNameDeadline;
  if (const auto host = split_tcp(addresses_[name.endpoint].typed))
    return std::make_unique<NameLookup>(*host, deadline);
  return std::make_unique<ServiceLookup>(name.text, deadline);
}

bool RouterNames::step(TimePoint now) {
  for (Name& name : names_) has_changed_ |= step(name, now);
  return std::exchange(has_changed_, false);
}

bool RouterNames::step(Name& name, TimePoint now) {
  if (!name.lookup) {
    if (!name.followed.is_due(now)) return false;
    name.followed.asked(now);
    name.lookup = look_up(name, now);
  }
  name.lookup->step(now);
  const NameAnswer answer = name.lookup->answer();
  bool has_changed = name.followed.found(answer.addresses);
  if (name.lookup->is_over()) {
    name.lookup.reset();
    has_changed |= name.followed.answered(answer, now);
    tell(name, answer, now);
  }
  if (has_changed) take(name);
  return has_changed;
}

void RouterNames::tell(Name& name, const NameAnswer& answer, TimePoint now) {
  const RouterAddresses& endpoint = addresses_[name.endpoint];
  if (answer.fault.empty()) return name.report.joined();
  const bool has_some = !endpoint.deals.empty();
  const std::string rest = has_some ? "; the addresses that it had are kept" : "; it is looked up again and again";
  name.report.failed("the name " + name.text + " does not resolve: " + answer.fault + rest, now);
  if (const auto line = name.report.due(now)) log_.warning(endpoint.typed + ": " + *line);
}

void RouterNames::take(const Name& name) {
  RouterAddresses& endpoint = addresses_[name.endpoint];
  endpoint.deals = name.followed.addresses();
}

void RouterNames::broke(const std::string& typed, const std::string& deal) {
  for (Name& name : names_) {
    if (addresses_[name.endpoint].typed != typed || !name.followed.broke(deal)) continue;
    take(name);
    has_changed_ = true;
  }
}

void RouterNames::add_sockets(std::vector<pollfd>& sockets) const {
  for (const Name& name : names_)
    if (name.lookup) name.lookup->add_sockets(sockets);
}

RouterNames::TimePoint RouterNames::next_step(TimePoint now) const {
  auto next = has_changed_ ? now : TimePoint::max();
  for (const Name& name : names_)
    next = std::min(next, name.lookup ? name.lookup->next_step(now) : name.followed.due_at());
  return next;
}

}  // namespace zeroway
