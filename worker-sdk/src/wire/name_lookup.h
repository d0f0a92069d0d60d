// One question about one host name: its IPv4 and IPv6 addresses.
//
// Owner: RouterNames, one for each question; a ServiceLookup, one for each host.   Thread: the loop.
// Not here: the questions themselves (dns_channel.h).
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "dns_channel.h"
#include "router_lookup.h"
#include "worker-sdk/src/session/router_address.h"

namespace zeroway {

class NameLookup final : public RouterLookup {
 public:
  // "localhost" and names below it are answered at once: 127.0.0.1 and ::1.
  NameLookup(const HostAndPort& at, TimePoint deadline);

  void step(TimePoint now) override;
  [[nodiscard]] bool is_over() const override { return v4_.is_over && v6_.is_over; }
  // The name servers say that the host has no address.
  [[nodiscard]] bool is_none() const { return v4_.is_none && v6_.is_none; }
  // IPv4 addresses need not wait for IPv6 ones, nor the reverse.
  [[nodiscard]] NameAnswer answer() const override;
  void add_sockets(std::vector<pollfd>& sockets) const override;
  [[nodiscard]] TimePoint next_step(TimePoint now) const override;

 private:
  std::string port_;
  AddressAnswer v4_, v6_;
  std::unique_ptr<DnsChannel> channel_;  // behind the answers: its end writes there. nullptr = nobody is asked
};

}  // namespace zeroway
