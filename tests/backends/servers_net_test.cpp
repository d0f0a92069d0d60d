// A pool of servers over real sockets: servers that a test plays on 127.0.0.1, plain, over TLS and on unix sockets.
#include <sys/socket.h>

#include <deque>
#include <optional>

#include "router/backends/net_origin_dialer.h"
#include "router/backends/raw_socket_backend.h"
#include "router/net/listener.h"
#include "router/net/tls_connection.h"
#include "tests/backends/servers_bench.h"
#include "tests/net/talk.h"
#include "tests/net/tls_bench.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::chrono_literals;

namespace {

const char* const kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// A server without rules: the test reads and writes its sockets.
class RawServer {
 public:
  RawServer(Loop& loop, Socket socket)
      : listener_(loop, std::move(socket), [this](Socket accepted, Peer) {
          clients.push_back(std::move(accepted));
          heard.emplace_back();
        }) {}
  explicit RawServer(Loop& loop) : RawServer(loop, *listen_at("127.0.0.1", 0, Share::no)) {}

  [[nodiscard]] std::uint16_t port() const { return listener_.address().port; }
  // Reads what has come on all connections.
  void look() {
    static std::string buffer(1 << 20, ' ');
    for (std::size_t index = 0; index < clients.size(); ++index) {
      ssize_t count = 0;
      while ((count = ::recv(clients[index].fd(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0)
        heard[index].append(buffer, 0, static_cast<std::size_t>(count));
    }
  }
  void say(std::size_t index, std::string_view text) {
    REQUIRE(::send(clients[index].fd(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
  }
  void close(std::size_t index) { clients[index] = Socket(); }

  std::deque<Socket> clients;
  std::deque<std::string> heard;

 private:
  Listener listener_;
};

struct NetBench {
  NetBench() { codecs.random = &random; }

  ServersBackend& serve(PoolSpec spec) {
    auto made = ServersPool::make(std::move(spec));
    REQUIRE(made.has_value());
    pool = *made;
    backend.emplace(loop, pool, dialer);
    return *backend;
  }
  static PoolSpec pool_at(const std::string& host, std::uint16_t port) {
    PoolSpec spec = pool_of({"a"});
    spec.servers[0].host = host;
    spec.servers[0].port = port;
    return spec;
  }
  Request open_tunnel() {
    return open({{":method", "CONNECT"}, {":protocol", "tcp"}, {":scheme", "http"}, {":path", "/"}}, Last::no,
                Kind::tunnel);
  }
  Request open(const Head& head, Last last = Last::yes, Kind kind = Kind::request) {
    return open_at(*backend, head, last, kind);
  }
  Request open_at(Backend& who, const Head& head, Last last, Kind kind) {
    const ExchangeKey key = ++last_key;
    Request request;
    request.listener = exchanges.listeners[key] = std::make_shared<Told>();
    request.key = who.open({head, last, kind, Attempt::first, route, client}, {&exchanges, key}).key;
    if (last == Last::yes) who.end(request.key, Head{});
    wake();
    return request;
  }
  void wake() {
    loop.post([] {});
  }
  bool until(const std::function<bool()>& is_so) { return run_until(loop, is_so); }
  bool hears(RawServer& server, std::size_t index, std::string_view ending) {
    return until([&, index, ending] {
      server.look();
      return server.heard.size() > index && server.heard[index].ends_with(ending);
    });
  }
  bool is_over(const Request& request) {
    return until([&request] { return request.listener->is_over; });
  }

  Loop loop;
  Resolver resolver{loop};
  Dialer net_dialer{loop};
  SystemRandomness random;
  ClientCodecSettings codecs;
  NetOriginDialer dialer{loop, resolver, net_dialer, codecs};
  Listeners exchanges;
  ExchangeKey last_key = 0;
  Route route;
  ClientInfo client{.address = "192.0.2.1"};
  std::shared_ptr<ServersPool> pool;
  std::optional<ServersBackend> backend;
};

// A TLS server that answers every read with a reply.
struct SecureServer final : TlsArrivals {
  SecureServer(Loop& for_loop, const TlsFiles& files) : loop(for_loop) {
    TlsSettings settings;
    settings.certificates = {files};
    auto context = TlsContext::load(settings, {"http/1.1"});
    REQUIRE(context.has_value());
    tls.emplace(loop, TlsTerms{*context, TicketKeys::make()}, Millis(5'000));
    listener.emplace(loop, *listen_at("127.0.0.1", 0, Share::no), [this](Socket accepted, Peer) {
      TlsArrivals& self = *this;
      arriving.push_back(std::make_unique<TlsConnection>(loop, std::move(accepted), *tls, self));
    });
  }
  void secured(TlsConnection& who) override {
    for (auto& one : arriving) {
      if (one.get() != &who) continue;
      talks.emplace_back();
      talks.back().serve(std::move(one));
      talks.back().say(kOk);
    }
  }
  void failed(TlsConnection&, std::string_view) override {}

  Loop& loop;
  std::optional<TlsServer> tls;
  std::vector<std::unique_ptr<TlsConnection>> arriving;
  std::deque<Talk> talks;
  std::optional<Listener> listener;
};

}  // namespace

TEST_CASE("servers, net: two requests go over one connection") {
  NetBench bench;
  RawServer server(bench.loop);
  bench.serve(NetBench::pool_at("127.0.0.1", server.port()));
  for (const std::string path : {"/1", "/2"}) {
    const Request request = bench.open(get(path));
    REQUIRE(bench.hears(server, 0, "GET " + path + " HTTP/1.1\r\nhost: site\r\n\r\n"));
    server.say(0, kOk);
    REQUIRE(bench.is_over(request));
    CHECK(request.take() == "accepted a:80 · head 200 · data 2 · end");
  }
  CHECK(server.clients.size() == 1);
}

TEST_CASE("servers, net: a name and a unix socket are dialled, too") {
  NetBench bench;
  RawServer named(bench.loop);
  bench.serve(NetBench::pool_at("localhost", named.port()));
  const Request one = bench.open(get());
  CHECK(bench.hears(named, 0, "\r\n\r\n"));

  const Folder folder;
  RawServer local(bench.loop, *listen_on_unix(folder.path("app.sock")));
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].scheme = ServerSpec::Scheme::unix_socket;
  spec.servers[0].socket_path = folder.path("app.sock");
  spec.preserve_host = false;
  bench.serve(std::move(spec));
  const Request two = bench.open(get());
  CHECK(bench.hears(local, 0, "host: localhost\r\n\r\n"));
}

TEST_CASE("servers, net: a server that is not there is 503, and one that comes back is found") {
  NetBench bench;
  std::uint16_t port = 0;
  {
    const RawServer gone(bench.loop);
    port = gone.port();
  }
  PoolSpec spec = NetBench::pool_at("127.0.0.1", port);
  spec.health.fall = 100;
  bench.serve(std::move(spec));
  const Request one = bench.open(get());
  REQUIRE(bench.is_over(one));
  CHECK(one.take() == "reset no_backend");
  RawServer back(bench.loop, *listen_at("127.0.0.1", port, Share::no));
  const Request two = bench.open(get());
  CHECK(bench.hears(back, 0, "\r\n\r\n"));
}

TEST_CASE("servers, net: a name that nobody has is 503") {
  NetBench bench;
  bench.serve(NetBench::pool_at("no-such-server.invalid", 80));
  const Request request = bench.open(get());
  REQUIRE(bench.is_over(request));
  CHECK(request.take().starts_with("reset "));
}

TEST_CASE("servers, net: a megabyte passes both ways unchanged, as fast as each side reads") {
  NetBench bench;
  RawServer server(bench.loop);
  bench.serve(NetBench::pool_at("127.0.0.1", server.port()));
  std::string content;
  for (int i = 0; content.size() < 1'000'000; ++i) content += std::to_string(i) + " ";
  const std::string length = std::to_string(content.size());
  const Request request = bench.open(post(length), Last::no);
  std::size_t given = 0;
  const auto give = [&] {
    const std::size_t may = kOpeningWindow + static_cast<std::size_t>(request.listener->credited) - given;
    const std::size_t size = std::min(may, content.size() - given);
    if (size == 0) return;
    bench.backend->data(request.key, as_bytes(std::string_view(content).substr(given, size)));
    given += size;
    if (given == content.size()) bench.backend->end(request.key, Head{});
  };
  REQUIRE(bench.until([&] {
    give();
    server.look();
    return !server.heard.empty() && server.heard[0].size() >= content.size() && server.heard[0].ends_with(content);
  }));
  const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + content;
  std::size_t said = 0, credited = kFirstReplyWindow;
  REQUIRE(bench.until([&] {
    const ssize_t count =
        ::send(server.clients[0].fd(), reply.data() + said, reply.size() - said, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) said += static_cast<std::size_t>(count);
    CHECK(request.listener->body.size() <= credited);
    if (!request.listener->is_over && request.listener->body.size() == credited) {
      bench.backend->credit(request.key, 100'000);
      credited += 100'000;
    }
    return request.listener->is_over;
  }));
  CHECK(request.listener->body == content);
}

TEST_CASE("servers, net: a reply to a part of a body is told, though the server then resets the connection") {
  NetBench bench;
  RawServer server(bench.loop);
  bench.serve(NetBench::pool_at("127.0.0.1", server.port()));
  const Request request = bench.open(post("100000000"), Last::no);
  REQUIRE(bench.until([&] { return server.clients.size() == 1; }));
  const std::string piece(kOpeningWindow, 'x');
  std::uint64_t given = 0;
  // Until the server's kernel and ours are full of a body that nobody reads.
  REQUIRE(bench.until([&] {
    if (kOpeningWindow + request.listener->credited - given < piece.size()) return given > 1'000'000;
    bench.backend->data(request.key, as_bytes(piece));
    given += piece.size();
    return false;
  }));
  server.say(0, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  server.close(0);  // with unread bytes: the kernel sends RST
  REQUIRE(bench.is_over(request));
  CHECK(request.take() == "accepted a:80 · head 413 last · end");
}

TEST_CASE("servers, net: a reply that breaks off is never complete") {
  for (const std::string framing : {"Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n"}) {
    NetBench bench;
    RawServer server(bench.loop);
    bench.serve(NetBench::pool_at("127.0.0.1", server.port()));
    const Request request = bench.open(get());
    REQUIRE(bench.hears(server, 0, "\r\n\r\n"));
    server.say(0, "HTTP/1.1 200 OK\r\n" + framing + "\r\n5\r\n12");
    server.close(0);
    REQUIRE(bench.is_over(request));
    CHECK(request.take().ends_with("reset backend_lost"));
  }
}

TEST_CASE("servers, net: a kept connection that the server has closed costs nobody a request") {
  NetBench bench;
  RawServer server(bench.loop);
  bench.serve(NetBench::pool_at("127.0.0.1", server.port()));
  for (std::size_t index = 0; index < 5; ++index) {
    const Request request = bench.open(get());
    REQUIRE(bench.hears(server, index, "\r\n\r\n"));
    server.say(index, kOk);
    REQUIRE(bench.is_over(request));
    server.close(index);
    REQUIRE(bench.until([&] { return bench.backend->members()[0].text.find(" 0 connections") != std::string::npos; }));
  }
}

TEST_CASE("servers, net: the PROXY header comes before the request and names the client") {
  NetBench bench;
  RawServer server(bench.loop);
  PoolSpec spec = NetBench::pool_at("127.0.0.1", server.port());
  spec.servers[0].proxy_header = ServerSpec::ProxyHeader::v1;
  bench.serve(std::move(spec));
  const Request request = bench.open(get());
  REQUIRE(bench.hears(server, 0, "\r\n\r\n"));
  CHECK(server.heard[0] == "PROXY TCP4 192.0.2.1 0.0.0.0 0 0\r\nGET / HTTP/1.1\r\nhost: site\r\n\r\n");
}

TEST_CASE("servers, net: over TLS, the server must prove its name by a certificate that counts") {
  NetBench bench;
  const TlsFolder folder;
  const TlsFiles files = folder.make("a", "DNS:a.test,IP:127.0.0.1", "a.test");
  SecureServer server(bench.loop, files);
  PoolSpec spec = NetBench::pool_at("127.0.0.1", server.listener->address().port);
  spec.servers[0].scheme = ServerSpec::Scheme::https;
  spec.health.fall = 100;
  struct Case {
    std::string ca_file, server_name;
    bool verify;
    std::string told;
  };
  const std::string answered = "accepted a:80 · head 200 · data 2 · end", refused = "reset no_backend";
  for (const Case& one :
       {Case{files.certificate, "", true, answered}, Case{files.certificate, "a.test", true, answered},
        Case{files.certificate, "b.test", true, refused}, Case{"", "a.test", true, refused},
        Case{"", "b.test", false, answered}}) {
    PoolSpec tried = spec;
    tried.servers[0].ca_file = one.ca_file;
    tried.servers[0].server_name = one.server_name;
    tried.servers[0].verify = one.verify;
    bench.serve(std::move(tried));
    const Request request = bench.open(get());
    REQUIRE(bench.is_over(request));
    CHECK(request.take() == one.told);
  }
}

TEST_CASE("servers, net: a tunnel over TLS wants the same proof") {
  NetBench bench;
  const TlsFolder folder;
  const TlsFiles files = folder.make("a", "DNS:a.test,IP:127.0.0.1", "a.test");
  SecureServer server(bench.loop, files);
  PoolSpec spec = NetBench::pool_at("127.0.0.1", server.listener->address().port);
  spec.servers[0].scheme = ServerSpec::Scheme::tls;
  spec.health.fall = 100;
  spec.servers[0].ca_file = files.certificate;
  bench.serve(spec);
  const Request good = bench.open_tunnel();
  REQUIRE(bench.until([&] { return good.listener->log.find("data") != std::string::npos; }));
  CHECK(good.take() == "accepted a:80 · head 200 · data " + std::to_string(std::string_view(kOk).size()));
  bench.backend->reset(good.key, ResetCode::cancel);
  spec.servers[0].server_name = "b.test";
  bench.serve(spec);
  const Request wrong = bench.open_tunnel();
  REQUIRE(bench.is_over(wrong));
  CHECK(wrong.take() == "reset no_backend");
}

TEST_CASE("servers, net: a tunnel over a unix socket carries bytes, no HTTP") {
  NetBench bench;
  const Folder folder;
  RawServer server(bench.loop, *listen_on_unix(folder.path("app.sock")));
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].scheme = ServerSpec::Scheme::unix_tunnel;
  spec.servers[0].socket_path = folder.path("app.sock");
  bench.serve(std::move(spec));
  const Request tunnel = bench.open_tunnel();
  bench.backend->data(tunnel.key, as_bytes(std::string("abc")));
  REQUIRE(bench.hears(server, 0, "abc"));
  CHECK(server.heard[0] == "abc");
  server.say(0, "xyz");
  REQUIRE(bench.until([&] { return tunnel.listener->log.find("data") != std::string::npos; }));
  bench.backend->reset(tunnel.key, ResetCode::cancel);
}

TEST_CASE("servers, net: sessions over RawSocket to a server on a unix socket, which refuses, answers and closes") {
  NetBench bench;
  const Folder folder;
  RawServer server(bench.loop, *listen_on_unix(folder.path("wamp.sock")));
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].scheme = ServerSpec::Scheme::unix_tunnel;
  spec.servers[0].socket_path = folder.path("wamp.sock");
  ServersBackend& pool = bench.serve(std::move(spec));
  RawSocketBackend sessions(bench.loop, {&pool, [](Backend*) {}});
  const auto join = [&] {
    return bench.open_at(sessions,
                         {{":method", "CONNECT"},
                          {":protocol", "websocket"},
                          {":scheme", "http"},
                          {":path", "/"},
                          {"sec-websocket-protocol", "wamp.2.json"}},
                         Last::no, Kind::web_socket);
  };
  const std::string offer("\x7f\xf1\0\0", 4);
  const Request refused = join();
  REQUIRE(bench.hears(server, 0, offer));
  server.say(0, std::string_view("\x7f\x10\0\0", 4));
  REQUIRE(bench.is_over(refused));
  CHECK(refused.take() == "accepted a:80 · reset backend_protocol");
  CHECK(refused.listener->detail == "server a:80: refuses the handshake of RawSocket: its serializer is not served");

  const Request good = join();
  REQUIRE(bench.hears(server, 1, offer));
  server.say(1, offer);
  REQUIRE(bench.until([&] { return good.listener->log.ends_with("head 200"); }));
  sessions.piece(good.key, as_bytes(std::string("[1]")), MessageKind::text, Last::yes);
  REQUIRE(bench.hears(server, 1, std::string_view("\0\0\0\3[1]", 7)));
  server.say(1, std::string_view("\0\0\0\3[2]", 7));
  REQUIRE(bench.until([&] { return good.listener->log.ends_with("piece [2]"); }));
  server.close(1);
  REQUIRE(bench.is_over(good));
  CHECK(good.take().ends_with(" · end with trailers"));
  CHECK(sessions.size() == 0);
}

TEST_CASE("servers, net: a pool whose CA file cannot be read is not made, and the error names the file") {
  PoolSpec spec = NetBench::pool_at("127.0.0.1", 443);
  spec.servers[0].scheme = ServerSpec::Scheme::https;
  spec.servers[0].ca_file = "/no/such/file.pem";
  const auto pool = ServersPool::make(std::move(spec));
  REQUIRE_FALSE(pool.has_value());
  CHECK(pool.error().detail.find("/no/such/file.pem") != std::string::npos);
}
