#include "service_lookup.h"

#include <algorithm>
#include <random>
#include <utility>

#include "limits.h"
#include "proto/limits.h"

namespace zeroway {

ServiceLookup::ServiceLookup(const std::string& name, TimePoint deadline) : deadline_(deadline), channel_(deadline) {
  channel_.ask_services(name, services_);
  if (services_.is_over) look_hosts_up();
}

void ServiceLookup::step(TimePoint now) {
  if (!has_records_) {
    channel_.step(now);
    if (services_.is_over) look_hosts_up();
  }
  for (const Target& target : targets_) target.lookup->step(now);
}

void ServiceLookup::look_hosts_up() {
  has_records_ = true;
  fault_ = services_.fault;
  if (!fault_.empty()) return;
  std::random_device device;
  put_in_order(services_.records,
               [&](std::uint32_t most) { return std::uniform_int_distribution<std::uint32_t>(0, most)(device); });
  for (const ServiceRecord& record : services_.records) {
    if (targets_.size() == kMaxServiceHosts) break;
    if (record.host.empty()) {
      fault_ = "its SRV record says that the service is not there";
    } else if (record.port < 1 || record.port > kMaxDealPort) {
      fault_ = "its SRV record has port " + std::to_string(record.port) + ", and a router's is 1 to 65534";
    } else {
      const HostAndPort at{record.host, std::to_string(record.port)};
      targets_.push_back({record.host, std::make_unique<NameLookup>(at, deadline_)});
    }
  }
}

bool ServiceLookup::is_over() const {
  return has_records_ &&
         std::all_of(targets_.begin(), targets_.end(), [](const Target& target) { return target.lookup->is_over(); });
}

NameAnswer ServiceLookup::answer() const {
  NameAnswer answer;
  std::string fault = fault_;
  answer.is_whole = is_over();
  for (const Target& target : targets_) {
    NameAnswer one = target.lookup->answer();
    answer.is_whole &= one.is_whole || target.lookup->is_none();
    if (!one.fault.empty()) fault = "the host " + target.host + ": " + one.fault;
    std::move(one.addresses.begin(), one.addresses.end(), std::back_inserter(answer.addresses));
  }
  answer.is_whole &= !answer.addresses.empty();
  if (is_over() && answer.addresses.empty()) answer.fault = fault;
  return answer;
}

void ServiceLookup::add_sockets(std::vector<pollfd>& sockets) const {
  if (!has_records_) channel_.add_sockets(sockets);
  for (const Target& target : targets_) target.lookup->add_sockets(sockets);
}

ServiceLookup::TimePoint ServiceLookup::next_step(TimePoint now) const {
  if (!has_records_) return channel_.next_step(now);
  auto next = TimePoint::max();
  for (const Target& target : targets_)
    if (!target.lookup->is_over()) next = std::min(next, target.lookup->next_step(now));
  return next == TimePoint::max() ? now : next;
}

}  // namespace zeroway
