#include "router/net/name_question.h"

#include <ares.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <map>

#include "router/net/limits.h"

namespace zeroway {

namespace {

using Family = NameQuestion::Family;
using State = Family::State;

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

void shorten(std::chrono::seconds& life, int ttl) { life = std::min(life, std::chrono::seconds(std::max(ttl, 0))); }

void read(Family& family, const ares_addrinfo& found) {
  family.life = std::chrono::hours(24);  // far above every TTL that counts
  for (const ares_addrinfo_cname* alias = found.cnames; alias != nullptr; alias = alias->next) {
    shorten(family.life, alias->ttl);
  }
  for (const ares_addrinfo_node* node = found.nodes; node != nullptr; node = node->ai_next) {
    if (family.addresses.size() == kMaxNameAddresses) return;
    shorten(family.life, node->ai_ttl);
    if (auto address = SocketAddress::of(*node->ai_addr, 0)) family.addresses.push_back(std::move(*address));
  }
}

void on_answer(void* of, int status, int, ares_addrinfo* found) {
  auto& family = *static_cast<Family*>(of);
  if (found != nullptr) {
    read(family, *found);
    ares_freeaddrinfo(found);
  }
  const bool is_certain = status == ARES_ENODATA || status == ARES_ENOTFOUND || status == ARES_SUCCESS;
  family.state = !family.addresses.empty() ? State::found : is_certain ? State::none : State::failed;
  if (family.state != State::found) family.fault = reason_of(status == ARES_SUCCESS ? ARES_ENODATA : status);
}

}  // namespace

class NameQuestion::Channel final : private TurnEnd {
 public:
  Channel(Loop& loop, const std::string& name, const std::string& servers, std::function<void()> news)
      : loop_(loop),
        news_(std::move(news)),
        step_(loop, [this] { step(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }),
        patience_(loop, [this] { tell(); }),
        deadline_(loop, [this] { expire(); }) {
    if (const int status = open(servers); status != ARES_SUCCESS) {
      on_answer(&v4_, status, 0, nullptr);
      on_answer(&v6_, status, 0, nullptr);
    } else {
      // Two questions, not one for both: a name server that never answers one of them must not delay the other.
      ask(name, AF_INET, v4_);
      ask(name, AF_INET6, v6_);
    }
    deadline_.set(kNameQuestion);
    look();
  }
  ~Channel() override {
    loop_.forget_turn_end(*this);
    if (channel_ != nullptr) ares_destroy(channel_);  // closes its sockets, which ends their watches
  }

  [[nodiscard]] const Family& v4() const { return v4_; }
  [[nodiscard]] const Family& v6() const { return v6_; }
  [[nodiscard]] bool is_over() const { return v4_.state != State::asked && v6_.state != State::asked; }

 private:
  // c-ares wants to know which of its sockets is ready.
  struct Watch final : Watcher {
    Watch(Channel& for_channel, int for_fd) : channel(for_channel), fd(for_fd) {}
    // c-ares may close the socket in this call, which destroys this object.
    void ready(bool readable, bool writable) override {
      channel.step(readable ? fd : ARES_SOCKET_BAD, writable ? fd : ARES_SOCKET_BAD);
    }
    Channel& channel;
    const int fd;
  };

  int open(const std::string& servers) {
    ares_options options{};
    options.timeout = static_cast<int>(kNameServerWait.count());
    options.tries = kNameServerRounds;
    options.sock_state_cb = [](void* self, ares_socket_t fd, int reads, int writes) {
      static_cast<Channel*>(self)->watch(fd, reads != 0, writes != 0);
    };
    options.sock_state_cb_data = this;
    const int status =
        ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) channel_ = nullptr;
    if (status != ARES_SUCCESS || servers.empty()) return status;
    return ares_set_servers_ports_csv(channel_, servers.c_str());
  }

  void ask(const std::string& name, int family, Family& answer) {
    ares_addrinfo_hints hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;  // each address once
    hints.ai_flags = ARES_AI_NOSORT;  // the server's order spreads load
    ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, on_answer, &answer);
  }

  void watch(int fd, bool reads, bool writes) {
    if (!reads && !writes) {
      loop_.forget(fd);
      watches_.erase(fd);
      return;
    }
    auto& one = watches_[fd];
    if (!one) one = std::make_unique<Watch>(*this, fd);
    loop_.watch(fd, *one, reads, writes);
  }

  // Reads answers, and sends what is due.
  void step(ares_socket_t readable, ares_socket_t writable) {
    ares_process_fd(channel_, readable, writable);
    look();
  }

  void look() {
    if (is_over()) return tell();
    const bool has_one = v4_.state == State::found || v6_.state == State::found;
    if (has_one && !patience_.is_set() && !has_told_) patience_.set(kOtherFamilyWait);
    timeval left{};
    if (channel_ == nullptr || ares_timeout(channel_, nullptr, &left) == nullptr) return;
    step_.set(std::chrono::seconds(left.tv_sec) + std::chrono::milliseconds((left.tv_usec + 999) / 1'000));
  }

  void expire() {
    ares_cancel(channel_);
    look();
  }

  void tell() {
    has_told_ = true;
    loop_.at_turn_end(*this);
  }

  void turn_end() override {
    const std::function<void()> news = news_;  // this object may be destroyed in the call
    if (is_over()) {
      deadline_.clear();
      patience_.clear();
      step_.clear();
    }
    news();
  }

  Loop& loop_;
  std::function<void()> news_;
  Timer step_;
  Timer patience_;
  Timer deadline_;
  Family v4_, v6_;
  std::map<int, std::unique_ptr<Watch>> watches_;  // by descriptor
  bool has_told_ = false;
  ares_channel channel_ = nullptr;
};

NameQuestion::NameQuestion(Loop& loop, const std::string& name, const std::string& servers, std::function<void()> news)
    : channel_(std::make_unique<Channel>(loop, name, servers, std::move(news))) {}

NameQuestion::~NameQuestion() = default;

const NameQuestion::Family& NameQuestion::v4() const { return channel_->v4(); }
const NameQuestion::Family& NameQuestion::v6() const { return channel_->v6(); }
bool NameQuestion::is_over() const { return channel_->is_over(); }

}  // namespace zeroway
