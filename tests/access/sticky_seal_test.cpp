#include "router/access/sticky_seal.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;

namespace {

const std::string kSecret(32, 's');

StickySeal seal_with(std::string_view secret) {
  StickySeal seal;
  seal.use(secret);
  return seal;
}

}  // namespace

TEST_CASE("sticky seal: what is sealed is opened, has the letters of a cookie, and hides the identity") {
  StickySeal seal = seal_with(kSecret);
  for (const std::string identity : {"w1#4711", "10.0.0.7:8080", "worker-of-a-long-name#1"}) {
    const std::string text = seal.seal(identity);
    CHECK(seal.open(text) == identity);
    CHECK(text.find(identity) == std::string::npos);
    CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
  }
}

TEST_CASE("sticky seal: every router with the secret reads the text, and writes the same one") {
  StickySeal one = seal_with(kSecret), other = seal_with(kSecret);
  CHECK(one.seal("w1#1") == other.seal("w1#1"));
  CHECK(other.open(one.seal("w1#1")) == "w1#1");
  CHECK(one.seal("w1#1") != one.seal("w1#2"));
}

TEST_CASE("sticky seal: a text that was changed, cut or made with another secret is nobody's") {
  StickySeal seal = seal_with(kSecret);
  const std::string text = seal.seal("worker-1#4711");
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CHECK_MESSAGE(!seal.open(changed), at);
    CHECK_MESSAGE(!seal.open(text.substr(0, at)), at);
  }
  CHECK(!seal.open(text + "A"));
  CHECK(!seal.open(seal_with(std::string(32, 't')).seal("worker-1#4711")));
  for (const std::string odd : {"", "=", "w1#4711", "AAAAAAAAAAAAAAAAAAAAAA", "ä"}) CHECK_MESSAGE(!seal.open(odd), odd);
  CHECK(!seal.open(std::string(100'000, 'A')));
}

TEST_CASE("sticky seal: another secret in use makes strangers of the texts before") {
  StickySeal seal = seal_with(kSecret);
  const std::string before = seal.seal("w1#1");
  seal.use(std::string(32, 'n'));
  CHECK(!seal.open(before));
  CHECK(seal.open(seal.seal("w1#1")) == "w1#1");
}

TEST_CASE("sticky seal: without a secret there is no text") {
  StickySeal seal;
  CHECK(seal.seal("w1#1").empty());
  CHECK(!seal.open("AAAAAAAAAAAAAAAAAAAAAAAA"));
  CHECK(seal_with(kSecret).seal("").empty());
}

TEST_CASE("sticky seal: however many texts come, each is opened") {
  StickySeal seal = seal_with(kSecret);
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 5'000; ++i) CHECK(seal.open(seal.seal("w#" + std::to_string(i))) == "w#" + std::to_string(i));
}
