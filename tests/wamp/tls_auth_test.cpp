#include <doctest/doctest.h>

#include "tests/wamp/auth_case.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

AuthClient client_of(const std::string& der, const std::string& subject) {
  AuthClient client;
  client.subject = subject;
  client.certificate = base64_of(der);
  client.fingerprint = hex_of(sha256(der));
  return client;
}
WampAuthSpec certificates() {
  WampAuthSpec spec;
  spec.tls = {{{"one", "frontend", ""}, hex_of(sha256("DER of one")), ""},
              {{"two", "frontend", ""}, hex_of(sha1("DER of two")), ""},
              {{"three", "backend", "realm3"}, "", "three.example"}};
  spec.anonymous.emplace();
  spec.anonymous->who = {"", "guest", ""};
  return spec;
}
std::string told(const AuthClient& client, const std::string& methods = R"("tls")") {
  AuthCase test(certificates(), client);
  return test.hello(hello_of(methods));
}

}  // namespace

TEST_CASE("tls: a certificate admits by its SHA-256, its SHA-1 or its common name, without a challenge") {
  CHECK(told(client_of("DER of one", "CN=x")) == "admitted realm1 one frontend tls static");
  CHECK(told(client_of("DER of two", "CN=x")) == "admitted realm1 two frontend tls static");
  CHECK(told(client_of("DER of three", "CN=three.example,O=Example")) == "admitted realm3 three backend tls static");
}

TEST_CASE("tls: another certificate is refused; without one the next method is tried") {
  CHECK(told(client_of("DER of four", "CN=four")).starts_with("refused"));
  CHECK(told(client_of("DER of four", "O=three.example")).starts_with("refused"));
  CHECK(told(client_of("DER of four", ""), R"("tls","anonymous")").starts_with("refused"));
  CHECK(told({}).find("wamp.error.no_auth_method") != std::string::npos);
  CHECK(told({}, R"("tls","anonymous")") == "admitted realm1 030a11181f262d343b424950 guest anonymous static");
}
