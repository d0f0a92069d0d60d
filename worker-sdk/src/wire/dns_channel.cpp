#include "dns_channel.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <sys/time.h>

#include <algorithm>
#include <array>

#include "limits.h"

namespace zeroway {

namespace {

std::string to_text(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address->sa_family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
  if (address->sa_family == AF_INET6) bytes = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  return bytes == nullptr ? "" : inet_ntop(address->sa_family, bytes, text.data(), text.size());
}

std::string reason_of(int status, const char* what) {
  switch (status) {
    case ARES_SUCCESS:
      return "";
    case ARES_ENOTFOUND:
      return "there is no such name";
    case ARES_ENODATA:
      return std::string("the name has no ") + what;
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED:
      return "no name server answers";
    case ARES_ECONNREFUSED:
      return "no name server can be reached";
    default:
      return ares_strerror(status);
  }
}

void end(DnsAnswer& answer, int status, const char* what) {
  answer.is_over = true;
  answer.is_none = status == ARES_ENODATA || status == ARES_ENOTFOUND;
  answer.fault = reason_of(status, what);
}

void on_addresses(void* of, int status, int, ares_addrinfo* found) {
  auto& answer = *static_cast<AddressAnswer*>(of);
  end(answer, status, "address");
  if (found == nullptr) return;
  for (const ares_addrinfo_node* node = found->nodes; node != nullptr; node = node->ai_next)
    answer.addresses.push_back(to_text(node->ai_addr));
  ares_freeaddrinfo(found);
}

void on_services(void* of, int status, int, unsigned char* reply, int size) {
  auto& answer = *static_cast<ServiceAnswer*>(of);
  ares_srv_reply* found = nullptr;
  if (status == ARES_SUCCESS) status = ares_parse_srv_reply(reply, size, &found);
  for (const ares_srv_reply* one = found; one != nullptr; one = one->next)
    answer.records.push_back({one->priority, one->weight, one->port, one->host});
  if (found != nullptr) ares_free_data(found);
  end(answer, status, "SRV record");
}

}  // namespace

struct DnsChannel::Library {
  ares_channel channel = nullptr;
  int status = ARES_SUCCESS;  // of the channel

  Library() {
    ares_options options{};
    options.timeout = static_cast<int>(kNameServerPatience.count());
    options.tries = kNameServerTries;
    status = ares_init_options(&channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (status != ARES_SUCCESS) channel = nullptr;
  }
  ~Library() {
    if (channel != nullptr) ares_destroy(channel);
  }
};

DnsChannel::DnsChannel(TimePoint deadline) : library_(std::make_unique<Library>()), deadline_(deadline) {}
DnsChannel::~DnsChannel() = default;

void DnsChannel::ask_addresses(const std::string& name, int family, AddressAnswer& answer) {
  if (library_->channel == nullptr) return end(answer, library_->status, "address");
  ares_addrinfo_hints hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;  // each address once
  ares_getaddrinfo(library_->channel, name.c_str(), nullptr, &hints, on_addresses, &answer);
}

void DnsChannel::ask_services(const std::string& name, ServiceAnswer& answer) {
  if (library_->channel == nullptr) return end(answer, library_->status, "SRV record");
  ares_query(library_->channel, name.c_str(), ns_c_in, ns_t_srv, on_services, &answer);
}

void DnsChannel::step(TimePoint now) {
  if (library_->channel == nullptr) return;
  if (now >= deadline_) return ares_cancel(library_->channel);
  std::vector<pollfd> sockets;
  add_sockets(sockets);
  if (poll(sockets.data(), sockets.size(), 0) > 0) {
    for (const pollfd& one : sockets) {
      const bool is_broken = (one.revents & (POLLERR | POLLHUP)) != 0;
      const bool is_readable = (one.revents & POLLIN) != 0 || is_broken;
      const bool is_writable = (one.revents & POLLOUT) != 0;
      ares_process_fd(library_->channel, is_readable ? one.fd : ARES_SOCKET_BAD,
                      is_writable ? one.fd : ARES_SOCKET_BAD);
    }
  }
  ares_process_fd(library_->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // timers that are due
}

void DnsChannel::add_sockets(std::vector<pollfd>& sockets) const {
  if (library_->channel == nullptr) return;
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> found{};
  const int wants = ares_getsock(library_->channel, found.data(), ARES_GETSOCK_MAXNUM);
  for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
    const bool reads = (wants & (1 << i)) != 0;
    const bool writes = (wants & (1 << (i + ARES_GETSOCK_MAXNUM))) != 0;
    if (!reads && !writes) continue;
    const int events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0);
    sockets.push_back({found[static_cast<std::size_t>(i)], static_cast<short>(events), 0});
  }
}

DnsChannel::TimePoint DnsChannel::next_step(TimePoint now) const {
  if (library_->channel == nullptr) return now;
  timeval left{};
  if (ares_timeout(library_->channel, nullptr, &left) == nullptr) return deadline_;
  const auto wait = std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
  return std::min(deadline_, now + wait);
}

}  // namespace zeroway
