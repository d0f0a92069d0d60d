#include "router/net/proxy_arrivals.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "router/net/limits.h"

namespace zeroway {

class ProxyArrivals::Arrival final : private Watcher {
 public:
  Arrival(Loop& loop, ProxyArrivals& arrivals, Socket socket, ConnectionEnds ends)
      : loop_(loop), arrivals_(arrivals), socket_(std::move(socket)), ends_(std::move(ends)), timer_(loop, [this] {
          arrivals_.over(*this, "the PROXY header took too long");
        }) {
    timer_.set(arrivals.deadline_);
    loop_.watch(socket_.fd(), *this, true, false);
  }
  ~Arrival() override {
    if (socket_.is_open()) loop_.forget(socket_.fd());
  }

  [[nodiscard]] const Peer& peer() const { return ends_.source; }
  [[nodiscard]] const ConnectionEnds& ends() const { return header_.has_ends() ? header_.ends() : ends_; }
  [[nodiscard]] Socket take() {
    timer_.clear();
    loop_.forget(socket_.fd());
    return std::move(socket_);
  }

 private:
  // Looks at the bytes first, then takes those of the header alone.
  void ready(bool, bool) override {
    std::array<std::uint8_t, kProxyRead> bytes{};
    const ssize_t count = ::recv(socket_.fd(), bytes.data(), bytes.size(), MSG_PEEK);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    if (count <= 0) return arrivals_.over(*this, "the connection ended before its PROXY header");
    const std::size_t taken = header_.read(Bytes(bytes.data(), static_cast<std::size_t>(count)));
    static_cast<void>(::recv(socket_.fd(), bytes.data(), taken, 0));  // they are there
    if (header_.state() == ProxyHeaderReader::State::reading) return;
    arrivals_.over(*this, header_.failure());
  }

  Loop& loop_;
  ProxyArrivals& arrivals_;
  Socket socket_;
  ConnectionEnds ends_;
  ProxyHeaderReader header_;
  Timer timer_;
};

ProxyArrivals::ProxyArrivals(Loop& loop, Millis deadline, Arrived arrived, Failed failed)
    : loop_(loop), deadline_(deadline), arrived_(std::move(arrived)), failed_(std::move(failed)) {}

ProxyArrivals::~ProxyArrivals() { loop_.forget_turn_end(*this); }

void ProxyArrivals::begin(Socket socket, ConnectionEnds ends) {
  auto made = std::make_unique<Arrival>(loop_, *this, std::move(socket), std::move(ends));
  const Arrival* const key = made.get();
  open_.emplace(key, std::move(made));
}

void ProxyArrivals::drop_all() { open_.clear(); }

void ProxyArrivals::over(Arrival& who, std::string_view failure) {
  auto entry = open_.extract(&who);
  gone_.push_back(std::move(entry.mapped()));
  loop_.at_turn_end(*this);
  Socket socket = who.take();
  if (failure.empty()) return arrived_(std::move(socket), who.ends());
  failed_(who.peer(), failure);
}

void ProxyArrivals::turn_end() { gone_.clear(); }

}  // namespace zeroway
