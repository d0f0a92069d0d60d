#include "router/acme/certificate_keeper.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "router/acme/certificate_maker.h"
#include "router/acme/limits.h"
#include "router/net/file_text.h"
#include "tests/support/folder.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

const WallTime kNow = std::chrono::system_clock::from_time_t(1'800'000'000);

struct FixedClock final : WallClock {
  [[nodiscard]] Time now() const override { return {}; }
  [[nodiscard]] WallTime wall_now() const override { return wall; }
  WallTime wall = kNow;
};

// A keeper whose ACME client is a script. Its results are prepared pairs.
struct Fixture final : CertificateUsers {
  Fixture() {
    std::filesystem::create_directory(folder.path("bin"));
    const char* path = ::getenv("PATH");
    path_before = path ? path : "";
    ::setenv("PATH", (folder.path("bin") + ":" + path_before).c_str(), 1);
    ::setenv("PAIRS", folder.path("").c_str(), 1);
    client("exit 1");
    const Issuer authority = *make_intermediate(*make_root(kNow), kNow);
    for (const char* name : {"a.test", "b.test"}) {
      const std::string pair = *make_leaf(authority, name, kNow);
      const auto cut = pair.find("-----BEGIN CERTIFICATE");
      folder.write(std::string(name) + ".new.key", pair.substr(0, cut));
      folder.write(std::string(name) + ".new.crt", pair.substr(cut));
    }
    make();
  }
  ~Fixture() override {
    keeper.reset();
    ::setenv("PATH", path_before.c_str(), 1);
  }

  void make() { keeper = std::make_unique<CertificateKeeper>(loop, clock, folder.path("state"), *this, 1); }

  // In the script: $dir, $name; `give` leaves a good certificate, `join` an account.
  void client(const std::string& script) {
    const std::string file =
        folder.write("bin/lego",
                     "#!/bin/sh\ndir=$2; name=${9}\n"
                     "give() { mkdir -p $dir/certificates; cp $PAIRS/$name.new.crt $dir/certificates/$name.crt;"
                     " cp $PAIRS/$name.new.key $dir/certificates/$name.key; }\n"
                     "join() { mkdir -p $dir/accounts/ca/a@b.test/keys;"
                     " echo '{\"registration\": {\"uri\": \"x\"}}' > $dir/accounts/ca/a@b.test/account.json; }\n"
                     "echo $name >> $PAIRS/runs\n" +
                         script + "\n");
    REQUIRE(::chmod(file.c_str(), 0700) == 0);
  }

  [[nodiscard]] CertificateSpec spec(const std::string& name = "a.test") const {
    CertificateSpec made;
    made.name = name;
    made.directory_url = "https://ca.test/dir";
    made.folder = authority_folder(folder.path("state"), made.directory_url);
    made.email = "a@b.test";
    made.has_http = true;
    return made;
  }

  // Serves until an order is over.
  void serve(const std::vector<CertificateSpec>& specs, std::size_t orders = 1) {
    REQUIRE(keeper->prepare(specs).has_value());
    keeper->use(specs);
    run(orders, [this] { keeper->start(); });
  }
  void run(std::size_t orders, const std::function<void()>& first) {
    left = orders;
    Timer guard(loop, [this] { loop.stop(); });
    guard.set(60s);
    loop.post(first);
    loop.run();
    REQUIRE(left == 0);
  }

  void renewed(const CertificateSpec& with) override { renewals += with.name + " "; }
  void answer(std::shared_ptr<const OpenChallenges> open, std::function<void()> done) override {
    const std::size_t now = open ? open->folders.size() + open->digests.size() : 0;
    // An order ends when its challenge is taken back.
    if (now < shown && --left == 0) loop.stop();
    shown = now;
    loop.post(std::move(done));
  }

  [[nodiscard]] bool is_temporary(const CertificateSpec& of) const {
    const auto pair = read_pair(*read_file_text(of.file(), kMostPair), of.name);
    REQUIRE(pair.has_value());
    return pair->is_temporary;
  }
  [[nodiscard]] std::string runs() const {
    const auto text = read_file_text(folder.path("runs"), 1'000);
    return text ? *text : "";
  }

  Folder folder;
  Loop loop{ManySends::Ring::never};
  FixedClock clock;
  std::string path_before;
  std::string renewals;
  std::size_t shown = 0, left = 0;
  std::unique_ptr<CertificateKeeper> keeper;
};

}  // namespace

TEST_CASE("certificate keeper: a temporary certificate is there before the first order, and the real one after it") {
  Fixture f;
  f.client("join; give");
  REQUIRE(f.keeper->prepare({f.spec()}).has_value());
  CHECK(f.is_temporary(f.spec()));
  CHECK(f.renewals.empty());
  f.serve({f.spec()});
  CHECK_FALSE(f.is_temporary(f.spec()));
  CHECK(f.renewals == "a.test ");
}

TEST_CASE("certificate keeper: the certificate on disk is judged, not the exit code") {
  Fixture f;
  f.client("join; give; exit 1");
  f.serve({f.spec()});
  CHECK_FALSE(f.is_temporary(f.spec()));
  Fixture g;
  g.client("join; exit 0");
  g.serve({g.spec()});
  CHECK(g.is_temporary(g.spec()));
}

TEST_CASE("certificate keeper: a new key beside an old certificate, or another name, replaces nothing") {
  Fixture f;
  f.client("join; give; cp $PAIRS/b.test.new.key $dir/certificates/$name.key");
  f.serve({f.spec()});
  CHECK(f.is_temporary(f.spec()));
  Fixture g;
  g.client(
      "join; name=b.test; give; mv $dir/certificates/b.test.crt $dir/certificates/a.test.crt;"
      " mv $dir/certificates/b.test.key $dir/certificates/a.test.key");
  g.serve({g.spec()});
  CHECK(g.is_temporary(g.spec()));
}

TEST_CASE("certificate keeper: what an earlier run has left is no result of this one") {
  Fixture f;
  f.client("join; give");
  f.serve({f.spec()});
  f.renewals.clear();
  std::filesystem::create_directories(f.spec().folder + "/lego/certificates");
  f.client("exit 1");
  f.clock.wall = kNow + kLeafLife - 1h;
  f.make();
  f.serve({f.spec()});
  CHECK(f.renewals.empty());
}

TEST_CASE("certificate keeper: a certificate that came while the router was killed is used, and not ordered again") {
  Fixture f;
  const CertificateSpec spec = f.spec();
  REQUIRE(f.keeper->prepare({spec}).has_value());
  const std::string lego = spec.folder + "/lego/certificates";
  std::filesystem::create_directories(lego);
  for (const char* ending : {".crt", ".key"})
    std::filesystem::copy(f.folder.path(std::string("a.test.new") + ending), lego + "/a.test" + ending);
  f.keeper->use({spec});
  f.keeper->start();
  CHECK(f.renewals == "a.test ");
  CHECK(f.runs().empty());
  CHECK_FALSE(has_file(lego + "/a.test.crt"));
}

TEST_CASE("certificate keeper: a certificate that is stored and good is not ordered again") {
  Fixture f;
  f.client("join; give");
  f.serve({f.spec()});
  f.make();
  f.clock.wall = kNow + kLeafLife / 2;
  f.serve({f.spec(), f.spec("b.test")});
  CHECK(f.runs() == "a.test\nb.test\n");
  // Another authority's certificate is another one.
  CertificateSpec other = f.spec();
  other.folder += "-other";
  f.make();
  f.serve({other});
  CHECK(f.runs() == "a.test\nb.test\na.test\n");
}

TEST_CASE("certificate keeper: of two names one has its certificate while the other fails") {
  Fixture f;
  f.client("join; [ $name = a.test ] || give");
  f.serve({f.spec(), f.spec("b.test")}, 2);
  CHECK(f.is_temporary(f.spec()));
  CHECK_FALSE(f.is_temporary(f.spec("b.test")));
}

TEST_CASE("certificate keeper: a failure is tried again at a later time, or when the operator asks") {
  Fixture f;
  f.client("join; exit 1");
  f.serve({f.spec()});
  CHECK(f.runs() == "a.test\n");
  f.client("join; give");
  f.run(1, [&] { f.keeper->hurry(); });
  CHECK(f.renewals == "a.test ");
}

TEST_CASE("certificate keeper: half an account is removed, a half pair is as good as none") {
  Fixture f;
  const CertificateSpec spec = f.spec();
  const std::string account = spec.folder + "/lego/accounts/ca/a@b.test";
  std::filesystem::create_directories(account + "/keys");
  REQUIRE(write_whole_file(account + "/account.json", "{\"regis").has_value());
  REQUIRE(write_whole_file(account + "/keys/a@b.test.key", "-----BEGIN EC").has_value());
  REQUIRE(write_whole_file(spec.file(), "-----BEGIN").has_value());
  f.client(
      "[ -e $dir/accounts/ca/a@b.test/account.json ] && exit 1; [ -e $dir/accounts/ca/a@b.test/keys/a@b.test.key ] "
      "&& exit 1; join; give");
  f.serve({spec});
  CHECK(f.renewals == "a.test ");
}

TEST_CASE("certificate keeper: an account that the authority has lost is made again, with the key that is there") {
  Fixture f;
  f.client(
      "join; echo k-----END > $dir/accounts/ca/a@b.test/keys/a@b.test.key;"
      " echo urn:ietf:params:acme:error:accountDoesNotExist; exit 1");
  f.serve({f.spec()});
  const std::string account = f.spec().folder + "/lego/accounts/ca/a@b.test";
  CHECK_FALSE(has_file(account + "/account.json"));
  CHECK(has_file(account + "/keys/a@b.test.key"));
}

TEST_CASE("certificate keeper: without an account one order goes first, and makes it") {
  Fixture f;
  f.client("[ -e $dir/accounts ] || { [ -e $PAIRS/first ] && exit 1; touch $PAIRS/first; sleep 0.3; }; join; give");
  f.serve({f.spec(), f.spec("b.test")}, 2);
  CHECK(f.renewals == "a.test b.test ");
}

TEST_CASE("certificate keeper: one of two routers with one state directory orders") {
  Fixture f;
  f.client("join; give");
  FileLock other;
  REQUIRE(f.keeper->prepare({f.spec()}).has_value());
  REQUIRE(other.take(f.folder.path("state/lock")));
  f.keeper->use({f.spec()});
  Timer look(f.loop, [&] { f.loop.stop(); });
  look.set(500ms);
  f.loop.post([&] { f.keeper->start(); });
  f.loop.run();
  CHECK(f.runs().empty());
  other.release();
  f.run(1, [] {});
  CHECK(f.renewals == "a.test ");
}

TEST_CASE("certificate keeper: a folder that cannot be made is an error that names it, and stored ones serve") {
  Fixture f;
  f.folder.write("state", "a file");
  const auto prepared = f.keeper->prepare({f.spec()});
  REQUIRE_FALSE(prepared.has_value());
  CHECK(prepared.error().detail.find(f.folder.path("state")) != std::string::npos);
}

TEST_CASE("certificate keeper: without the client the error names its package") {
  Fixture f;
  ::setenv("PATH", "/nowhere", 1);
  f.make();
  const auto prepared = f.keeper->prepare({f.spec()});
  REQUIRE_FALSE(prepared.has_value());
  CHECK(prepared.error().detail.find("apt-get install lego") != std::string::npos);
}

TEST_CASE("certificate keeper: the router's own authority needs no client, and its certificates are renewed") {
  Fixture f;
  ::setenv("PATH", "/nowhere", 1);
  f.make();
  CertificateSpec own;
  own.name = "c.test";
  own.source = CertificateSource::internal;
  own.folder = internal_folder(f.folder.path("state"));
  REQUIRE(f.keeper->prepare({own}).has_value());
  const std::string first = *read_file_text(own.file(), kMostPair);
  f.clock.wall = kNow + kLeafLife - 1h;
  f.make();
  REQUIRE(f.keeper->prepare({own}).has_value());
  f.keeper->use({own});
  CHECK(*read_file_text(own.file(), kMostPair) == first);
  f.keeper->start();
  CHECK(f.renewals == "c.test ");
  CHECK(*read_file_text(own.file(), kMostPair) != first);
}
