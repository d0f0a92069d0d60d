#include "router/net/tls_client.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <deque>
#include <optional>

#include "router/net/dialer.h"
#include "router/net/listener.h"
#include "router/net/tls_client_connection.h"
#include "router/net/tls_connection.h"
#include "tests/net/talk.h"
#include "tests/net/tls_bench.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

// A TLS server on a free port that answers with what it hears.
struct Server final : TlsArrivals {
  Server(Loop& for_loop, const TlsSettings& settings, const std::vector<std::string>& protocols = {"h2", "http/1.1"},
         Millis handshake_timeout = Millis(5'000))
      : loop(for_loop) {
    auto context = TlsContext::load(settings, protocols);
    REQUIRE(context.has_value());
    tls.emplace(loop, TlsTerms{*context, TicketKeys::make()}, handshake_timeout);
    auto socket = listen_at("127.0.0.1", 0, Share::no);
    REQUIRE(socket.has_value());
    where = SocketAddress::numeric("127.0.0.1", bound_to(*socket).port);
    listener.emplace(loop, std::move(*socket), [this](Socket accepted, Peer) {
      TlsArrivals& self = *this;
      arriving.push_back(std::make_unique<TlsConnection>(loop, std::move(accepted), *tls, self));
    });
  }

  void secured(TlsConnection& who) override {
    subject = who.engine().client_subject();
    for (auto& one : arriving) {
      if (one.get() != &who) continue;
      talks.emplace_back();
      talks.back().is_echo = true;
      talks.back().serve(std::move(one));
      if (!greeting.empty()) talks.back().say(greeting);
    }
  }
  void failed(TlsConnection&, std::string_view why) override { failure = why; }

  Loop& loop;
  std::optional<TlsServer> tls;
  std::optional<SocketAddress> where;
  std::vector<std::unique_ptr<TlsConnection>> arriving;
  std::deque<Talk> talks;
  std::string greeting;
  std::string subject;
  std::string failure;
  std::optional<Listener> listener;
};

struct Bench {
  TlsSettings server_settings(std::vector<TlsFiles> files) const {
    TlsSettings settings;
    settings.certificates = std::move(files);
    return settings;
  }
  [[nodiscard]] static TlsClient load(const TlsClientSettings& settings, const std::string& name = "") {
    auto client = TlsClient::load(settings);
    REQUIRE(client.has_value());
    return client->named(name);
  }
  // Trusts `ca` alone.
  [[nodiscard]] static TlsClient trusting(const TlsFiles& ca, const std::string& name = "") {
    TlsClientSettings settings;
    settings.ca_file = ca.certificate;
    settings.protocols = {"h2", "http/1.1"};
    return load(settings, name);
  }
  // The protocol in brackets, or the error's detail.
  std::string dial(const SocketAddress& address, const TlsClient& client, Millis deadline = 4s) {
    result.reset();
    auto dialing =
        dialer.dial(address, &client, deadline, [this](Result<Dialed> told) { result.emplace(std::move(told)); });
    REQUIRE(run_until(loop, [this] { return result.has_value(); }));
    return result->has_value() ? "[" + (*result)->protocol + "]" : result->error().detail;
  }
  std::unique_ptr<Connection> take() { return std::move((*result)->connection); }
  // Dials, says something, hears it, and closes. Whether the session was resumed.
  bool resumes(const SocketAddress& address, const TlsClient& client) {
    REQUIRE(dial(address, client).front() == '[');
    const bool is_resumed = static_cast<TlsClientConnection&>(*(*result)->connection).engine().is_resumed();
    Talk talk;
    talk.serve(take());
    talk.say("x");
    REQUIRE(run_until(loop, [&] { return talk.heard == "x"; }));  // TLS 1.3 sends its tickets before
    talk.drop();
    return is_resumed;
  }

  TlsFolder folder;
  Loop loop;
  Dialer dialer{loop};
  std::optional<Result<Dialed>> result;
};

// A client without TLS of its own.
Socket connect_to(const SocketAddress& address) {
  Socket client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage storage{};
  const unsigned size = address.fill(storage);
  REQUIRE(::connect(client.fd(), reinterpret_cast<const sockaddr*>(&storage), size) == 0);
  return client;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("tls client: a verified connection carries bytes both ways, and has the protocol of ALPN") {
  Bench bench;
  const TlsFiles files = bench.folder.make("a", "DNS:a.test", "a.test");
  Server server(bench.loop, bench.server_settings({files}));
  const TlsClient client = Bench::trusting(files, "a.test");
  REQUIRE(bench.dial(*server.where, client) == "[h2]");
  Talk talk;
  talk.serve(bench.take());
  const std::string text(1'000'000, 'u');
  talk.say(text);
  CHECK(run_until(bench.loop, [&] { return talk.heard.size() == text.size(); }));
  CHECK(talk.heard == text);
  CHECK(bench.dial(*server.where, client.named("A.Test.")) == "[h2]");
  CHECK(client.named("a.test.").server_name() == "a.test");
}

TEST_CASE("tls client: bytes behind the handshake wait for the user, however late") {
  Bench bench;
  const TlsFiles files = bench.folder.make("a", "DNS:a.test");
  Server server(bench.loop, bench.server_settings({files}));
  server.greeting = std::string(100'000, 'g');
  REQUIRE(bench.dial(*server.where, Bench::trusting(files, "a.test")) == "[h2]");
  REQUIRE(run_until(bench.loop, [&] { return !server.talks.empty(); }));
  CHECK(stays(bench.loop, [&] { return server.talks[0].end.empty(); }));
  SUBCASE("and the end, too") {
    server.talks[0].close();
    CHECK(stays(bench.loop, [] { return true; }));
  }
  SUBCASE("and a break, too") {
    server.talks[0].connection()->cut();
    server.talks[0].close();
    CHECK(stays(bench.loop, [] { return true; }));
  }
  SUBCASE("alone") {}
  Talk talk;
  talk.serve(bench.take());
  CHECK(talk.heard.empty());  // never from inside serve()
  CHECK(run_until(bench.loop, [&] { return talk.heard == server.greeting; }));
}

TEST_CASE("tls client: no matching name, no connection") {
  Bench bench;
  const TlsFiles files = bench.folder.make("a", "DNS:a.test,DNS:*.b.test", "c.test");
  Server server(bench.loop, bench.server_settings({files}));
  const TlsClient client = Bench::trusting(files);
  CHECK(bench.dial(*server.where, client.named("x.b.test")) == "[h2]");
  for (const std::string name : {"b.test", "x.y.b.test", "c.test", "a.test.evil", "127.0.0.1", ""}) {
    CAPTURE(name);
    CHECK(has(bench.dial(*server.where, client.named(name)), "certificate verify failed"));
    CHECK(bench.result->error().fault == Fault::backend);
    CHECK(bench.result->error().retry_safe);
  }
  CHECK(has(bench.result->error().detail, "IP address mismatch"));  // of the address that was dialled
}

TEST_CASE("tls client: an address is verified as an address, with its name empty or given") {
  Bench bench;
  const TlsFiles files = bench.folder.make("a", "IP:127.0.0.1");
  Server server(bench.loop, bench.server_settings({bench.folder.make("other", "DNS:127.0.0.1"), files}));
  const TlsClient client = Bench::trusting(files);
  CHECK(has(bench.dial(*server.where, client), "verify failed"));  // the other certificate is the first one
  Server good(bench.loop, bench.server_settings({files}));
  CHECK(bench.dial(*good.where, client) == "[h2]");
  CHECK(bench.dial(*good.where, client.named("127.0.0.1")) == "[h2]");
  CHECK(has(bench.dial(*good.where, client.named("127.0.0.2")), "IP address mismatch"));
  CHECK(has(bench.dial(*good.where, client.named("::1")), "IP address mismatch"));
}

TEST_CASE("tls client: the name is sent, so that the server chooses its certificate") {
  Bench bench;
  const TlsFiles a = bench.folder.make("a", "DNS:a.test"), b = bench.folder.make("b", "DNS:b.test");
  Server server(bench.loop, bench.server_settings({a, b}));
  CHECK(bench.dial(*server.where, Bench::trusting(b, "b.test")) == "[h2]");
  CHECK(has(bench.dial(*server.where, Bench::trusting(a, "b.test")), "verify failed"));
}

TEST_CASE("tls client: a certificate of a stranger or out of its time is refused, and taken without verification") {
  Bench bench;
  const TlsFiles files = bench.folder.make("a", "DNS:a.test");
  bench.folder.seconds_good = -10;
  const TlsFiles old = bench.folder.make("old", "DNS:old.test");
  Server server(bench.loop, bench.server_settings({files, old}));
  CHECK(has(bench.dial(*server.where, Bench::trusting(old, "a.test")), "self-signed certificate"));
  CHECK(has(bench.dial(*server.where, Bench::trusting(old, "old.test")), "certificate has expired"));
  CHECK(has(bench.dial(*server.where, Bench::load({}, "a.test")), "self-signed certificate"));  // the system's CAs
  TlsClientSettings careless;
  careless.verify = false;
  CHECK(bench.dial(*server.where, Bench::load(careless, "other.test")) == "[]");
  CHECK(bench.dial(*server.where, Bench::load(careless)) == "[]");
}

TEST_CASE("tls client: our certificate is shown to a server that asks, and the refusal of a server is told") {
  Bench bench;
  const TlsFiles files = bench.folder.make("a", "DNS:a.test");
  const TlsFiles ours = bench.folder.make("ours", "", "router");
  TlsSettings settings = bench.server_settings({files});
  settings.policy.client_ca = {ours.certificate};
  Server server(bench.loop, settings);
  TlsClientSettings rules;
  rules.ca_file = files.certificate;
  rules.identity = ours;
  CHECK(bench.dial(*server.where, Bench::load(rules, "a.test")) == "[]");
  CHECK(run_until(bench.loop, [&] { return server.subject == "CN=router"; }));

  // In TLS 1.3 the server judges when our handshake is done already.
  rules.identity = {};
  if (bench.dial(*server.where, Bench::load(rules, "a.test")) == "[]") {
    Talk talk;
    talk.serve(bench.take());
    CHECK(run_until(bench.loop, [&] { return talk.end == "lost "; }));
    CAPTURE(talk.failure);
    CHECK(has(talk.failure, "certificate required"));
  } else {
    CHECK(has(bench.result->error().detail, "certificate required"));
  }
}

TEST_CASE("tls client: close_notify is an end, a bare FIN is a loss") {
  Bench bench;
  const TlsFiles files = bench.folder.make("a", "DNS:a.test");
  Server server(bench.loop, bench.server_settings({files}));
  const TlsClient client = Bench::trusting(files, "a.test");
  for (const bool is_cut : {false, true}) {
    CAPTURE(is_cut);
    REQUIRE(bench.dial(*server.where, client) == "[h2]");
    Talk talk;
    talk.serve(bench.take());
    REQUIRE(run_until(bench.loop, [&] { return !server.talks.empty(); }));
    server.talks.back().say("all of it");
    if (is_cut) server.talks.back().connection()->cut();
    server.talks.back().close();
    CHECK(run_until(bench.loop, [&] { return !talk.end.empty(); }));
    CHECK(talk.heard == "all of it");
    CHECK(talk.end == (is_cut ? "lost " : "ended "));
    server.talks.clear();
  }
}

TEST_CASE("tls client: our close is told to the server as an end") {
  Bench bench;
  const TlsFiles files = bench.folder.make("a", "DNS:a.test");
  Server server(bench.loop, bench.server_settings({files}));
  REQUIRE(bench.dial(*server.where, Bench::trusting(files, "a.test")) == "[h2]");
  Talk talk;
  talk.serve(bench.take());
  talk.say("bye");
  talk.close();
  CHECK(run_until(bench.loop, [&] { return !server.talks.empty() && server.talks[0].end.starts_with("ended "); }));
  CHECK(server.talks[0].heard == "bye");
}

TEST_CASE("tls client: a session is resumed by the same rules and name only") {
  Bench bench;
  const TlsFiles files = bench.folder.make("a", "DNS:a.test,DNS:b.test");
  Server server(bench.loop, bench.server_settings({files}));
  Server second(bench.loop, bench.server_settings({files}));
  const TlsClient client = Bench::trusting(files, "a.test");
  CHECK_FALSE(bench.resumes(*server.where, client));
  CHECK(bench.resumes(*server.where, client));
  CHECK(bench.resumes(*server.where, client.named("a.test")));
  CHECK_FALSE(bench.resumes(*server.where, client.named("b.test")));
  CHECK_FALSE(bench.resumes(*second.where, client));
  CHECK_FALSE(bench.resumes(*server.where, Bench::trusting(files, "a.test")));
}

TEST_CASE("tls client: connections outlive the rules they were made by") {
  Bench bench;
  const TlsFiles files = bench.folder.make("a", "DNS:a.test");
  Server server(bench.loop, bench.server_settings({files}));
  std::optional<TlsClient> client = Bench::trusting(files, "a.test");
  REQUIRE(bench.dial(*server.where, *client) == "[h2]");
  client.reset();
  Talk talk;
  talk.serve(bench.take());
  talk.say("still");
  CHECK(run_until(bench.loop, [&] { return talk.heard == "still"; }));
}

TEST_CASE("tls client: a server without a protocol of ours has none") {
  Bench bench;
  const TlsFiles files = bench.folder.make("a", "DNS:a.test");
  Server server(bench.loop, bench.server_settings({files}), {"spdy"});
  CHECK(bench.dial(*server.where, Bench::trusting(files, "a.test")) == "[]");
  Server plain(bench.loop, bench.server_settings({files}), {});
  CHECK(bench.dial(*plain.where, Bench::trusting(files, "a.test")) == "[]");
}

TEST_CASE("tls client: a server that is silent, or speaks something else, or leaves, is an error") {
  Bench bench;
  const TlsClient client = Bench::trusting(bench.folder.make("a", "DNS:a.test"), "a.test");
  auto socket = listen_at("127.0.0.1", 0, Share::no);
  const auto where = *SocketAddress::numeric("127.0.0.1", bound_to(*socket).port);
  std::string answer;
  bool leaves = false;
  std::deque<Talk> talks;
  Listener listener(bench.loop, std::move(*socket), [&](Socket accepted, Peer) {
    if (leaves) return;
    talks.emplace_back();
    talks.back().serve(std::make_unique<TcpConnection>(bench.loop, std::move(accepted)));
    if (!answer.empty()) talks.back().say(answer);
  });
  CHECK(has(bench.dial(where, client, 100ms), "the handshake took over 100 ms"));
  CHECK(bench.result->error().code == Code::backend_timeout);
  answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
  CHECK(has(bench.dial(where, client), "wrong version number"));
  leaves = true;
  CHECK(has(bench.dial(where, client), "TLS with " + where.show() + ": the connection "));
}

TEST_CASE("tls client: a unix socket needs a name to verify") {
  Bench bench;
  const TlsClient client = Bench::trusting(bench.folder.make("a", "DNS:a.test"));
  auto socket = listen_on_unix(bench.folder.path("door"));
  REQUIRE(socket.has_value());
  const auto where = *SocketAddress::unix_socket(bench.folder.path("door"));
  CHECK(has(bench.dial(where, client), "TLS has no server name to verify"));
  CHECK(bench.result->error().fault == Fault::router);
  CHECK(has(bench.dial(where, client.named("a.test"), 50ms), "the handshake took over"));
}

TEST_CASE("tls client: the first bytes are in front of the handshake, in the clear") {
  Bench bench;
  const TlsClient client = Bench::trusting(bench.folder.make("a", "DNS:a.test"), "a.test");
  auto socket = listen_at("127.0.0.1", 0, Share::no);
  const auto where = *SocketAddress::numeric("127.0.0.1", bound_to(*socket).port);
  Talk talk;
  Listener listener(bench.loop, std::move(*socket), [&](Socket accepted, Peer) {
    talk.serve(std::make_unique<TcpConnection>(bench.loop, std::move(accepted)));
  });
  auto dialing = bench.dialer.dial(DialWish{{where}, &client, 4s, "PROXY UNKNOWN\r\n"}, [](const Result<Dialed>&) {});
  CHECK(run_until(bench.loop, [&] { return talk.heard.starts_with("PROXY UNKNOWN\r\n\x16\x03\x01"); }));
}

TEST_CASE("tls client: rules that cannot be used name the file") {
  const TlsFolder folder;
  const TlsFiles a = folder.make("a", "DNS:a.test"), b = folder.make("b", "DNS:b.test");
  const auto why = [](TlsClientSettings settings) {
    const auto client = TlsClient::load(settings);
    return client ? "" : client.error().detail;
  };
  CHECK(has(why({true, folder.path("none"), {}, {}}), folder.path("none")));
  CHECK(has(why({true, "", {a.certificate, b.key}, {}}), "is not the key of " + a.certificate));
  CHECK(has(why({true, "", {folder.path("none"), b.key}, {}}), folder.path("none")));
  CHECK(has(why({true, "", {}, {std::string(256, 'x')}}), "ALPN"));
  CHECK(why({true, a.certificate, b, {"h2"}}).empty());
}

TEST_CASE("tls connection: after the certificate of an ACME challenge it is closed, and nothing is served") {
  Bench bench;
  Server server(bench.loop, bench.server_settings({bench.folder.make("a", "DNS:a.test")}));
  auto challenges = TlsChallenges::make({{"a.test", {}}});
  REQUIRE(challenges.has_value());
  TlsTerms terms = server.tls->terms();
  terms.challenges = *challenges;
  server.tls->use(terms);
  TlsClientSettings authority;
  authority.verify = false;  // it looks at the certificate's extension
  authority.protocols = {"acme-tls/1"};
  REQUIRE(bench.dial(*server.where, Bench::load(authority, "a.test")) == "[acme-tls/1]");
  Talk talk;
  talk.serve(bench.take());
  CHECK(run_until(bench.loop, [&] { return !talk.end.empty(); }));
  CHECK(server.talks.empty());
  CHECK(server.failure == "a challenge of ACME was answered");
  CHECK(has(bench.dial(*server.where, Bench::load(authority, "b.test")), "no application protocol"));
}

// The special way of acme-tls/1 must not be one on which silent clients stay for ever (CVE-2026-22045).
TEST_CASE("tls connection: a client of an ACME challenge has the time of every handshake, and no more") {
  Bench bench;
  const TlsSettings settings = bench.server_settings({bench.folder.make("a", "DNS:a.test")});
  const auto told_after_hello = [&](const std::vector<TlsChallenge>& open, const std::vector<std::string>& awaited) {
    Server server(bench.loop, settings, {"h2"}, Millis(300));
    TlsTerms terms = server.tls->terms();
    terms.challenges = *TlsChallenges::make(open, awaited);
    server.tls->use(terms);
    const Socket client = connect_to(*server.where);
    ClientEnd end;
    const std::string acme =
        "\x0a"
        "acme-tls/1";
    SSL_CTX_set_alpn_protos(end.context(), as_bytes(acme).data(), static_cast<unsigned>(acme.size()));
    end.begin("a.test");
    const std::string hello = end.step();
    REQUIRE(::send(client.fd(), hello.data(), hello.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(hello.size()));
    run_until(bench.loop, [&] { return !server.failure.empty(); });
    return server.failure;
  };
  CHECK(told_after_hello({{"a.test", {}}}, {}) == "the handshake took too long");  // it got the certificate
  CHECK(told_after_hello({}, {"a.test"}) == "the handshake took too long");        // its digest never comes
}
