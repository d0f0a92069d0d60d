#include "router/backends/origin.h"

#include <algorithm>
#include <utility>

#include "router/backends/limits.h"

namespace zeroway {

Origin::Origin(OriginOwner& owner, Loop& loop, OriginDialer& dialer, const ServersPool& pool, std::size_t index,
               const IdleLimits& idle)
    : owner_(owner),
      loop_(loop),
      dialer_(dialer),
      server_(pool.server(index)),
      tls_(pool.tls(index)),
      idle_(idle),
      index_(index),
      preserve_host_(pool.spec().preserve_host),
      authority_(authority_of(server_)),
      sharing_(server_.scheme == ServerSpec::Scheme::h2c     ? Sharing::many
               : server_.scheme == ServerSpec::Scheme::https ? Sharing::unknown
                                                             : Sharing::none),
      idle_timer_(loop, [this] { look_at_idle(); }) {}

Origin::~Origin() = default;

// --- requests

void Origin::serve(OriginStream& stream, const Head& head) {
  // Those that wait come first.
  const bool is_next = waiting_.empty() || needs_own_dial(stream);
  if (OriginConnection* connection = is_next ? find_room(stream) : nullptr) return open(*connection, stream, head);
  stream.keep_head(head);
  stream.stage = OriginStream::Stage::dialing;
  if (needs_own_dial(stream)) return dial(stream, &stream);
  waiting_.push_back(&stream);
  dial_for_waiting();
}

// A connection with a PROXY header names one client, and a tunnel is all of its connection. A WebSocket needs HTTP/1.1,
// which the next connection of others may not speak. A stream that was lost before may have met a kept connection that
// was closed: the next one may be closed, too.
bool Origin::needs_own_dial(const OriginStream& stream) const {
  return is_one_clients() || stream.kind != Kind::request || stream.attempt == Attempt::again;
}

OriginConnection* Origin::find_room(const OriginStream& stream) {
  if (is_one_clients()) return nullptr;
  for (auto at = available_.rbegin(); at != available_.rend(); ++at) {
    OriginConnection& connection = **at;
    if (connection.room() == 0 || !connection.serves(stream.kind)) continue;
    if (stream.attempt == Attempt::again && !connection.is_http2()) continue;
    return &connection;
  }
  return nullptr;
}

void Origin::open(OriginConnection& connection, OriginStream& stream, const Head& head) {
  const OriginTerms terms{.authority = authority_,
                          .base_path = server_.base_path,
                          .scheme = !connection.is_http2()                        ? ""
                                    : server_.scheme == ServerSpec::Scheme::https ? "https"
                                                                                  : "http",
                          .preserve_host = preserve_host_};
  if (fits(head, terms)) {
    connection.open(stream, head);
  } else {
    write_origin_head(head, terms, scratch_);
    connection.open(stream, scratch_);
  }
  if (connection.room() == 0) unlist(connection);
}

void Origin::leave(const OriginStream& stream) {
  std::erase(waiting_, &stream);
  for (const auto& dial : dials_) {
    if (dial->bound == &stream) dial->bound = nullptr;  // the connection is kept for others
  }
}

void Origin::serve_waiting() {
  while (!waiting_.empty()) {
    OriginStream& stream = *waiting_.front();
    OriginConnection* connection = find_room(stream);
    if (!connection) return;
    waiting_.pop_front();
    open(*connection, stream, stream.head);
  }
}

// --- dialing

void Origin::dial(const OriginStream& stream, OriginStream* bound) {
  dials_.push_back(std::make_unique<Dial>(Dial{nullptr, bound, bound != nullptr}));
  Dial* dial = dials_.back().get();
  const OriginWish wish{.server = server_,
                        .tls = tls_,
                        .only_http1 = stream.kind != Kind::request,
                        .client = stream.client,
                        .deadline = owner_.dial_time(stream)};
  dial->handle = dialer_.dial(wish, [this, dial](Result<DialedOrigin> result) { dialed(dial, std::move(result)); });
}

// How many of the waiting streams the dials under way will serve.
std::size_t Origin::expected() const {
  const auto dials = static_cast<std::size_t>(
      std::count_if(dials_.begin(), dials_.end(), [](const auto& dial) { return !dial->is_bound; }));
  if (sharing_ == Sharing::none) return dials;
  return dials * (sharing_ == Sharing::many ? kSharedStreams : waiting_.size());
}

void Origin::dial_for_waiting() {
  while (waiting_.size() > expected()) dial(*waiting_.back(), nullptr);
}

void Origin::dialed(Dial* dial, Result<DialedOrigin> result) {
  const auto at = std::find_if(dials_.begin(), dials_.end(), [dial](const auto& one) { return one.get() == dial; });
  const std::unique_ptr<Dial> done = std::move(*at);
  dials_.erase(at);
  if (!result) return not_connected(result.error(), *done);
  connected(std::move(*result), *done);
}

void Origin::connected(DialedOrigin made, const Dial& dial) {
  if (!dial.is_bound) sharing_ = made.is_http2 ? Sharing::many : Sharing::none;
  connections_.push_back(
      std::make_unique<OriginConnection>(static_cast<OriginConnectionOwner&>(*this), std::move(made)));
  OriginConnection& connection = *connections_.back();
  if (dial.bound) open(connection, *dial.bound, dial.bound->head);
  if (is_one_clients()) connection.retire();  // its own request is its last one
  if (connection.room() > 0) has_room(connection);
  dial_for_waiting();
}

void Origin::not_connected(const Error& error, const Dial& dial) {
  owner_.dial_failed(index_, error);
  if (dial.bound) owner_.no_connection(*dial.bound, error);
  while (!dial.is_bound && waiting_.size() > expected()) {
    OriginStream& stream = *waiting_.front();
    waiting_.pop_front();
    owner_.no_connection(stream, error);
  }
}

// --- connections

void Origin::has_room(OriginConnection& who) {
  list(who);
  serve_waiting();
  close_surplus();
}

void Origin::over(OriginConnection& who) {
  unlist(who);
  const auto at = std::find_if(connections_.begin(), connections_.end(),
                               [&who](const auto& connection) { return connection.get() == &who; });
  owner_.bury(std::move(*at));
  connections_.erase(at);
}

void Origin::list(OriginConnection& connection) {
  if (std::exchange(connection.is_listed, true)) return;
  available_.push_back(&connection);
  set_idle_timer();
}

void Origin::unlist(OriginConnection& connection) {
  if (!std::exchange(connection.is_listed, false)) return;
  available_.erase(std::find(available_.rbegin(), available_.rend(), &connection).base() - 1);
}

void Origin::close_surplus() {
  if (available_.size() <= idle_.most || !available_.front()->is_idle()) return;
  OriginConnection& oldest = *available_.front();
  unlist(oldest);
  oldest.retire();
}

void Origin::look_at_idle() {
  close_old();
  set_idle_timer();
  following_ = dialer_.follow(server_, [this](const std::vector<SocketAddress>& now) { close_moved(now); });
}

// A name may have moved: no new request goes to an address that it has no longer.
void Origin::close_moved(const std::vector<SocketAddress>& addresses) {
  for (const auto& connection : connections_) {
    const auto& address = connection->address();
    if (!address || std::find(addresses.begin(), addresses.end(), *address) != addresses.end()) continue;
    unlist(*connection);
    connection->retire();
  }
}

void Origin::close_old() {
  const Time old = loop_.now() - idle_.time;
  const std::vector<OriginConnection*> all = available_;
  for (OriginConnection* connection : all) {
    if (!connection->is_idle() || connection->idle_since() > old) continue;
    unlist(*connection);
    connection->retire();
  }
}

void Origin::set_idle_timer() {
  if (!available_.empty() && !idle_timer_.is_set()) idle_timer_.set(idle_.look);
}

std::size_t Origin::idle_connections() const {
  return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                [](const auto& connection) { return connection->is_idle(); }));
}

}  // namespace zeroway
