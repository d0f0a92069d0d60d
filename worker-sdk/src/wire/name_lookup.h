// One question about one host name, to /etc/hosts and the name servers of /etc/resolv.conf as they are now. It never
// blocks. (libzmq would ask on its only I/O thread, and all its connections would wait for the answer.)
//
// Owner: RouterNames, one for each question.   Thread: the loop.
// Not here: when to ask again, which addresses to keep (followed_name.h). Other sources of nsswitch.conf (mdns, sss)
// are not asked. Only the .cpp file knows c-ares.
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

  // "localhost" and names below it are answered at once: 127.0.0.1 and ::1.
  NameLookup(const std::string& name, TimePoint now);
  ~NameLookup();
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  // Reads the answers that have come, sends the questions that are due. The lookup is over after 10 s at the latest.
  void step(TimePoint now);
  [[nodiscard]] bool is_over() const;
  // The addresses so far: IPv4 addresses need not wait for IPv6 ones, nor the reverse. `fault` is set when the lookup
  // is over.
  [[nodiscard]] NameAnswer answer() const;

  // When to call step(): when one of the sockets is ready, or at that time.
  void add_sockets(std::vector<pollfd>& sockets) const;
  [[nodiscard]] TimePoint next_step(TimePoint now) const;

 private:
  struct Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace zeroway
