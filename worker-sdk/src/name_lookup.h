// One question about one host name, to /etc/hosts and the name servers of /etc/resolv.conf as they are now. Nothing
// waits: libzmq would ask on its only thread of input and output, and everything would stand still for the answer.
//
// Owner: RouterNames, one for each question.   Thread: the loop.
// Not here: when to ask again, what to keep (followed_name.h). Other sources of nsswitch.conf (mdns, sss) are not
// asked. Only its .cpp knows c-ares.
#pragma once
#include <poll.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "followed_name.h"

namespace zeroway {

class NameLookup {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  NameLookup(const std::string& name, TimePoint now);
  ~NameLookup();
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  // Reads what has come, sends what is due. The lookup is over after 10 s at the latest.
  void step(TimePoint now);
  [[nodiscard]] bool is_over() const;
  // The addresses so far: those of IPv4 need not wait for those of IPv6, nor the reverse. With fault, once it is over.
  [[nodiscard]] NameAnswer answer() const;

  // What wakes it: step() is wanted when one of the sockets is ready, or at that time.
  void add_sockets(std::vector<pollfd>& sockets) const;
  [[nodiscard]] TimePoint next_step(TimePoint now) const;

 private:
  struct Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace zeroway
