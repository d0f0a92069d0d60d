// The SRV records of a service (RFC 2782): on which hosts and ports it is, and in which order they are asked.
//
// Owner: nobody; values and a free function.   Thread: any.
// Pure but for what `draw` does. Not here: asking for them (dns_channel.h).
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace zeroway {

struct ServiceRecord {
  std::uint16_t priority = 0;  // the lowest first
  std::uint16_t weight = 0;    // among those with one priority: the share of the cases in which it is first
  std::uint16_t port = 0;
  std::string host;  // "" = the root: the service is decidedly not there
};

// A number from 0 to `most`, each as likely.
using Draw = std::function<std::uint32_t(std::uint32_t most)>;

// The lowest priority first; those with one priority by lot, as their weights say.
void put_in_order(std::vector<ServiceRecord>& records, const Draw& draw);

}  // namespace zeroway
