#include "router/acme/lego_command.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

CertificateSpec spec() {
  CertificateSpec spec;
  spec.name = "a.test";
  spec.directory_url = "https://ca.test/dir";
  spec.email = "a@b.test";
  return spec;
}

}  // namespace

TEST_CASE("lego: an order is a run for one name, with answers in a folder or at a port of this machine") {
  CHECK(joined(lego_words({"/usr/bin/lego", "/s", "/w"}, spec())) ==
        "/usr/bin/lego --path /s --server https://ca.test/dir --accept-tos --email a@b.test --domains a.test "
        "--key-type ec256 --http --http.webroot /w run");
  CHECK(joined(lego_words({"/usr/bin/lego", "/s", "", 4711}, spec())).ends_with("--tls --tls.port 127.0.0.1:4711 run"));
}

TEST_CASE("lego: the account that is bound is named in each order: lego asks for it again") {
  CertificateSpec bound = spec();
  bound.key_id = "kid";
  bound.hmac = "c2VjcmV0";
  CHECK(joined(lego_words({"lego", "/s", "/w"}, bound)).ends_with("--eab --kid kid --hmac c2VjcmV0 run"));
}

TEST_CASE("lego: an authority of one's own is known by its root") {
  CHECK(lego_environment(spec()).empty());
  CertificateSpec own = spec();
  own.ca_file = "/etc/root.crt";
  CHECK(joined(lego_environment(own)) == "LEGO_CA_CERTIFICATES=/etc/root.crt");
}

TEST_CASE("lego: an account that was cut off is none") {
  const std::string account =
      "{\n\t\"email\": \"a@b.test\",\n\t\"registration\": {\n\t\t\"uri\": \"https://x\"\n\t}\n}";
  CHECK(is_whole_account(account));
  for (std::size_t size = 0; size < account.size(); ++size) CHECK_FALSE(is_whole_account(account.substr(0, size)));
  CHECK_FALSE(is_whole_account("{}"));
}

TEST_CASE("lego: the reason is what it could not do, in one line, with nothing that forges a line") {
  CHECK(lego_reason("2026/11/29 20:35:10 [INFO] x\n2026/11/29 20:35:11 Could not obtain certificates:\n\terror: one or "
                    "more domains had a problem:\n[a.test] acme: error: 403\n") ==
        "Could not obtain certificates: error: one or more domains had a problem: [a.test] acme: error: 403");
  CHECK(lego_reason("2026/11/29 20:35:10 Could not create client: x509: unknown authority\n") ==
        "Could not create client: x509: unknown authority");
  CHECK(lego_reason("") == "it said nothing");
  CHECK(lego_reason("a\x1b[2J\"b\n") == "a\\x1b[2J\\x22b");
  CHECK(lego_reason(std::string(5'000, 'x')).size() == 400);
}

TEST_CASE("lego: an account that the authority has lost is told apart from other failures") {
  CHECK(is_account_unknown("acme: error: 400 :: urn:ietf:params:acme:error:accountDoesNotExist :: unable"));
  CHECK_FALSE(is_account_unknown("urn:ietf:params:acme:error:badNonce"));
}

TEST_CASE("certificates: each directory URL has a folder of its own, below the state directory") {
  CHECK(authority_folder("/s", "https://acme-v02.api.letsencrypt.org/directory") ==
        "/s/acme/acme-v02.api.letsencrypt.org%2Fdirectory");
  CHECK(authority_folder("/s", "https://a/b_c") != authority_folder("/s", "https://a/b/c"));
  CHECK(authority_folder("/s", "http://a/b") != authority_folder("/s", "https://a/b"));
  CHECK(authority_folder("/s", "https://../..") == "/s/acme/..%2F..");
}
