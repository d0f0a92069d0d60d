#include "router/backends/net_origin_dialer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "router/backends/limits.h"
#include "router/http/tcp_client_codec.h"
#include "router/net/proxy_header.h"

namespace zeroway {

namespace {

using Scheme = ServerSpec::Scheme;

// Both ends of a header are of one family: without such a destination it names an address without meaning.
Peer destination_of(const ClientInfo& client) {
  const auto is_v6 = [](std::string_view address) { return address.find(':') != std::string_view::npos; };
  const bool is_known = !client.destination.empty() && is_v6(client.destination) == is_v6(client.address);
  if (is_known) return {client.destination, client.destination_port};
  return {is_v6(client.address) ? "::" : "0.0.0.0", 0};
}

std::string first_bytes(const ServerSpec& server, const ClientInfo* client) {
  using Header = ServerSpec::ProxyHeader;
  if (server.proxy_header == Header::none) return {};
  const ProxyVersion version = server.proxy_header == Header::v1 ? ProxyVersion::one : ProxyVersion::two;
  if (!client) return own_proxy_header(version);
  return proxy_header(version, {.source = {client->address, client->port}, .destination = destination_of(*client)});
}

bool is_http2(const ServerSpec& server, const Dialed& dialed) {
  return server.scheme == Scheme::h2c || dialed.protocol == "h2";
}

}  // namespace

//   look up ──▶ dial ──▶ done         a numeric address and a unix socket need no look-up
class NetOriginDialer::Dial final : public OriginDialing {
 public:
  Dial(NetOriginDialer& owner, const OriginWish& wish, Done done)
      : owner_(owner),
        server_(wish.server),
        first_bytes_(first_bytes(wish.server, wish.client)),
        due_(owner.loop_.now() + wish.deadline),
        done_(std::move(done)) {
    if (wish.tls) tls_.emplace(wish.only_http1 ? wish.tls->only_http1 : wish.tls->any);
    begin(wish.deadline);
  }

 private:
  void begin(Millis deadline) {
    if (server_.is_unix()) return connect_unix();
    if (auto address = SocketAddress::numeric(server_.host, server_.port)) return connect({std::move(*address)});
    lookup_ =
        owner_.resolver_.look_up(server_.host, server_.port, deadline,
                                 [this](Result<std::vector<SocketAddress>> found) { looked_up(std::move(found)); });
  }

  // A path that the kernel does not take is told as an address that cannot be dialled: in the next turn.
  void connect_unix() {
    auto address = SocketAddress::unix_socket(server_.socket_path);
    std::vector<SocketAddress> addresses;
    if (address) addresses.push_back(std::move(*address));
    connect(std::move(addresses));
  }

  void looked_up(Result<std::vector<SocketAddress>> found) {
    if (!found) return finish(found.error());
    owner_.rotate(*found);
    connect(std::move(*found));
  }

  void connect(std::vector<SocketAddress> addresses) {
    const auto left = std::chrono::ceil<Millis>(due_ - owner_.loop_.now());
    DialWish wish{.addresses = std::move(addresses),
                  .tls = tls_ ? &*tls_ : nullptr,
                  .deadline = std::max(Millis(1), left),
                  .first_bytes = std::move(first_bytes_)};
    dialing_ = owner_.dialer_.dial(std::move(wish), [this](Result<Dialed> result) { dialed(std::move(result)); });
  }

  void dialed(Result<Dialed> result) {
    if (!result) {
      if (result.error().fault != Fault::router) owner_.resolver_.look_up_early(server_.host);
      return finish(result.error());
    }
    const bool speaks_http2 = is_http2(server_, *result);
    finish(DialedOrigin{.connection = std::move(result->connection),
                        .codec = codec_for(speaks_http2),
                        .is_http2 = speaks_http2,
                        .address = result->address});
  }

  [[nodiscard]] std::unique_ptr<ClientCodec> codec_for(bool speaks_http2) const {
    if (server_.carries_bytes()) return std::make_unique<TcpClientCodec>();
    return make_client_codec(speaks_http2 ? Protocol::http2 : Protocol::http1, owner_.codecs_);
  }

  // This object may be destroyed in the call.
  void finish(Result<DialedOrigin> result) {
    const Done done = std::move(done_);
    done(std::move(result));
  }

  NetOriginDialer& owner_;
  const ServerSpec& server_;
  std::optional<TlsClient> tls_;
  std::string first_bytes_;
  Time due_;
  Done done_;
  std::unique_ptr<Lookup> lookup_;
  std::unique_ptr<Dialing> dialing_;
};

class NetOriginDialer::Following final : public OriginDialing {
 public:
  Following(Resolver& resolver, const ServerSpec& server, Followed done)
      : done_(std::move(done)),
        lookup_(resolver.look_up(server.host, server.port, kFollowTime,
                                 [this](Result<std::vector<SocketAddress>> found) { looked_up(std::move(found)); })) {}

 private:
  void looked_up(Result<std::vector<SocketAddress>> found) {
    if (found) std::exchange(done_, nullptr)(*found);
  }

  Followed done_;
  std::unique_ptr<Lookup> lookup_;
};

std::unique_ptr<OriginDialing> NetOriginDialer::dial(const OriginWish& wish, Done done) {
  return std::make_unique<Dial>(*this, wish, std::move(done));
}

std::unique_ptr<OriginDialing> NetOriginDialer::follow(const ServerSpec& server, Followed done) {
  if (server.is_unix() || SocketAddress::numeric(server.host, server.port)) return nullptr;
  return std::make_unique<Following>(resolver_, server, std::move(done));
}

// Only among those of the first family: the other one may not be routed (RFC 8305 §4).
void NetOriginDialer::rotate(std::vector<SocketAddress>& addresses) {
  if (addresses.empty()) return;
  const auto family = addresses.front().family();
  const auto end = std::find_if(addresses.begin(), addresses.end(),
                                [family](const SocketAddress& one) { return one.family() != family; });
  const auto count = static_cast<std::size_t>(end - addresses.begin());
  std::rotate(addresses.begin(), addresses.begin() + static_cast<std::ptrdiff_t>(turn_++ % count), end);
}

}  // namespace zeroway
