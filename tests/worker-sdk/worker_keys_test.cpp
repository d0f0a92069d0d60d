#include "worker-sdk/src/wire/worker_keys.h"

#include <doctest/doctest.h>
#include <zmq.h>

#include <array>
#include <stdexcept>

#include "tests/support/folder.h"

using namespace zeroway;

namespace {

struct KeyPair {
  KeyPair() { REQUIRE(zmq_curve_keypair(open.data(), secret.data()) == 0); }
  std::array<char, 41> open{}, secret{};
};

}  // namespace

TEST_CASE("keys: files of one line, as tools/keygen writes them") {
  const Folder folder;
  const KeyPair worker, router;
  const std::string secret = folder.write("w.key", worker.secret.data() + std::string("\n"));
  const std::string open = folder.write("r.pub", router.open.data() + std::string("\n"));
  const WorkerKeys keys = read_worker_keys(secret, open);
  CHECK(keys.secret == worker.secret.data());
  CHECK(keys.own_public == worker.open.data());
  CHECK(keys.router_public == router.open.data());
  CHECK(read_worker_keys(secret, router.open.data()).router_public == router.open.data());
}

TEST_CASE("keys: where lines are labelled, the label chooses") {
  const Folder folder;
  const KeyPair worker, router;
  const std::string both =
      std::string("public = \"") + worker.open.data() + "\"\nsecret = \"" + worker.secret.data() + "\"\n";
  CHECK(read_worker_keys(folder.write("w", both), router.open.data()).secret == worker.secret.data());
}

TEST_CASE("keys: a file that is not there or holds no key is named") {
  const Folder folder;
  const KeyPair router;
  CHECK_THROWS_AS((void)read_worker_keys("/nowhere/at/all", router.open.data()), std::invalid_argument);
  CHECK_THROWS_AS((void)read_worker_keys(folder.write("w", "short\n"), router.open.data()), std::invalid_argument);
}

TEST_CASE("keys: the wrong half of a pair is refused, by its label, its neighbour or its ending") {
  const Folder folder;
  const KeyPair worker, router;
  const std::string worker_secret = folder.write("w.key", worker.secret.data() + std::string("\n"));
  const std::string worker_public = folder.write("w.pub", worker.open.data() + std::string("\n"));
  const std::string router_secret = folder.write("r.key", router.secret.data() + std::string("\n"));
  const std::string router_public = folder.write("r.pub", router.open.data() + std::string("\n"));
  const auto complaint = [](const std::string& own, const std::string& other) -> std::string {
    try {
      (void)read_worker_keys(own, other);
      return "none";
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
  };
  CHECK(complaint(worker_secret, router_public) == "none");
  CHECK(complaint(worker_public, router_public) ==
        "--key " + worker_public + " is a public key: this worker's secret one is needed (NAME.key)");
  CHECK(complaint(worker_secret, router_secret) ==
        "--router-key " + router_secret + " is a secret key: the router's public one is needed (NAME.pub)");
  CHECK(complaint(folder.write("alone.pub", worker.open.data()), router_public) != "none");
  CHECK(complaint(folder.write("p", std::string("public = ") + worker.open.data()), router_public) != "none");
  CHECK(complaint(worker_secret, folder.write("s", std::string("secret = ") + router.secret.data())) != "none");
}
