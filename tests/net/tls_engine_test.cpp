#include "router/net/tls_engine.h"

#include "tests/net/tls_bench.h"

using namespace zeroway;

namespace {

// An engine and a client that pass bytes to each other.
struct Pair {
  explicit Pair(TlsSettings settings, std::vector<std::string> protocols = {"h2", "http/1.1"}) {
    auto context = TlsContext::load(settings, protocols);
    REQUIRE(context.has_value());
    terms = {*context, TicketKeys::make()};
  }

  void begin(const std::string& name = "") {
    engine = std::make_unique<TlsEngine>(terms);
    client.begin(name);
    heard.clear();
  }
  void hear(const std::string& bytes) {
    std::string output;
    const std::size_t size = engine->read(as_bytes(bytes), plain, output);
    heard.append(as_text(Bytes(plain.data(), size)));
    client.give(output);
  }
  // Until neither has anything to say; `piece` bytes at a time.
  void shake_hands(std::size_t piece = SIZE_MAX) {
    for (std::string said = client.step(); !said.empty(); said = client.step()) {
      for (std::size_t at = 0; at < said.size(); at += std::min(piece, said.size() - at)) {
        hear(said.substr(at, piece));
      }
    }
  }
  void say(std::string_view text) {
    std::string output;
    engine->write(as_bytes(text), output);
    client.give(output);
    static_cast<void>(client.step());
  }

  TlsTerms terms;
  std::unique_ptr<TlsEngine> engine;
  ClientEnd client;
  std::vector<std::uint8_t> plain = std::vector<std::uint8_t>(kTlsPlain);
  std::string heard;
};

TlsSettings settings_of(std::vector<TlsFiles> files) {
  TlsSettings settings;
  settings.certificates = std::move(files);
  return settings;
}

}  // namespace

TEST_CASE("tls engine: version and cipher are told by name") {
  TlsFolder folder;
  Pair pair(settings_of({folder.make("a", "DNS:a.test", "a.test")}));
  SSL_CTX_set_ciphersuites(pair.client.context(), "TLS_AES_256_GCM_SHA384");
  pair.begin("a.test");
  pair.shake_hands();
  REQUIRE(pair.engine->state() == TlsState::open);
  CHECK(pair.engine->version() == "TLSv1.3");
  CHECK(pair.engine->cipher() == "TLS_AES_256_GCM_SHA384");
  SSL_CTX_set_max_proto_version(pair.client.context(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(pair.client.context(), "ECDHE-ECDSA-CHACHA20-POLY1305");
  pair.begin("a.test");
  pair.shake_hands();
  CHECK(pair.engine->version() == "TLSv1.2");
  CHECK(pair.engine->cipher() == "ECDHE-ECDSA-CHACHA20-POLY1305");
}

TEST_CASE("tls engine: a handshake, bytes both ways, and an end, however the bytes are cut") {
  TlsFolder folder;
  Pair pair(settings_of({folder.make("a", "DNS:a.test", "a.test")}));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100}, SIZE_MAX}) {
      CAPTURE(version);
      CAPTURE(piece);
      SSL_CTX_set_min_proto_version(pair.client.context(), version);
      SSL_CTX_set_max_proto_version(pair.client.context(), version);
      pair.begin("a.test");
      CHECK(pair.engine->state() == TlsState::handshake);
      pair.shake_hands(piece);
      REQUIRE(pair.engine->state() == TlsState::open);
      REQUIRE(pair.client.is_open());

      const std::string text(40'000, 'u');
      const std::string said = pair.client.say(text);
      for (std::size_t at = 0; at < said.size(); at += std::min(piece, said.size() - at)) {
        pair.hear(said.substr(at, piece));
      }
      CHECK(pair.heard == text);
      pair.client.heard.clear();
      pair.say(std::string(50'000, 'd'));
      CHECK(pair.client.heard == std::string(50'000, 'd'));

      SSL_shutdown(pair.client.ssl());
      pair.hear(pair.client.take());
      CHECK(pair.engine->state() == TlsState::ended);
      pair.client.heard.clear();
      pair.say("still said");  // RFC 8446 §6.1: each side ends by itself
      CHECK(pair.client.heard == "still said");
      std::string output;
      pair.engine->close(output);
      pair.client.give(output);
      static_cast<void>(pair.client.step());
      CHECK(pair.client.has_heard_end());
    }
  }
}

TEST_CASE("tls engine: a request behind the handshake's last bytes is told in the same call") {
  TlsFolder folder;
  Pair pair(settings_of({folder.make("a", "DNS:a.test")}));
  pair.begin();
  pair.hear(pair.client.step());
  std::string last = pair.client.step();
  REQUIRE(pair.client.is_open());
  last += pair.client.say("GET /");
  pair.hear(last);
  CHECK(pair.engine->state() == TlsState::open);
  CHECK(pair.heard == "GET /");
}

TEST_CASE("tls engine: the client's name chooses the certificate") {
  TlsFolder folder;
  Pair pair(settings_of({folder.make("a", "DNS:a.test", "a"), folder.make("b", "DNS:b.test,DNS:*.b.test", "b"),
                         folder.make("c", "", "c.test")}));
  const auto answer = [&](const std::string& name) {
    pair.begin(name);
    pair.shake_hands();
    return pair.client.peer_name();
  };
  CHECK(answer("") == "a");
  CHECK(answer("a.test") == "a");
  CHECK(answer("B.Test") == "b");
  CHECK(answer("x.b.test") == "b");
  CHECK(answer("x.x.b.test") == "a");
  CHECK(answer(".b.test") == "a");
  CHECK(answer("b.test.") == "b");
  CHECK(answer("x.b.test.") == "b");
  CHECK(answer("c.test") == "c.test");
  CHECK(answer("stranger") == "a");
}

TEST_CASE("tls engine: ALPN takes ours first, and nothing in common is no ALPN") {
  TlsFolder folder;
  Pair pair(settings_of({folder.make("a", "DNS:a.test")}));
  const auto offer = [&](const std::string& wire) {
    SSL_CTX_set_alpn_protos(pair.client.context(), reinterpret_cast<const unsigned char*>(wire.data()),
                            static_cast<unsigned>(wire.size()));
    pair.begin();
    pair.shake_hands();
    return pair.engine->state() == TlsState::open ? std::string(pair.engine->protocol()) : "failed";
  };
  CHECK(offer("\x8http/1.1\x2h2") == "h2");
  CHECK(offer("\x8http/1.1") == "http/1.1");
  CHECK(offer("\x8http/1.0") == "");
  CHECK(offer("\x4imap\x2h3") == "");
  CHECK(offer("") == "");
}

TEST_CASE("tls engine: a ticket resumes, after one and two rotations too, not after three") {
  TlsFolder folder;
  Pair pair(settings_of({folder.make("a", "DNS:a.test")}));
  SSL_CTX_set_max_proto_version(pair.client.context(), TLS1_2_VERSION);  // its session is there at once
  pair.begin();
  pair.shake_hands();
  REQUIRE_FALSE(pair.engine->is_resumed());
  const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(SSL_get1_session(pair.client.ssl()),
                                                                          SSL_SESSION_free);
  const auto resumes = [&] {
    pair.begin();
    SSL_set_session(pair.client.ssl(), session.get());
    pair.shake_hands();
    REQUIRE(pair.engine->state() == TlsState::open);
    return pair.engine->is_resumed();
  };
  CHECK(resumes());
  for (const bool expected : {true, true, false}) {
    pair.terms.keys = pair.terms.keys->rotated();
    CHECK(resumes() == expected);
  }
}

TEST_CASE("tls engine: a client's certificate is asked for, checked, and its subject is printable") {
  TlsFolder folder;
  const TlsFiles client = folder.make("client", "", "J\xc3\xb6rg, \r\nx: y");
  const TlsFiles stranger = folder.make("stranger", "", "stranger");
  TlsSettings settings = settings_of({folder.make("a", "DNS:a.test")});
  settings.policy.client_ca = {client.certificate};  // signed by itself
  const auto come = [](Pair& pair, const TlsFiles* files) {
    if (files) {
      SSL_CTX_use_certificate_file(pair.client.context(), files->certificate.c_str(), SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(pair.client.context(), files->key.c_str(), SSL_FILETYPE_PEM);
    }
    pair.begin();
    pair.shake_hands();
    return pair.engine->state() == TlsState::open ? pair.engine->client_subject() : "failed";
  };
  for (const bool is_optional : {false, true}) {
    settings.policy.client_optional = is_optional;
    Pair pair(settings);
    CHECK(come(pair, nullptr) == (is_optional ? "" : "failed"));
    CHECK(come(pair, &stranger) == "failed");
    CHECK(come(pair, &client) == "CN=J\\C3\\B6rg\\, \\0D\\0Ax: y");
  }
}

TEST_CASE("tls engine: what is no TLS fails, and so does a byte changed on the way") {
  TlsFolder folder;
  Pair pair(settings_of({folder.make("a", "DNS:a.test")}));
  pair.begin();
  pair.hear(std::string(100, '\0'));
  CHECK(pair.engine->state() == TlsState::failed);
  CHECK_FALSE(pair.engine->failure().empty());
  pair.begin();
  pair.shake_hands();
  REQUIRE(pair.engine->state() == TlsState::open);
  std::string said = pair.client.say("hello");
  said[said.size() - 3] ^= 1;
  pair.hear(said);
  CHECK(pair.engine->state() == TlsState::failed);
  CHECK(pair.heard.empty());
}

namespace {

// Two sites of one listener: "open" asks for nothing, "closed" for a client's certificate and TLS 1.3.
struct TwoSites {
  TlsFolder folder;
  TlsFiles client = folder.make("client", "", "ann");
  TlsSettings settings;

  TwoSites() {
    settings.sites.push_back(
        {{"open.test", "*.open.test"}, false, {folder.make("open", "DNS:*.open.test", "open")}, {}});
    TlsSite closed{{"closed.test", "a.open.test"}, false, {folder.make("closed", "DNS:closed.test", "closed")}, {}};
    closed.policy.client_ca = {client.certificate};
    closed.policy.client_optional = true;
    closed.policy.min_version = TlsVersion::v1_3;
    closed.policy.ciphers = {"TLS_CHACHA20_POLY1305_SHA256"};
    settings.sites.push_back(std::move(closed));
  }
};

// The certificate that a client with this name gets; "" when the handshake fails.
std::string shown(Pair& pair, const std::string& name) {
  pair.begin(name);
  pair.shake_hands();
  return pair.engine->state() == TlsState::open ? pair.client.peer_name() : "";
}

std::array<std::uint8_t, 32> digest_of(std::uint8_t byte) {
  std::array<std::uint8_t, 32> digest{};
  digest.fill(byte);
  return digest;
}

void offer(Pair& pair, const std::string& protocols) {
  SSL_CTX_set_alpn_protos(pair.client.context(), reinterpret_cast<const unsigned char*>(protocols.data()),
                          static_cast<unsigned>(protocols.size()));
}

}  // namespace

TEST_CASE("tls engine: the name chooses the site: exact before wildcard, in any order, else the default site") {
  TwoSites sites;
  for (int order = 0; order < 2; ++order) {
    Pair pair(sites.settings);
    CHECK(shown(pair, "b.open.test") == "open");
    CHECK(shown(pair, "A.Open.Test.") == "closed");  // exact, though the other site's certificate has the name
    CHECK(shown(pair, "closed.test") == "closed");
    const std::string usual = order == 0 ? "open" : "closed";
    CHECK(shown(pair, "other.test") == usual);
    CHECK(shown(pair, "x.y.open.test") == "open");  // the site's wildcard is for any depth, as that of a request's host
    CHECK(shown(pair, "") == usual);
    std::swap(sites.settings.sites[0], sites.settings.sites[1]);
  }
  sites.settings.sites[1].is_default = true;
  Pair pair(sites.settings);
  CHECK(shown(pair, "other.test") == "closed");
}

TEST_CASE("tls engine: each site has its own versions, ciphers and authorities") {
  TwoSites sites;
  Pair pair(sites.settings);
  CHECK(shown(pair, "closed.test") == "closed");
  CHECK(pair.engine->cipher() == "TLS_CHACHA20_POLY1305_SHA256");
  CHECK(pair.engine->client_authorities() == sites.client.certificate + "\n");
  CHECK_FALSE(pair.engine->has_client_certificate());
  CHECK(shown(pair, "b.open.test") == "open");
  CHECK(pair.engine->cipher() == "TLS_AES_128_GCM_SHA256");
  CHECK(pair.engine->client_authorities().empty());
  SSL_CTX_set_max_proto_version(pair.client.context(), TLS1_2_VERSION);
  CHECK(shown(pair, "b.open.test") == "open");
  CHECK(shown(pair, "closed.test") == "");
  CHECK(pair.engine->failure().find("protocol") != std::string_view::npos);
}

TEST_CASE("tls engine: a client that must send its first message again comes to its site (RFC 8446 section 4.1.4)") {
  TwoSites sites;
  Pair pair(sites.settings);
  REQUIRE(SSL_CTX_set1_groups_list(pair.client.context(), "P-521:P-384") == 1);  // its first key is of no use to us
  CHECK(shown(pair, "closed.test") == "closed");
  CHECK(pair.engine->cipher() == "TLS_CHACHA20_POLY1305_SHA256");
  CHECK(shown(pair, "b.open.test") == "open");
  CHECK(pair.engine->client_authorities().empty());
}

TEST_CASE("tls engine: a session is resumed under its own name only (CVE-2025-23419)") {
  TwoSites sites;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    sites.settings.sites[1].policy.min_version = TlsVersion::v1_2;
    sites.settings.sites[1].policy.ciphers.clear();
    Pair pair(sites.settings);
    SSL_CTX_set_min_proto_version(pair.client.context(), version);
    SSL_CTX_set_max_proto_version(pair.client.context(), version);
    SSL_CTX_set_session_cache_mode(pair.client.context(), SSL_SESS_CACHE_CLIENT);
    const auto resumes = [&pair](const std::string& first, const std::string& second) {
      REQUIRE(shown(pair, first) != "");
      SSL_SESSION* session = SSL_get1_session(pair.client.ssl());
      pair.engine = std::make_unique<TlsEngine>(pair.terms);
      pair.client.begin(second);
      SSL_set_session(pair.client.ssl(), session);
      SSL_SESSION_free(session);
      pair.shake_hands();
      REQUIRE(pair.engine->state() == TlsState::open);
      return pair.engine->is_resumed();
    };
    CHECK(resumes("b.open.test", "b.open.test"));
    CHECK(resumes("B.open.test", "b.open.test."));
    CHECK(resumes("closed.test", "closed.test"));
    CHECK_FALSE(resumes("b.open.test", "closed.test"));
    CHECK_FALSE(resumes("closed.test", "b.open.test"));
    CHECK_FALSE(resumes("b.open.test", "c.open.test"));
    CHECK_FALSE(resumes("b.open.test", ""));
  }
}

TEST_CASE("tls engine: a policy that changed is a full handshake, and the same one with new certificates is not") {
  TwoSites sites;
  Pair pair(sites.settings);
  SSL_CTX_set_session_cache_mode(pair.client.context(), SSL_SESS_CACHE_CLIENT);
  const auto resumes_in = [&](const TlsSettings& later) {
    REQUIRE(shown(pair, "closed.test") == "closed");
    SSL_SESSION* session = SSL_get1_session(pair.client.ssl());
    TlsTerms terms = pair.terms;
    terms.context = *TlsContext::load(later, {"h2"});
    pair.engine = std::make_unique<TlsEngine>(terms);
    pair.client.begin("closed.test");
    SSL_set_session(pair.client.ssl(), session);
    SSL_SESSION_free(session);
    pair.shake_hands();
    return pair.engine->is_resumed();
  };
  TlsSettings later = sites.settings;
  later.sites[1].certificates = {sites.folder.make("new", "DNS:closed.test", "new")};
  CHECK(resumes_in(later));
  later.sites[1].policy.client_ca.push_back(sites.folder.make("more", "", "bob").certificate);
  CHECK_FALSE(resumes_in(later));
}

TEST_CASE("tls engine: acme-tls/1 gets the challenge of its name, and no certificate is asked for (RFC 8737)") {
  TwoSites sites;
  sites.settings.sites[1].policy.client_optional = false;
  Pair pair(sites.settings);
  auto challenges = TlsChallenges::make({{"closed.test", digest_of(7)}, {"b.open.test", digest_of(8)}});
  REQUIRE(challenges.has_value());
  pair.terms.challenges = *challenges;
  CHECK(shown(pair, "closed.test") == "");  // it wants a certificate
  offer(pair,
        "\x0a"
        "acme-tls/1");
  CHECK(shown(pair, "Closed.Test") == "acme challenge");
  CHECK(pair.engine->protocol() == "acme-tls/1");

  const X509* certificate = SSL_get0_peer_certificate(pair.client.ssl());
  CHECK(X509_get_version(certificate) == X509_VERSION_3);
  const std::unique_ptr<ASN1_OBJECT, decltype(&ASN1_OBJECT_free)> kind(OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1),
                                                                       ASN1_OBJECT_free);
  const X509_EXTENSION* identifier = X509_get_ext(certificate, X509_get_ext_by_OBJ(certificate, kind.get(), -1));
  REQUIRE(identifier);
  CHECK(X509_EXTENSION_get_critical(identifier) == 1);
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(const_cast<X509_EXTENSION*>(identifier));
  const std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                         static_cast<std::size_t>(ASN1_STRING_length(value)));
  CHECK(text == "\x04\x20" + std::string(32, '\x07'));
  CHECK(X509_check_host(const_cast<X509*>(certificate), "closed.test", 0, 0, nullptr) == 1);
}

TEST_CASE("tls engine: an authority that asks before the digest is known waits for it in its handshake") {
  TwoSites sites;
  Pair pair(sites.settings);
  pair.terms.challenges = *TlsChallenges::make({}, {"closed.test"});
  offer(pair,
        "\x0a"
        "acme-tls/1");
  pair.begin("closed.test");
  pair.shake_hands();
  CHECK(pair.engine->awaits_challenge());
  CHECK(pair.engine->state() == TlsState::handshake);
  pair.engine->use(*TlsChallenges::make({{"closed.test", digest_of(7)}}));
  pair.hear("");
  pair.shake_hands();
  CHECK_FALSE(pair.engine->awaits_challenge());
  CHECK(pair.engine->state() == TlsState::open);
  CHECK(pair.engine->protocol() == "acme-tls/1");

  pair.begin("closed.test");  // the order is over before the digest came
  pair.shake_hands();
  pair.engine->use(nullptr);
  pair.hear("");
  CHECK(pair.engine->state() == TlsState::failed);
}

TEST_CASE("tls engine: acme-tls/1 without a challenge for the name is refused") {
  TwoSites sites;
  Pair pair(sites.settings);
  offer(pair,
        "\x0a"
        "acme-tls/1");
  CHECK(shown(pair, "b.open.test") == "");  // no challenges at all
  pair.terms.challenges = *TlsChallenges::make({{"closed.test", digest_of(1)}});
  CHECK(shown(pair, "b.open.test") == "");
  CHECK(shown(pair, "") == "");
  offer(pair, "\x02h2");
  CHECK(shown(pair, "closed.test") == "closed");
}
