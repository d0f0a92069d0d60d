// Questions to /etc/hosts and the name servers of /etc/resolv.conf as they are now. It never blocks. (libzmq would ask
// on its only I/O thread, and all its connections would wait for the answer.)
//
// Owner: a lookup.   Thread: the loop.
// Not here: what the answers mean (name_lookup.h, service_lookup.h). Other sources of nsswitch.conf (mdns, sss) are not
// asked. Only the .cpp file knows c-ares.
#pragma once
#include <poll.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "service_records.h"

namespace zeroway {

struct DnsAnswer {
  bool is_over = false;
  bool is_none = false;  // a name server says so: there is no such name, or the name has no such record
  std::string fault;     // why nothing is there; "" when something is there
};
struct AddressAnswer : DnsAnswer {
  std::vector<std::string> addresses;  // numeric
};
struct ServiceAnswer : DnsAnswer {
  std::vector<ServiceRecord> records;
};

class DnsChannel {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // At `deadline` all questions are over.
  explicit DnsChannel(TimePoint deadline);
  ~DnsChannel();
  DnsChannel(const DnsChannel&) = delete;
  DnsChannel& operator=(const DnsChannel&) = delete;

  // The answer is written to `answer`, which outlives the channel: in this call, in step(), or when the channel is
  // destroyed. `family`: AF_INET or AF_INET6.
  void ask_addresses(const std::string& name, int family, AddressAnswer& answer);
  // SRV records. /etc/hosts has none.
  void ask_services(const std::string& name, ServiceAnswer& answer);

  // Reads the answers that have come, sends the questions that are due.
  void step(TimePoint now);
  // When to call step(): when one of the sockets is ready, or at that time.
  void add_sockets(std::vector<pollfd>& sockets) const;
  [[nodiscard]] TimePoint next_step(TimePoint now) const;

 private:
  struct Library;
  std::unique_ptr<Library> library_;
  TimePoint deadline_;
};

}  // namespace zeroway
