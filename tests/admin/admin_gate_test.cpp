#include "router/admin/admin_gate.h"

#include <doctest/doctest.h>

#include "router/admin/limits.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

const std::string kToken = "0123456789abcdef";
constexpr Time kNow{1'000s};

AdminRequest request_from(const std::string& address, const std::string& token = "",
                          const std::string& method = "GET") {
  AdminRequest request;
  request.method = method;
  request.path = "/";
  request.host = "127.0.0.1:6040";
  request.address = address;
  request.token = token;
  return request;
}

// 0 = it may go on.
int refused(AdminGate& gate, const AdminRequest& request, Time now = kNow) {
  const auto reply = gate.refusal(request, now);
  return reply ? reply->status : 0;
}

}  // namespace

TEST_CASE("admin gate: Host is an address, localhost or a name of the file") {
  AdminGate gate({kToken, {"router.example"}});
  for (const char* host : {"127.0.0.1", "127.0.0.1:6040", "[::1]", "[::1]:6040", "localhost", "LOCALHOST:6040",
                           "192.0.2.1", "router.example", "Router.Example:80"}) {
    AdminRequest request = request_from("127.0.0.1");
    request.host = host;
    CHECK_MESSAGE(refused(gate, request) == 0, std::string(host));
  }
  for (const char* host : {"", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example",
                           "router.example.evil", "0x7f.1", "[::1", "::1"}) {
    AdminRequest request = request_from("127.0.0.1");
    request.host = host;
    CHECK_MESSAGE(refused(gate, request) == 421, std::string(host));
  }
}

TEST_CASE("admin gate: this machine reads without a token, others need it") {
  AdminGate gate({kToken, {}});
  for (const char* here : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", ""})
    CHECK_MESSAGE(refused(gate, request_from(here)) == 0, here);
  CHECK(refused(gate, request_from("192.0.2.1")) == 401);
  CHECK(refused(gate, request_from("192.0.2.1", kToken)) == 0);
  AdminRequest known = request_from("192.0.2.1");
  known.has_certificate = true;
  CHECK(refused(gate, known) == 0);
}

TEST_CASE("admin gate: changes need the token, wherever they come from") {
  AdminGate gate({kToken, {}});
  for (const char* from : {"127.0.0.1", "", "192.0.2.1"}) {
    CHECK(refused(gate, request_from(from, "", "POST")) == 401);
    CHECK(refused(gate, request_from(from, kToken, "POST")) == 0);
    CHECK(refused(gate, request_from(from, kToken + "x", "POST")) == 401);
  }
  AdminGate closed({"", {}});
  CHECK(refused(closed, request_from("127.0.0.1", "", "POST")) == 403);
  CHECK(refused(closed, request_from("127.0.0.1", "anything", "POST")) == 403);
}

TEST_CASE("admin gate: wrong tokens of an address are limited for a minute, and only that address's") {
  AdminGate gate({kToken, {}});
  for (std::size_t tries = 0; tries < kMostFailedTries; ++tries)
    CHECK(refused(gate, request_from("192.0.2.1", "guess", "POST")) == 401);
  CHECK(refused(gate, request_from("192.0.2.1", kToken, "POST")) == 429);
  CHECK(refused(gate, request_from("192.0.2.2", kToken, "POST")) == 0);
  CHECK(refused(gate, request_from("192.0.2.1", kToken, "POST"), kNow + kFailedTriesTime) == 0);
}

TEST_CASE("admin gate: many addresses push out the oldest tries, not the newest") {
  AdminGate gate({kToken, {}});
  for (std::size_t address = 0; address < 3 * kMostTriers; ++address) {
    const std::string name = "2001:db8::" + std::to_string(address);
    CHECK(refused(gate, request_from(name, "guess", "POST"), kNow + std::chrono::milliseconds(address)) == 401);
  }
  const std::string last = "2001:db8::" + std::to_string(3 * kMostTriers - 1);
  for (std::size_t tries = 1; tries < kMostFailedTries; ++tries)
    CHECK(refused(gate, request_from(last, "guess", "POST"), kNow + 4s) == 401);
  CHECK(refused(gate, request_from(last, "guess", "POST"), kNow + 4s) == 429);
}
