#include <doctest/doctest.h>

#include "router/acme/certificate_maker.h"
#include "router/acme/file_store.h"
#include "router/acme/limits.h"
#include "router/acme/local_authority.h"
#include "router/acme/openssl_objects.h"
#include "router/acme/stored_pair.h"
#include "router/net/file_text.h"
#include "tests/support/folder.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

const WallTime kNow = std::chrono::system_clock::from_time_t(1'800'000'000);

std::string key_of(const std::string& pair) { return pair.substr(0, pair.find("-----BEGIN CERTIFICATE")); }
std::string chain_of(const std::string& pair) { return pair.substr(pair.find("-----BEGIN CERTIFICATE")); }

// Whether the chain of `pair` leads to the root at that time.
bool is_trusted(const std::string& pair, const std::string& root, WallTime at) {
  const Certificate leaf = read_certificate_text(chain_of(pair));
  const std::string chain = chain_of(pair);
  const Certificate intermediate = read_certificate_text(chain.substr(chain.find("-----BEGIN", 10)));
  const Certificate anchor = read_certificate_text(root);
  X509_STORE* const store = X509_STORE_new();
  X509_STORE_add_cert(store, anchor.get());
  STACK_OF(X509)* const more = sk_X509_new_null();
  sk_X509_push(more, intermediate.get());
  X509_STORE_CTX* const context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, leaf.get(), more);
  X509_STORE_CTX_set_time(context, 0, std::chrono::system_clock::to_time_t(at));
  const bool is_good = X509_verify_cert(context) == 1;
  X509_STORE_CTX_free(context);
  sk_X509_free(more);
  X509_STORE_free(store);
  return is_good;
}

}  // namespace

TEST_CASE("stored pair: a temporary pair is one, for its host alone") {
  const auto pair = make_temporary_pair("a.test", kNow);
  REQUIRE(pair.has_value());
  const auto read = read_pair(*pair, "a.test");
  REQUIRE(read.has_value());
  CHECK(read->is_temporary);
  CHECK(read->until == kNow + kTemporaryLife);
  CHECK_FALSE(read_pair(*pair, "b.test").has_value());
}

TEST_CASE("stored pair: a name of 200 letters and addresses have pairs, too") {
  const std::string long_name =
      std::string(60, 'a') + "." + std::string(60, 'b') + "." + std::string(60, 'c') + ".test";
  for (const std::string& host : {long_name, std::string("127.0.0.1"), std::string("::1"), std::string("localhost")}) {
    const auto pair = make_temporary_pair(host, kNow);
    REQUIRE(pair.has_value());
    CHECK_MESSAGE(read_pair(*pair, host).has_value(), host);
  }
}

TEST_CASE("stored pair: a key of another certificate, a half file and an empty one are as good as none") {
  const std::string one = *make_temporary_pair("a.test", kNow), other = *make_temporary_pair("a.test", kNow);
  CHECK(read_pair(key_of(one) + chain_of(other), "a.test").error().detail.find("not the certificate's") !=
        std::string::npos);
  CHECK_FALSE(read_pair("", "a.test").has_value());
  CHECK_FALSE(read_pair(chain_of(one), "a.test").has_value());
  CHECK_FALSE(read_pair(key_of(one), "a.test").has_value());
  for (std::size_t size = 0; size + 30 < one.size(); size += 7)
    CHECK_FALSE(read_pair(one.substr(0, size), "a.test").has_value());
}

TEST_CASE("local authority: its certificates lead to its root") {
  const Folder folder;
  LocalAuthority authority(folder.path("internal"));
  const auto pair = authority.issue("a.test", kNow);
  REQUIRE(pair.has_value());
  const auto read = read_pair(*pair, "a.test");
  REQUIRE(read.has_value());
  CHECK_FALSE(read->is_temporary);
  CHECK(read->until == kNow + kLeafLife);
  const std::string root = *read_file_text(folder.path("internal/root.crt"), 10'000);
  CHECK(is_trusted(*pair, root, kNow));
  CHECK_FALSE(is_trusted(*pair, root, kNow + kLeafLife + 1h));
}

TEST_CASE("local authority: a certificate never outlives the intermediate, which is renewed in time") {
  const Folder folder;
  LocalAuthority authority(folder.path(""));
  const std::string root_file = folder.path("root.crt"), file = folder.path("intermediate.pem");
  REQUIRE(authority.issue("a.test", kNow).has_value());
  const std::string root = *read_file_text(root_file, 10'000), first = *read_file_text(file, 10'000);
  const WallTime late = kNow + kIntermediateLife - kLeafLife - 1h;
  REQUIRE(authority.issue("a.test", late).has_value());
  CHECK(*read_file_text(file, 10'000) == first);
  const WallTime later = kNow + kIntermediateLife - kLeafLife + 1h;
  const std::string pair = *authority.issue("a.test", later);
  CHECK(*read_file_text(file, 10'000) != first);
  CHECK(*read_file_text(root_file, 10'000) == root);
  CHECK(is_trusted(pair, root, later + kLeafLife - 1h));
  const Issuer dying = *make_intermediate(*make_root(kNow), kNow);
  const std::string last = *make_leaf(dying, "a.test", kNow + kIntermediateLife - 24h);
  CHECK(read_pair(last, "a.test")->until == kNow + kIntermediateLife);
}

TEST_CASE(
    "local authority: a root that an operator has put there is used, and a broken one is no reason for a new one") {
  const Folder folder;
  LocalAuthority authority(folder.path(""));
  REQUIRE(authority.issue("a.test", kNow).has_value());
  const Issuer mine = *make_root(kNow);
  folder.write("root.crt", mine.certificate);
  folder.write("root.key", mine.key);
  const std::string pair = *authority.issue("a.test", kNow);
  CHECK(is_trusted(pair, mine.certificate, kNow));
  folder.write("root.key", "nonsense");
  folder.write("intermediate.pem", "nonsense");
  CHECK_FALSE(authority.issue("a.test", kNow).has_value());
  CHECK(*read_file_text(folder.path("root.crt"), 10'000) == mine.certificate);
}

TEST_CASE("local authority: a crash between the root's key and its certificate is repaired") {
  const Folder folder;
  folder.write("root.key", "half of a k");
  LocalAuthority authority(folder.path(""));
  const auto pair = authority.issue("a.test", kNow);
  REQUIRE(pair.has_value());
  CHECK(is_trusted(*pair, *read_file_text(folder.path("root.crt"), 10'000), kNow));
}

TEST_CASE("local authority: without the root's key its intermediate serves to its end") {
  const Folder folder;
  LocalAuthority authority(folder.path(""));
  REQUIRE(authority.issue("a.test", kNow).has_value());
  std::filesystem::remove(folder.path("root.key"));
  CHECK(authority.issue("a.test", kNow + kIntermediateLife - 1h).has_value());
  CHECK_FALSE(authority.issue("a.test", kNow + kIntermediateLife + 1h).has_value());
}
