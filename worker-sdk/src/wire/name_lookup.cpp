#include "name_lookup.h"

#include <sys/socket.h>

#include <cctype>

namespace zeroway {

namespace {

// Names that always mean this machine (RFC 6761 §6.3). c-ares 1.18 would answer them too, but it leaks a few bytes for
// each question when /etc/hosts has the name in one family only.
bool is_local_name(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace

NameLookup::NameLookup(const HostAndPort& at, TimePoint deadline) : port_(at.port) {
  if (is_local_name(at.host)) {
    v4_.is_over = v6_.is_over = true;
    v4_.addresses = {"127.0.0.1"};
    v6_.addresses = {"::1"};
    return;
  }
  channel_ = std::make_unique<DnsChannel>(deadline);
  // Two questions, not one for both: a name server that never answers one of them must not delay the other.
  channel_->ask_addresses(at.host, AF_INET, v4_);
  channel_->ask_addresses(at.host, AF_INET6, v6_);
}

void NameLookup::step(TimePoint now) {
  if (!is_over()) channel_->step(now);
}

NameAnswer NameLookup::answer() const {
  NameAnswer answer;
  for (const AddressAnswer* family : {&v4_, &v6_})
    for (const std::string& address : family->addresses) answer.addresses.push_back(tcp_endpoint(address, port_));
  const auto is_told = [](const AddressAnswer& family) { return !family.addresses.empty() || family.is_none; };
  answer.is_whole = is_over() && !answer.addresses.empty() && is_told(v4_) && is_told(v6_);
  // The fault of a failing server says more than that of a server without the name.
  if (is_over() && answer.addresses.empty()) answer.fault = v4_.is_none ? v6_.fault : v4_.fault;
  return answer;
}

void NameLookup::add_sockets(std::vector<pollfd>& sockets) const {
  if (!is_over()) channel_->add_sockets(sockets);
}

NameLookup::TimePoint NameLookup::next_step(TimePoint now) const { return is_over() ? now : channel_->next_step(now); }

}  // namespace zeroway
