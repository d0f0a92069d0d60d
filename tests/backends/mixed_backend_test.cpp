#include "router/backends/mixed_backend.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "router/plan/route.h"

using namespace zeroway;

namespace {

using Room = PartState::Room;

class FakePart final : public Backend {
 public:
  explicit FakePart(std::string& log, std::string name) : log_(log), name_(std::move(name)) {}
  BackendStream open(const BackendRequest&, ReplyTo reply_to) override {
    log_ += name_ + std::to_string(reply_to.key) + " ";
    return {this, 7};
  }
  void data(StreamKey, Bytes) override {}
  void end(StreamKey, const Head&) override {}
  void reset(StreamKey, ResetCode) override {}
  void credit(StreamKey, std::uint32_t) override {}
  PartState state(const BackendRequest&) const override { return is; }
  bool is_ready() const override { return is.room != Room::nobody; }
  std::vector<MemberFacts> members() const override {
    MemberFacts facts;
    facts.name = name_;
    return {facts};
  }

  bool has_wanted_member(const BackendRequest& request) const override {
    return request.affinity != nullptr && request.affinity->members == std::vector<std::string>{name_};
  }

  PartState is;

 private:
  std::string& log_;
  std::string name_;
};

MixedSpec spec_of(std::vector<std::uint32_t> servers, std::vector<std::uint32_t> workers,
                  BalanceMethod balance = BalanceMethod::round_robin) {
  MixedSpec spec;
  spec.servers.balance = balance;
  spec.servers.hash_field = "x-user";
  for (const std::uint32_t weight : servers) {
    ServerSpec server;
    server.weight = weight;
    spec.servers.servers.push_back(server);
  }
  for (const std::uint32_t weight : workers)
    spec.workers.push_back({GroupSpec{"g" + std::to_string(spec.workers.size())}, weight});
  return spec;
}

struct Bench {
  explicit Bench(MixedSpec with) : spec(std::move(with)), backend(spec, parts()) {}

  std::vector<std::shared_ptr<Backend>> parts() {
    if (!spec.servers.servers.empty()) made.push_back(std::make_shared<FakePart>(log, "s"));
    for (std::size_t index = 0; index < spec.workers.size(); ++index)
      made.push_back(std::make_shared<FakePart>(log, std::string(1, static_cast<char>('v' + index))));
    return {made.begin(), made.end()};
  }
  // Who gets the requests: "s1 v2 ", with the key of the exchange that is answered.
  std::string ask(int requests, const Backend* failed = nullptr, std::string_view user = "") {
    log.clear();
    for (int request = 0; request < requests; ++request) {
      Head head{{":method", "GET"}, {":path", "/"}, {":authority", "site"}};
      if (!user.empty()) head.add("x-user", user);
      const BackendStream stream =
          backend.open({head, Last::yes, Kind::request, Attempt::first, route, client, "", failed}, {nullptr, ++key});
      CHECK(stream.backend != &backend);
      CHECK(stream.key == 7);
    }
    return log;
  }

  MixedSpec spec;
  std::string log;
  std::vector<std::shared_ptr<FakePart>> made;
  MixedBackend backend;
  Route route;
  ClientInfo client{.address = "192.0.2.1"};
  ExchangeKey key = 0;
};

}  // namespace

TEST_CASE("mixed backend: in turn each server counts once, and the workers of a group count as one server") {
  Bench bench(spec_of({1, 5}, {9}));
  CHECK(bench.ask(6) == "s1 v2 s3 s4 v5 s6 ");
}

TEST_CASE("mixed backend: weighted counts the weights of all servers together, and the weight of the group") {
  Bench bench(spec_of({1, 2}, {1}, BalanceMethod::weighted));
  CHECK(bench.ask(8) == "s1 s2 v3 s4 s5 s6 v7 s8 ");
}

TEST_CASE("mixed backend: servers on standby have no weight beside active ones, and theirs where there are no others") {
  MixedSpec spec = spec_of({1, 3}, {1}, BalanceMethod::weighted);
  spec.servers.servers[1].state = ServerSpec::State::standby;
  CHECK(Bench(spec).ask(4) == "s1 v2 s3 v4 ");
  spec.servers.servers[0].state = ServerSpec::State::standby;
  CHECK(Bench(spec).ask(10) == "s1 s2 v3 s4 s5 s6 s7 v8 s9 s10 ");
}

TEST_CASE("mixed backend: a full or absent part leaves its requests to the other") {
  Bench bench(spec_of({1}, {1}));
  bench.made[0]->is = {Room::full, 3};
  CHECK(bench.ask(3) == "v1 v2 v3 ");
  bench.made[0]->is = {Room::free, 0};
  bench.made[1]->is = {Room::nobody, 0};
  CHECK(bench.ask(2) == "s4 s5 ");
  CHECK(bench.backend.is_ready());
  bench.made[0]->is = {Room::nobody, 0};
  CHECK_FALSE(bench.backend.is_ready());
}

TEST_CASE("mixed backend: a request that a part has just failed goes to another part") {
  Bench bench(spec_of({1}, {1, 1}));
  CHECK(bench.backend.alternatives(*bench.made[0]) == 2);
  bench.made[2]->is = {Room::nobody, 0};
  CHECK(bench.backend.alternatives(*bench.made[0]) == 1);
  CHECK(bench.backend.alternatives(*bench.made[2]) == 2);
  for (int times = 0; times < 4; ++times) CHECK(bench.ask(1, bench.made[0].get()).front() != 's');
}

TEST_CASE("mixed backend: the value of a field stays with its part") {
  Bench bench(spec_of({1}, {1}, BalanceMethod::hash));
  for (const std::string user : {"ann", "bob", "eve"}) {
    const char first = bench.ask(1, nullptr, user).front();
    for (int times = 0; times < 3; ++times) CHECK(bench.ask(1, nullptr, user).front() == first);
  }
}

TEST_CASE("mixed backend: first follows the order of the file") {
  MixedSpec spec = spec_of({1}, {1}, BalanceMethod::first);
  CHECK(Bench(spec).ask(2) == "s1 s2 ");
  spec.are_workers_first = true;
  CHECK(Bench(spec).ask(2) == "v1 v2 ");
}

std::string names_of(const std::vector<MemberFacts>& members) {
  std::string names;
  for (const MemberFacts& member : members) names += member.name + " ";
  return names;
}

TEST_CASE("mixed backend: groups of workers alone are a pool, too, and the operator sees everybody") {
  Bench bench(spec_of({}, {1, 1}));
  CHECK(bench.ask(4) == "v1 w2 v3 w4 ");
  CHECK(names_of(bench.backend.members()) == "v w ");
  Bench mixed(spec_of({1}, {1}));
  CHECK(names_of(mixed.backend.members()) == "s v ");
}

TEST_CASE("mixed backend: a bound client's request goes to the part that has its member") {
  Bench bench(spec_of({1}, {1}));
  Head head{{":method", "GET"}, {":path", "/"}, {":authority", "site"}};
  for (const std::string member : {"v", "s", "v"}) {
    const Affinity affinity{{member}, ""};
    BackendRequest request{head, Last::yes, Kind::request, Attempt::first, bench.route, bench.client};
    request.affinity = &affinity;
    CHECK(bench.backend.has_wanted_member(request));
    bench.log.clear();
    static_cast<void>(bench.backend.open(request, {nullptr, 1}));
    CHECK(bench.log == member + "1 ");
  }
  const Affinity nobody{{"x"}, ""};
  BackendRequest request{head, Last::yes, Kind::request, Attempt::first, bench.route, bench.client};
  request.affinity = &nobody;
  CHECK_FALSE(bench.backend.has_wanted_member(request));
  static_cast<void>(bench.backend.open(request, {nullptr, 2}));
}
