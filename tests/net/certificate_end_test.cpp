#include "router/net/certificate_end.h"

#include <fstream>

#include "router/net/limits.h"
#include "tests/net/tls_bench.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

const WallTime kEnd{std::chrono::seconds(784'111'777)};  // 1994-11-06 08:49:37

std::string warning_before(std::chrono::seconds left) { return expiry_warning({"a.crt", kEnd}, kEnd - left); }

// How long the first identity of the settings is good for.
std::chrono::hours left_of(const TlsSettings& settings) {
  const auto context = TlsContext::load(settings, {"http/1.1"});
  REQUIRE(context.has_value());
  REQUIRE_FALSE((*context)->ends().empty());
  const auto left = (*context)->ends().front().time - std::chrono::system_clock::now();
  return std::chrono::round<std::chrono::hours>(left);
}

}  // namespace

TEST_CASE("certificate end: fourteen days before the end the operator is warned, and after it") {
  CHECK(warning_before(kExpiryNotice + 1s) == "");
  CHECK(warning_before(kExpiryNotice) ==
        "TLS: a.crt expires in 14 days, on 1994-11-06 08:49:37 UTC: put a new one in its place");
  CHECK(warning_before(72h).find("in 3 days,") != std::string::npos);
  CHECK(warning_before(47h).find("in 47 hours,") != std::string::npos);
  CHECK(warning_before(1s).find("in 0 hours,") != std::string::npos);
  const std::string expired =
      "TLS: a.crt has expired on 1994-11-06 08:49:37 UTC: clients refuse it, put a new one in its place";
  CHECK(warning_before(0s) == expired);
  CHECK(warning_before(-1s) == expired);
}

TEST_CASE("certificate end: nobody need put a new one in the place of one that the router renews") {
  CHECK(expiry_warning({"a.crt", kEnd, true}, kEnd - 1s) == "");
  CHECK(expiry_warning({"a.crt", kEnd, true}, kEnd + 1s) == "");
}

TEST_CASE("certificate end: a check tells how long a certificate is good") {
  const CertificateEnd end{"a.crt", kEnd};
  CHECK(describe(end, kEnd - 63 * 24h - 1s) == "a.crt: good for 63 days, until 1994-11-06 08:49:37 UTC");
  CHECK(describe(end, kEnd - 30h) == "a.crt: good for 30 hours, until 1994-11-06 08:49:37 UTC");
  CHECK(describe(end, kEnd) == "a.crt: has expired on 1994-11-06 08:49:37 UTC");
}

TEST_CASE("certificate end: the one of a chain that ends first counts, and an expired one is still served") {
  TlsFolder folder;
  folder.seconds_good = 100 * 3'600;
  const TlsFiles leaf = folder.make("leaf", "DNS:a.test");
  TlsSettings settings;
  settings.certificates = {leaf};
  CHECK(left_of(settings) == 100h);
  folder.seconds_good = 10 * 3'600;
  std::ifstream issuer(folder.make("issuer", "DNS:b.test").certificate);
  std::ofstream(leaf.certificate, std::ios::app) << issuer.rdbuf();
  CHECK(left_of(settings) == 10h);
  folder.seconds_good = -30;
  settings.certificates = {folder.make("old", "DNS:a.test")};
  CHECK(left_of(settings) == 0h);
}
