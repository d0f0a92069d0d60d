#include "router/exchange/header_rules.h"

#include <doctest/doctest.h>

#include "router/plan/site.h"

using namespace zeroway;

namespace {

Head request(std::initializer_list<Field> more = {}) {
  Head head{{":method", "GET"}, {":scheme", "http"}, {":path", "/a%20b?c=d"}, {":authority", "example.com"}};
  for (const Field& field : more) head.add(field.name, field.value);
  return head;
}

ExchangeSettings trusting(std::string network) {
  ExchangeSettings settings;
  settings.trusted_proxies = {std::move(network)};
  return settings;
}

const ClientInfo kClient{.address = "192.0.2.1"};

}  // namespace

TEST_CASE("request rules: the worker learns who asked, how, and for which host") {
  HeaderRules rules{ExchangeSettings()};
  Head head = request();
  rules.request(head, kClient);
  CHECK(head.find("x-forwarded-for") == "192.0.2.1");
  CHECK(head.find("x-forwarded-proto") == "http");
  CHECK(head.find("x-forwarded-host") == "example.com");
  CHECK(head.find("forwarded") == "for=192.0.2.1;host=example.com;proto=http");
  CHECK(head.path() == "/a%20b?c=d");
  CHECK(head[0].name == ":method");
  CHECK(head[3].name == ":authority");
}

TEST_CASE("request rules: an untrusted client's word is dropped, all of it") {
  for (const char* network : {"", "10.0.0.0/8"}) {
    HeaderRules rules{trusting(network)};
    Head head = request({{"x-forwarded-for", "1.1.1.1"},
                         {"x-forwarded-for", "2.2.2.2"},
                         {"x-forwarded-proto", "https"},
                         {"x-forwarded-host", "evil"},
                         {"forwarded", "for=1.1.1.1"},
                         {"forwarded", "for=2.2.2.2"}});
    rules.request(head, kClient);
    CHECK(head.size() == 8);
    CHECK(head.find("x-forwarded-for") == "192.0.2.1");
    CHECK(head.find("x-forwarded-proto") == "http");
    CHECK(head.find("x-forwarded-host") == "example.com");
    CHECK(head.find("forwarded") == "for=192.0.2.1;host=example.com;proto=http");
  }
}

TEST_CASE("request rules: a trusted proxy's word is believed and added to") {
  HeaderRules rules{trusting("192.0.2.0/24")};
  Head head = request({{"x-forwarded-for", "1.1.1.1, 9.9.9.9"},
                       {"x-forwarded-proto", "https"},
                       {"x-forwarded-for", "2.2.2.2"},
                       {"x-forwarded-host", "shop.example"},
                       {"forwarded", "for=1.1.1.1;proto=https"}});
  rules.request(head, kClient);
  CHECK(head.find("x-forwarded-for") == "1.1.1.1, 9.9.9.9, 2.2.2.2, 192.0.2.1");
  CHECK(head.count("x-forwarded-for") == 1);
  CHECK(head.find("x-forwarded-proto") == "https");
  CHECK(head.find("x-forwarded-host") == "shop.example");
  CHECK(head.find("forwarded") == "for=1.1.1.1;proto=https, for=192.0.2.1;host=example.com;proto=http");

  Head silent = request();
  rules.request(silent, kClient);
  CHECK(silent.find("x-forwarded-proto") == "http");
  CHECK(silent.find("x-forwarded-host") == "example.com");
}

TEST_CASE("request rules: TLS is said, IPv6 and ports are quoted (RFC 7239 §6)") {
  HeaderRules rules{ExchangeSettings()};
  Head head = request();
  head.set(":authority", "[2001:db8::2]:8443");
  rules.request(head, {.address = "2001:db8::1", .is_tls = true});
  CHECK(head.find(":scheme") == "https");
  CHECK(head.find("x-forwarded-for") == "2001:db8::1");
  CHECK(head.find("x-forwarded-proto") == "https");
  CHECK(head.find("forwarded") == "for=\"[2001:db8::1]\";host=\"[2001:db8::2]:8443\";proto=https");

  Head quoted = request();
  quoted.set(":authority", "a\"b\\c");
  rules.request(quoted, kClient);
  CHECK(quoted.find("forwarded") == "for=192.0.2.1;host=\"a\\\"b\\\\c\";proto=http");
}

TEST_CASE("request rules: without a host nothing is said about it") {
  HeaderRules rules{ExchangeSettings()};
  Head head{{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {"x-forwarded-host", "evil"}};
  rules.request(head, kClient);
  CHECK_FALSE(head.has("x-forwarded-host"));
  CHECK(head.find("forwarded") == "for=192.0.2.1;proto=http");
}

TEST_CASE("reply rules: date when there is none, x-worker whatever the worker says") {
  const HeaderRules rules{ExchangeSettings()};
  Head head{{":status", "200"}, {"x-worker", "liar"}, {"x-worker", "liar"}};
  rules.reply(head, "worker-1", "today");
  CHECK(head.find("date") == "today");
  CHECK(head.find("x-worker") == "worker-1");
  CHECK(head.count("x-worker") == 1);

  Head dated{{":status", "200"}, {"date", "yesterday"}};
  rules.reply(dated, "worker-1", "today");
  CHECK(dated.find("date") == "yesterday");
  CHECK(dated.count("date") == 1);
}

TEST_CASE("reply rules: x-worker can be off; the worker's own then passes") {
  ExchangeSettings settings;
  settings.worker_header = false;
  const HeaderRules rules{settings};
  Head head{{":status", "200"}, {"x-worker", "its own"}};
  rules.reply(head, "worker-1", "today");
  CHECK(head.find("x-worker") == "its own");
  Head without{{":status", "200"}};
  rules.reply(without, "worker-1", "today");
  CHECK_FALSE(without.has("x-worker"));
}

TEST_CASE("reply rules: a 204 has no length (RFC 9110 §8.6)") {
  const HeaderRules rules{ExchangeSettings()};
  Head head{{":status", "204"}, {"content-length", "0"}};
  rules.reply(head, "w", "today");
  CHECK_FALSE(head.has("content-length"));
}

TEST_CASE("date: as RFC 9110 §5.6.7 has it, new with each second") {
  DateField date;
  const WallTime time{std::chrono::seconds(784'111'777)};
  CHECK(date.text(time) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(date.text(time + std::chrono::milliseconds(999)) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(date.text(time + std::chrono::seconds(1)) == "Sun, 06 Nov 1994 08:49:38 GMT");
  CHECK(date.text(WallTime{}) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST_CASE("content-length: one number, or none") {
  CHECK_FALSE(read_content_length({{":status", "200"}})->has_value());
  CHECK(read_content_length({{"content-length", "0"}})->value() == 0);
  CHECK(read_content_length({{"content-length", "18446744073709551615"}})->value() == ~std::uint64_t{0});
  for (const char* text : {"", " ", "5 ", "-1", "+1", "0x1", "1,1", "18446744073709551616"}) {
    CAPTURE(text);
    CHECK_FALSE(read_content_length({{"content-length", text}}).has_value());
  }
  CHECK_FALSE(read_content_length({{"content-length", "5"}, {"content-length", "5"}}).has_value());
}

TEST_CASE("request rules: the subject of a client's certificate comes from TLS, whoever else says it") {
  ClientInfo certified = kClient;
  certified.is_tls = true;
  certified.certificate_subject = "CN=ann";
  for (const char* network : {"", "192.0.2.0/24"}) {
    HeaderRules rules{trusting(network)};
    Head spoofed = request({{"x-client-cert-subject", "CN=root"}, {"x-client-cert-subject", "CN=admin"}});
    rules.request(spoofed, kClient);
    CHECK_FALSE(spoofed.has("x-client-cert-subject"));
    Head both = request({{"x-client-cert-subject", "CN=root"}});
    rules.request(both, certified);
    CHECK(both.count("x-client-cert-subject") == 1);
    CHECK(both.find("x-client-cert-subject") == "CN=ann");
    CHECK(both.find(":scheme") == "https");
    Head honest = request();
    rules.request(honest, certified);
    CHECK(honest.find("x-client-cert-subject") == "CN=ann");
  }
}

TEST_CASE("request rules: a site's own fields of certificates are the router's, also against trusted proxies") {
  Site site;
  site.certificate_fields = {"x-print", "client-cert"};
  site.client_fields = {{"x-print", CertificateWord::fingerprint}, {"client-cert", CertificateWord::certificate}};
  ClientInfo certified = kClient;
  certified.is_tls = certified.has_certificate = true;
  certified.certificate = std::make_shared<const ClientCertificate>(ClientCertificate{
      .subject = "CN=ann", .issuer = "CN=ca", .serial = "02", .fingerprint = "ab", .encoded = "QUI="});
  for (const char* network : {"", "192.0.2.0/24"}) {
    HeaderRules rules{trusting(network)};
    Head head =
        request({{"x-print", "1"}, {"x_print", "2"}, {"client-cert", "3"}, {"client--cert", "4"}, {"x-prints", "5"}});
    rules.request(head, kClient, {}, &site);
    for (const char* name : {"x-print", "x_print", "client-cert", "client--cert"}) CHECK_FALSE(head.has(name));
    CHECK(head.find("x-prints") == "5");
    head = request({{"x-print", "1"}, {"x_print", "2"}, {"client-cert", "3"}});
    rules.request(head, certified, {}, &site);
    CHECK(head.count("x-print") == 1);
    CHECK(head.find("x-print") == "ab");
    CHECK(head.find("client-cert") == ":QUI=:");
    CHECK_FALSE(head.has("x_print"));
  }
  Head trailers{{"x-print", "1"}, {"x_print", "2"}, {"digest", "a"}};
  HeaderRules::request_trailers(trailers, &site);
  CHECK(trailers.size() == 1);
}

TEST_CASE("request rules: known fields of certificates come from trusted proxies only (RFC 9440 section 4)") {
  for (const char* name : {"client-cert", "client-cert-chain", "x-forwarded-client-cert", "x-ssl-client-cert",
                           "x-forwarded-tls-client-cert-info"}) {
    CAPTURE(name);
    Head head = request({{name, "forged"}});
    HeaderRules{trusting("")}.request(head, kClient);
    CHECK_FALSE(head.has(name));
    Head told = request({{name, "theirs"}});
    HeaderRules{trusting("192.0.2.0/24")}.request(told, kClient);
    CHECK(told.find(name) == "theirs");
  }
}

TEST_CASE("request rules: trailers say nothing of who asked") {
  Head trailers{
      {"digest", "a"}, {"x-client-cert-subject", "CN=root"}, {"x-forwarded-for", "1.2.3.4"}, {"forwarded", "for=a"}};
  HeaderRules::request_trailers(trailers);
  CHECK(trailers.size() == 1);
  CHECK(trailers.find("digest") == "a");
}

TEST_CASE("request rules: only a trusted proxy says where the client came in") {
  for (const char* name : {"x-forwarded-port", "x-forwarded-prefix", "x-forwarded-server", "x-real-ip"}) {
    CAPTURE(name);
    for (const bool is_trusted : {false, true}) {
      HeaderRules rules{trusting(is_trusted ? "192.0.2.0/24" : "")};
      Head head = request({{name, "1"}});
      rules.request(head, kClient);
      CHECK(head.has(name) == is_trusted);
    }
  }
}

TEST_CASE("request rules: look-alikes of what the router owns pass from nobody, other fields from everybody") {
  struct Case {
    const char* name;
    bool passes;
  };
  const Case cases[] = {
      {"x_forwarded_for", false},
      {"x-forwarded_for", false},
      {"x_forwarded-for", false},
      {"x.forwarded.for", false},
      {"x_forwarded_proto", false},
      {"x_forwarded_host", false},
      {"x_client_cert_subject", false},
      {"x-client-cert_subject", false},
      {"x~client!cert'subject", false},
      {"x_forwarded_port", false},
      {"x_real_ip", false},
      {"x-forwarded-ports", true},  // nothing that a proxy says
      {"xaforwardedafor", true},
      {"x-forwarded-fo", true},
      {"x_forwarded_forx", true},
      {"x_client_cert_subjects", true},
      {"_forwarded", false},
      {"for_warded", false},
      {"xforwardedfor", false},
      {"forwarded-", false},
      {"transfer_encoding", false},
      {"transfer---encoding", false},
      {"transfer.encoding", false},
      {"transferencoding", false},
      {"_transfer-encoding_", false},
      {"content_length", false},
      {"content--length", false},
      {"contentlength", false},
      {"ho_st", false},
      {"host-", false},
      {"-connection", false},
      {"t_e", false},
      {"te_", false},
      {"up-grade", false},
      {"trai_ler", false},
      {"keep_alive", false},
      {"keepalive", false},
      {"proxy_connection", false},
      {"ex-pect", false},
      {"http2_settings", false},
      {"http_2-settings", false},
      {"content-type", true},
      {"content_type", true},
      {"content-lengths", true},
      {"xcontent-length", true},
      {"trailers", true},
      {"hosts", true},
      {"tee", true},
      {"user_agent", true},
      {"user-agent", true},
      {"f", true},
      {"-", true},
      {"_1_", true},
  };
  ClientInfo certified = kClient;
  certified.is_tls = true;
  certified.certificate_subject = "CN=ann";
  for (const Case& one : cases) {
    CAPTURE(one.name);
    for (const char* network : {"", "192.0.2.0/24"}) {
      HeaderRules rules{trusting(network)};
      Head head = request({{one.name, "1"}, {"a", "b"}, {one.name, "2"}});
      rules.request(head, certified);
      CHECK(head.count(one.name) == (one.passes ? 2 : 0));
      CHECK(head.find("a") == "b");
      CHECK(head.find("x-forwarded-for") == "192.0.2.1");
      CHECK(head.find("x-client-cert-subject") == "CN=ann");
    }
    Head trailers{{one.name, "1"}, {"a", "b"}};
    HeaderRules::request_trailers(trailers);
    CHECK(trailers.has(one.name) == one.passes);
  }
  HeaderRules trusting_rules{trusting("192.0.2.0/24")};
  Head proxied =
      request({{"x_forwarded_for", "6.6.6.6"}, {"x-forwarded-for", "1.1.1.1"}, {"forwarded", "for=1.1.1.1"}});
  trusting_rules.request(proxied, kClient);
  CHECK(proxied.find("x-forwarded-for") == "1.1.1.1, 192.0.2.1");
  CHECK(proxied.find("forwarded") == "for=1.1.1.1, for=192.0.2.1;host=example.com;proto=http");
}

TEST_CASE("request rules: exact framing fields stay in a head, where the codec has judged them, and in no trailers") {
  HeaderRules rules{ExchangeSettings()};
  for (const char* name : {"content-length", "te", "expect", "trailer"}) {
    CAPTURE(name);
    Head head = request({{name, "1"}});
    rules.request(head, kClient);
    CHECK(head.find(name) == "1");
    Head trailers{{name, "1"}, {"a", "b"}};
    HeaderRules::request_trailers(trailers);
    CHECK(trailers.size() == 1);
    CHECK(trailers.find("a") == "b");
  }
}

TEST_CASE("reply rules: look-alikes of framing fields reach no client, in no part of a reply") {
  const HeaderRules rules{ExchangeSettings()};
  for (const char* name : {"content_length", "transfer_encoding", "transfer---encoding", "con_nection", "t-e"}) {
    CAPTURE(name);
    Head head{{":status", "200"}, {name, "1"}, {"content-length", "5"}};
    rules.reply(head, "w", "today");
    CHECK_FALSE(head.has(name));
    CHECK(head.find("content-length") == "5");
    Head interim{{":status", "103"}, {name, "1"}, {"link", "</a>"}, {"content-length", "5"}};
    HeaderRules::interim_reply(interim);
    CHECK(interim.size() == 2);
    CHECK(interim.has("link"));
    Head trailers{{name, "1"}, {"grpc-status", "0"}};
    HeaderRules::reply_trailers(trailers);
    CHECK(trailers.size() == 1);
    CHECK(trailers.has("grpc-status"));
  }
}

TEST_CASE("header rules: a content-length that is none reaches the operator's log without its controls") {
  const auto length = read_content_length({{"content-length", "\x1b[2J" + std::string(60'000, '9')}});
  REQUIRE_FALSE(length.has_value());
  CHECK(length.error().detail.starts_with("content-length '\\x1b[2J9"));
  CHECK(length.error().detail.size() < 100);
}
