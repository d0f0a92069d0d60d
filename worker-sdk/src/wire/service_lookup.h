// One question about one service: its SRV records (RFC 2782), and the addresses of the hosts that they name.
//
// Owner: RouterNames, one for each question.   Thread: the loop.
// All hosts count, whatever their priority: which router a request comes to is chosen by its client, and every router
// needs workers. The order of the answer is that of RFC 2782, as far as the hosts' addresses have come.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "dns_channel.h"
#include "name_lookup.h"
#include "router_lookup.h"

namespace zeroway {

class ServiceLookup final : public RouterLookup {
 public:
  // `name`: with the service and the protocol, "_zeroway._tcp.example.com".
  ServiceLookup(const std::string& name, TimePoint deadline);

  void step(TimePoint now) override;
  [[nodiscard]] bool is_over() const override;
  [[nodiscard]] NameAnswer answer() const override;
  void add_sockets(std::vector<pollfd>& sockets) const override;
  [[nodiscard]] TimePoint next_step(TimePoint now) const override;

 private:
  struct Target {
    std::string host;
    std::unique_ptr<NameLookup> lookup;
  };

  void look_hosts_up();

  TimePoint deadline_;
  ServiceAnswer services_;
  DnsChannel channel_;  // behind services_: its end writes there
  std::vector<Target> targets_;
  std::string fault_;  // of the records
  bool has_records_ = false;
};

}  // namespace zeroway
