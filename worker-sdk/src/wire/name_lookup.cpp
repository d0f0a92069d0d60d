#include "name_lookup.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/time.h>

#include <array>
#include <cctype>

#include "limits.h"

namespace zeroway {

namespace {

struct FamilyAnswer {
  bool is_over = false;
  int status = ARES_SUCCESS;
  std::vector<std::string> addresses;

  [[nodiscard]] bool has_none() const { return status == ARES_ENODATA || status == ARES_ENOTFOUND; }
};

std::string to_text(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address->sa_family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
  if (address->sa_family == AF_INET6) bytes = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  return bytes == nullptr ? "" : inet_ntop(address->sa_family, bytes, text.data(), text.size());
}

void on_answer(void* of, int status, int, ares_addrinfo* found) {
  auto& family = *static_cast<FamilyAnswer*>(of);
  family.is_over = true;
  family.status = status;
  if (found == nullptr) return;
  for (const ares_addrinfo_node* node = found->nodes; node != nullptr; node = node->ai_next)
    family.addresses.push_back(to_text(node->ai_addr));
  ares_freeaddrinfo(found);
}

std::string reason_of(int status) {
  switch (status) {
    case ARES_ENOTFOUND:
      return "there is no such name";
    case ARES_ENODATA:
      return "the name has no address";
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED:
      return "no name server answers";
    case ARES_ECONNREFUSED:
      return "no name server can be reached";
    default:
      return ares_strerror(status);
  }
}

// Names that always mean this machine (RFC 6761 §6.3). c-ares 1.18 would answer them too, but it leaks a few bytes for
// each question when /etc/hosts has the name in one family only.
bool is_local_name(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace

struct NameLookup::Channel {
  ares_channel channel = nullptr;
  FamilyAnswer v4, v6;
  TimePoint deadline;

  ~Channel() {
    if (channel != nullptr) ares_destroy(channel);
  }
  void ask(const std::string& name, int family, FamilyAnswer& answer) {
    ares_addrinfo_hints hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;  // each address once
    ares_getaddrinfo(channel, name.c_str(), nullptr, &hints, on_answer, &answer);
  }
};

NameLookup::NameLookup(const std::string& name, TimePoint now) : channel_(std::make_unique<Channel>()) {
  channel_->deadline = now + kNameDeadline;
  if (is_local_name(name)) {
    channel_->v4 = {true, ARES_SUCCESS, {"127.0.0.1"}};
    channel_->v6 = {true, ARES_SUCCESS, {"::1"}};
    return;
  }
  ares_options options{};
  options.timeout = static_cast<int>(kNameServerPatience.count());
  options.tries = kNameServerTries;
  const int status = ares_init_options(&channel_->channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
  if (status != ARES_SUCCESS) {
    channel_->channel = nullptr;
    channel_->v4 = channel_->v6 = {true, status, {}};
    return;
  }
  // Two questions, not one for both: a name server that never answers one of them must not delay the other.
  channel_->ask(name, AF_INET, channel_->v4);
  channel_->ask(name, AF_INET6, channel_->v6);
}

NameLookup::~NameLookup() = default;

void NameLookup::step(TimePoint now) {
  if (is_over()) return;
  if (now >= channel_->deadline) return ares_cancel(channel_->channel);
  std::vector<pollfd> sockets;
  add_sockets(sockets);
  if (poll(sockets.data(), sockets.size(), 0) > 0) {
    for (const pollfd& one : sockets) {
      const bool is_broken = (one.revents & (POLLERR | POLLHUP)) != 0;
      const bool is_readable = (one.revents & POLLIN) != 0 || is_broken;
      const bool is_writable = (one.revents & POLLOUT) != 0;
      ares_process_fd(channel_->channel, is_readable ? one.fd : ARES_SOCKET_BAD,
                      is_writable ? one.fd : ARES_SOCKET_BAD);
    }
  }
  ares_process_fd(channel_->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // timers that are due
}

bool NameLookup::is_over() const { return channel_->v4.is_over && channel_->v6.is_over; }

NameAnswer NameLookup::answer() const {
  const FamilyAnswer& v4 = channel_->v4;
  const FamilyAnswer& v6 = channel_->v6;
  NameAnswer answer;
  answer.addresses = v4.addresses;
  answer.addresses.insert(answer.addresses.end(), v6.addresses.begin(), v6.addresses.end());
  const auto is_told = [](const FamilyAnswer& family) { return !family.addresses.empty() || family.has_none(); };
  answer.is_whole = is_over() && !answer.addresses.empty() && is_told(v4) && is_told(v6);
  // The fault of a failing server says more than that of a server without the name.
  if (is_over() && answer.addresses.empty()) answer.fault = reason_of(v4.has_none() ? v6.status : v4.status);
  return answer;
}

void NameLookup::add_sockets(std::vector<pollfd>& sockets) const {
  if (is_over()) return;
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> found{};
  const int wants = ares_getsock(channel_->channel, found.data(), ARES_GETSOCK_MAXNUM);
  for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
    const bool reads = (wants & (1 << i)) != 0;
    const bool writes = (wants & (1 << (i + ARES_GETSOCK_MAXNUM))) != 0;
    if (!reads && !writes) continue;
    const int events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0);
    sockets.push_back({found[static_cast<std::size_t>(i)], static_cast<short>(events), 0});
  }
}

NameLookup::TimePoint NameLookup::next_step(TimePoint now) const {
  if (is_over()) return now;
  timeval left{};
  if (ares_timeout(channel_->channel, nullptr, &left) == nullptr) return channel_->deadline;
  const auto wait = std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
  return std::min(channel_->deadline, now + wait);
}

}  // namespace zeroway
