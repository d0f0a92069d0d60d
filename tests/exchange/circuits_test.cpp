#include "router/exchange/circuits.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/exchange/site_script.h"

namespace zeroway {

namespace {

using Presence = CircuitSource::Presence;

class FakeSource final : public CircuitSource {
 public:
  explicit FakeSource(Heard& heard) : heard_(heard) {}
  Presence presence(std::string_view path) const override {
    const auto found = present.find(std::string(path));
    return found == present.end() ? Presence::unknown : found->second;
  }
  std::shared_ptr<Backend> backend_of(const std::string& path) override {
    auto& backend = backends[path];
    if (!backend) {
      made += path + " ";
      backend = std::make_shared<FakeBackend>(heard_);
    }
    return backend;
  }
  std::shared_ptr<const CircuitSpec> spec_of(std::string_view path) const override {
    const auto found = specs.find(std::string(path));
    return found == specs.end() ? nullptr : found->second;
  }
  std::string_view path_of_subdomain(std::string_view label) const override {
    return label == "notes" ? std::string_view("/s1/a") : std::string_view();
  }
  std::uint64_t circuits_version() const override { return version; }
  bool is_waiting_for_circuits() const override { return is_waiting; }
  bool is_tcp(std::string_view path) const override { return path.ends_with("/ssh"); }
  std::shared_ptr<Backend> tunnels_of(const std::string& path) override { return backend_of(path + " by tunnel"); }

  std::map<std::string, Presence> present;
  std::map<std::string, std::shared_ptr<Backend>> backends;
  std::map<std::string, std::shared_ptr<const CircuitSpec>> specs;
  std::string made;
  std::uint64_t version = 1;
  bool is_waiting = false;

 private:
  Heard& heard_;
};

struct Bench {
  Bench() {
    model.backend_name = "circuits";
    model.retries = 7;
    model.strips_prefix = true;
  }
  [[nodiscard]] std::shared_ptr<const Circuit> find(std::string_view path) { return circuits.find(path, model); }

  Heard heard;
  FakeSource source{heard};
  Circuits circuits{&source};
  Route model;
};

}  // namespace

TEST_CASE("circuits: an announced one is made once, as its model says") {
  Bench b;
  b.source.present["/s1/a"] = Presence::announced;
  const auto circuit = b.find("/s1/a/x?y");
  REQUIRE(circuit != nullptr);
  CHECK(circuit->route.path == "/s1/a");
  CHECK(circuit->route.retries == 7);
  CHECK(circuit->route.strips_prefix);
  CHECK(circuit->model == &b.model);
  CHECK(circuit->to_slash.own_answer == OwnAnswer::redirect);
  CHECK(b.find("/s1/a") == circuit);
  CHECK(b.source.made == "/s1/a ");
}

TEST_CASE("circuits: what nobody announces is none, and so is a path without two parts") {
  Bench b;
  b.source.present["/s1/a"] = Presence::announced;
  for (const char* path : {"/s1/b/", "/s2/a/", "/s1", "/"}) CHECK_MESSAGE(b.find(path) == nullptr, path);
  CHECK(b.source.made.empty());
  CHECK(Circuits(nullptr).find("/s1/a/", b.model) == nullptr);
}

TEST_CASE("circuits: while some are still to come, what could be one of them is not unknown yet") {
  Bench b;
  CHECK_FALSE(b.circuits.may_come("/s1/a/", ""));
  b.source.is_waiting = true;
  CHECK(b.circuits.may_come("/s1/a/x?y", ""));
  CHECK(b.circuits.may_come("/x", "a-s1"));
  CHECK_FALSE(b.circuits.may_come("/x", ""));
  CHECK_FALSE(b.circuits.may_come("/", ""));
}

TEST_CASE("circuits: one that may be announced yet is made for its requests alone") {
  Bench b;
  b.source.present["/s1/a"] = Presence::expected;
  std::weak_ptr<const Circuit> first = b.find("/s1/a/");
  CHECK(first.expired());
  CHECK(b.find("/s1/a/") != nullptr);
}

TEST_CASE("circuits: a host's label names one whose paths stay as they are") {
  Bench b;
  b.source.present["/s1/a"] = Presence::announced;
  const auto circuit = b.circuits.find_label("a-s1", b.model);
  REQUIRE(circuit != nullptr);
  CHECK(circuit->route.path.empty());
  CHECK_FALSE(circuit->route.strips_prefix);
  CHECK(b.circuits.find_label("a-s1", b.model) == circuit);
  CHECK(b.circuits.find_label("s1-a", b.model) == nullptr);
  CHECK(b.circuits.find_label("", b.model) == nullptr);
}

TEST_CASE("circuits: of several that a label may name, an announced one is meant") {
  Bench b;
  b.source.present["/c/a-b"] = Presence::announced;
  CHECK(b.circuits.find_label("a-b-c", b.model) != nullptr);
  CHECK(b.source.made == "/c/a-b ");
  b.source.present["/b-c/a"] = Presence::announced;
  ++b.source.version;
  CHECK(b.circuits.find_label("a-b-c", b.model) != nullptr);
  CHECK(b.source.made == "/c/a-b /b-c/a ");
}

TEST_CASE("circuits: one that is gone is forgotten, and lives as long as its requests") {
  Bench b;
  b.source.present["/s1/a"] = b.source.present["/s1/b"] = Presence::announced;
  const auto kept = b.find("/s1/a/");
  std::weak_ptr<const Circuit> other = b.find("/s1/b/");
  b.source.present.clear();
  CHECK(b.find("/s1/a/") == kept);  // nothing has changed yet
  ++b.source.version;
  CHECK(b.find("/s1/a/") == nullptr);
  CHECK(kept.use_count() == 1);
  b.source.present["/s1/a"] = Presence::announced;
  ++b.source.version;
  CHECK(b.find("/s1/a/") != kept);
}

TEST_CASE("circuits: after some changes those that are gone keep no memory, though nobody asks for them") {
  Bench b;
  b.source.present["/s1/a"] = b.source.present["/s1/b"] = Presence::announced;
  std::weak_ptr<const Circuit> gone = b.find("/s1/a/");
  b.source.present.erase("/s1/a");
  for (int change = 0; change < 100; ++change) {
    ++b.source.version;
    CHECK(b.find("/s1/b/") != nullptr);
  }
  CHECK(gone.expired());
}

TEST_CASE("circuits: what is said of a circuit beats its model, and holds for the next request") {
  Bench b;
  b.source.present["/s1/a"] = Presence::announced;
  const auto first = b.find("/s1/a/");
  auto spec = std::make_shared<CircuitSpec>();
  spec->strip_prefix = false;
  spec->sticky.emplace().by = StickyBy::cookie;
  spec->servers.emplace_back();
  b.source.specs["/s1/a"] = spec;
  CHECK(b.find("/s1/a/") == first);
  ++b.source.version;
  const auto second = b.find("/s1/a/");
  REQUIRE(second != first);
  CHECK_FALSE(second->route.strips_prefix);
  CHECK_FALSE(second->route.tells_worker);
  CHECK(second->route.sticky->name == "ZRAFF");
  CHECK(second->spec == spec);
  CHECK(first->route.strips_prefix);
  ++b.source.version;
  CHECK(b.find("/s1/a/") == second);
  b.source.backends["/s1/a"] = nullptr;  // workers have come to it
  ++b.source.version;
  CHECK(b.find("/s1/a/") != second);
}

TEST_CASE("circuits: a subdomain names one, too") {
  Bench b;
  b.source.present["/s1/a"] = Presence::announced;
  const auto circuit = b.circuits.find_label("notes", b.model);
  REQUIRE(circuit != nullptr);
  CHECK(b.circuits.find_label("notes", b.model) == circuit);
  CHECK(circuit->backend == b.source.backends["/s1/a"]);
}

TEST_CASE("circuits: all circuits of one path are one use") {
  Bench b;
  CircuitUses uses;
  Circuits counted(&b.source, &uses);
  b.source.present["/s1/a"] = Presence::announced;
  const auto by_path = counted.find("/s1/a/", b.model);
  const auto by_host = counted.find_label("a-s1", b.model);
  by_path->use->begin(Time(std::chrono::seconds(5)));
  by_host->use->begin(Time(std::chrono::seconds(6)));
  by_path->use->end(Time(std::chrono::seconds(7)));
  const auto use = uses.find("/s1/a");
  REQUIRE(use != nullptr);
  CHECK(use->requests() == 2);
  CHECK(use->open() == 1);
  CHECK(use->last() == Time(std::chrono::seconds(7)));
  uses.forget("/s1/a");
  CHECK(uses.find("/s1/a") == nullptr);
}

TEST_CASE("circuits: at its own port a circuit has every path, as it is") {
  Bench b;
  b.source.present["/s1/a"] = Presence::announced;
  const auto circuit = b.circuits.find_whole("/s1/a", b.model);
  REQUIRE(circuit);
  CHECK(circuit->route.path.empty());
  CHECK_FALSE(circuit->route.strips_prefix);
  CHECK(circuit->tunnels == nullptr);
  CHECK(b.circuits.find_whole("/s1/a", b.model) == circuit);
  CHECK(b.find("/s1/a/")->route.strips_prefix);
  b.source.present.erase("/s1/a");
  ++b.source.version;
  CHECK(b.circuits.find_whole("/s1/a", b.model) == nullptr);
}

TEST_CASE("circuits: one that speaks TCP has a backend for tunnels, beside that for WebSockets") {
  Bench b;
  b.source.present["/s1/ssh"] = Presence::announced;
  const auto circuit = b.circuits.find_whole("/s1/ssh", b.model);
  REQUIRE(circuit);
  CHECK(circuit->backend == b.source.backends["/s1/ssh"]);
  CHECK(circuit->tunnels == b.source.backends["/s1/ssh by tunnel"]);
}

TEST_CASE("circuits: a stream of events that is silent for days stays open") {
  SiteScript s("[requests]\nreply_timeout = \"1s\"\n" + site_text("fabric = false\n") +
               "[sites.sessions]\nenabled = true\n");
  s.route.circuits.announce("/s1/a", s.backend);
  s.get("/s1/a/log").accept().reply("200", Last::no, {{"content-type", "text/event-stream"}}).reply_data(5);
  CHECK(s.heard() == "b1 open GET /log last · b1 end · c head 200 · c data 5");
  for (int hour = 0; hour < 100; ++hour) CHECK(s.pass(std::chrono::hours(1)).heard().empty());
  CHECK(s.reply_data(7).heard() == "c data 7");
  CHECK(s.reply_end().heard() == "c end");
}

namespace {

// A site whose circuit does not count some paths as use.
struct Polled : SiteScript {
  Polled()
      : SiteScript("[[sites]]\nname = 'x'\nhostname = '*.apps.test'\nport = 1\n[sites.sessions]\nenabled = true\n") {
    CircuitSpec spec;
    spec.id = "i1";
    spec.session = "s1";
    spec.service = "a";
    spec.idle_ignores = {"/api/status", "/poll/*"};
    route.circuits.put(std::move(spec), backend);
  }
  // Whether the request is use of the circuit.
  bool counts(std::string_view path, std::string_view host = "x.apps.test", Kind kind = Kind::request) {
    const std::uint64_t before = uses() == nullptr ? 0 : uses()->requests();
    clock.time += std::chrono::seconds(1);
    get(path, {{":authority", host}}, kind);
    REQUIRE(uses() != nullptr);
    CHECK(uses()->requests() == before + 1);
    CHECK(uses()->open() == 1);
    const bool is_in_use = uses()->is_in_use();
    const Time last = uses()->last();
    clock.time += std::chrono::seconds(1);
    cancel();
    CHECK(uses()->open() == 0);
    CHECK_FALSE(uses()->is_in_use());
    CHECK(is_in_use == (uses()->last() != last));
    return is_in_use;
  }
  [[nodiscard]] std::shared_ptr<const CircuitUse> uses() const { return route.uses.find("/s1/a"); }
};

}  // namespace

TEST_CASE("circuits: requests for the paths that a circuit ignores are no use of it, WebSockets neither") {
  Polled s;
  CHECK_FALSE(s.counts("/s1/a/api/status"));
  CHECK(s.uses()->last() == Time{});
  CHECK(s.counts("/s1/a/api/status/x"));
  CHECK_FALSE(s.counts("/s1/a/api/status?since=7"));
  CHECK_FALSE(s.counts("/s1/a/api/../api/%73tatus"));
  CHECK_FALSE(s.counts("/s1/a/poll/x", "x.apps.test", Kind::web_socket));
  CHECK(s.counts("/s1/a/api/kernels", "x.apps.test", Kind::web_socket));
  CHECK(s.counts("/s1/a/"));
}

TEST_CASE("circuits: where a host names the circuit, the ignored paths are those of the whole host") {
  Polled s;
  CHECK_FALSE(s.counts("/api/status", "a-s1.apps.test"));
  CHECK(s.counts("/s1/a/api/status", "a-s1.apps.test"));
}

}  // namespace zeroway
