#include "router/net/resolver.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <deque>
#include <map>
#include <optional>

#include "router/net/listener.h"
#include "router/net/socket.h"
#include "router/net/tcp_connection.h"
#include "tests/net/talk.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

constexpr int kA = 1, kAaaa = 28;

// A name server that the test scripts, over UDP and TCP on one port.
class NameServer final : Watcher {
 public:
  struct Record {
    std::vector<std::string> addresses;  // of both families
    int life = 60;
    int code = 0;               // 2 = the server fails, 3 = no such name
    int mute = 0;               // this type gets no answer
    bool is_truncated = false;  // over UDP
  };

  explicit NameServer(Loop& loop) : loop_(loop) {
    auto tcp = listen_at("127.0.0.1", 0, Share::no);
    port_ = bound_to(*tcp).port;
    udp_ = Socket(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_storage address;
    const socklen_t size = SocketAddress::numeric("127.0.0.1", port_)->fill(address);
    REQUIRE(::bind(udp_.fd(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    loop_.watch(udp_.fd(), *this, true, false);
    listener_.emplace(loop_, std::move(*tcp), [this](Socket socket, Peer) { serve(std::move(socket)); });
  }
  ~NameServer() override { loop_.forget(udp_.fd()); }

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  std::map<std::string, Record> records;  // a name that is not here does not exist
  int asked = 0;                          // questions for IPv4 addresses
  int asked_by_tcp = 0;
  bool is_mute = false;

 private:
  // A length, a question: one for each connection is enough here.
  class Answerer final : public ConnectionEvents {
   public:
    Answerer(NameServer& server, Socket socket)
        : server_(server), connection_(server.loop_, std::move(socket), *this) {}

   private:
    std::size_t received(Bytes bytes) override {
      if (bytes.size() < 2 || bytes.size() < 2U + bytes[0] * 256U + bytes[1]) return 0;
      ++server_.asked_by_tcp;
      const std::string answer = server_.answer(std::string(as_text(bytes.subspan(2))), true);
      std::string framed{static_cast<char>(answer.size() >> 8), static_cast<char>(answer.size() & 0xff)};
      framed += answer;
      CHECK(connection_.send(framed));
      return bytes.size();
    }
    void input_ended() override {}
    void hung_up() override {}
    void written() override {}
    void lost() override {}

    NameServer& server_;
    TcpConnection connection_;
  };

  void serve(Socket socket) { answerers_.push_back(std::make_unique<Answerer>(*this, std::move(socket))); }

  void ready(bool, bool) override {
    char text[1'024];
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const ssize_t count = ::recvfrom(udp_.fd(), text, sizeof text, 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (count < 12) return;
    const std::string reply = answer(std::string(text, static_cast<std::size_t>(count)), false);
    if (reply.empty()) return;
    ::sendto(udp_.fd(), reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
  }

  std::string answer(const std::string& question, bool is_tcp) {
    std::string name;
    std::size_t at = 12;
    while (question[at] != 0) {
      const auto label = static_cast<std::size_t>(question[at]);
      name += (name.empty() ? "" : ".") + question.substr(at + 1, label);
      at += label + 1;
    }
    const int type = question[at + 2];
    asked += type == kA ? 1 : 0;
    const bool is_there = records.contains(name);
    const Record record = is_there ? records.at(name) : Record{{}, 60, 3, 0, false};
    if (is_mute || record.mute == type) return "";
    const bool is_cut = record.is_truncated && !is_tcp;
    std::string records_text;
    int count = 0;
    for (const std::string& one : record.addresses) {
      const auto address = SocketAddress::numeric(one, 0);
      if ((address->family() == SocketAddress::Family::v4) != (type == kA)) continue;
      sockaddr_storage storage;
      static_cast<void>(address->fill(storage));
      const std::size_t size = type == kA ? 4 : 16;
      const char* bytes = type == kA
                              ? reinterpret_cast<const char*>(&reinterpret_cast<sockaddr_in&>(storage).sin_addr)
                              : reinterpret_cast<const char*>(&reinterpret_cast<sockaddr_in6&>(storage).sin6_addr);
      records_text += std::string("\xc0\x0c\0", 3) + static_cast<char>(type) + std::string("\0\x01\0\0", 4) +
                      static_cast<char>(record.life >> 8) + static_cast<char>(record.life & 0xff) + '\0' +
                      static_cast<char>(size) + std::string(bytes, size);
      ++count;
      if (is_cut) break;
    }
    std::string head = question.substr(0, 2);
    head += static_cast<char>(is_cut ? 0x86 : 0x84);
    head += static_cast<char>(0x80 | record.code);
    head += std::string("\0\x01\0", 3) + static_cast<char>(count) + std::string("\0\0\0\0", 4);
    return head + question.substr(12, at + 5 - 12) + records_text;
  }

  Loop& loop_;
  std::uint16_t port_ = 0;
  Socket udp_;
  std::optional<Listener> listener_;
  std::deque<std::unique_ptr<Answerer>> answerers_;
};

struct Bench {
  Bench() {
    ResolverSettings settings;
    settings.servers = server.address();
    use(settings);
  }
  void use(ResolverSettings settings) {
    settings.servers = server.address();
    resolver.emplace(loop, settings);
  }
  // The addresses, or the error's detail.
  std::string look_up(const std::string& host, Millis deadline = 4s) {
    std::optional<std::string> told;
    auto lookup = resolver->look_up(host, 80, deadline, [&](Result<std::vector<SocketAddress>> result) {
      told = "";
      if (!result) told = result.error().detail;
      if (!result) last = result.error();
      if (!result) return;
      for (const SocketAddress& one : *result) *told += one.show() + " ";
    });
    CHECK_FALSE(told);  // never from inside
    REQUIRE(run_until(loop, [&] { return told.has_value(); }));
    return *told;
  }

  Loop loop;
  NameServer server{loop};
  std::optional<Resolver> resolver;
  Error last;
};

}  // namespace

TEST_CASE("resolver: addresses and localhost need no name server") {
  Bench bench;
  CHECK(bench.look_up("10.0.0.1") == "10.0.0.1:80 ");
  CHECK(bench.look_up("::1") == "[::1]:80 ");
  CHECK(bench.look_up("localhost") == "127.0.0.1:80 [::1]:80 ");
  CHECK(bench.look_up("App.LocalHost.") == "127.0.0.1:80 [::1]:80 ");
  CHECK(bench.server.asked == 0);
  CHECK(bench.resolver->known_until("localhost") == Time::max());
}

TEST_CASE("resolver: all addresses of both families, IPv4 first, in the server's order") {
  Bench bench;
  bench.server.records["app.test"] = {{"fd00::2", "10.0.0.9", "10.0.0.1", "fd00::1"}};
  CHECK(bench.look_up("app.test") == "10.0.0.9:80 10.0.0.1:80 [fd00::2]:80 [fd00::1]:80 ");
  bench.server.records["six.test"] = {{"fd00::2"}};
  CHECK(bench.look_up("six.test") == "[fd00::2]:80 ");
}

TEST_CASE("resolver: an answer is kept for its life, and one question serves all who wait") {
  Bench bench;
  bench.server.records["app.test"] = {{"10.0.0.1"}};
  int told = 0;
  std::vector<std::unique_ptr<Lookup>> lookups;
  for (int count = 0; count < 3; ++count) {
    lookups.push_back(bench.resolver->look_up("app.test", 80, 4s, [&](const auto& result) {
      CHECK(result.has_value());
      lookups[static_cast<std::size_t>(told++)].reset();
    }));
  }
  CHECK(run_until(bench.loop, [&] { return told == 3; }));
  CHECK(bench.look_up("APP.test") == "10.0.0.1:80 ");
  CHECK(bench.server.asked == 1);
  CHECK(bench.resolver->known_until("app.test") > bench.loop.now() + 50s);
  CHECK(bench.resolver->known_until("app.test") <= bench.loop.now() + 60s);
}

TEST_CASE("resolver: the life of an answer has a floor and a ceiling") {
  Bench bench;
  bench.server.records["short.test"] = {{"10.0.0.1"}, 0};
  bench.server.records["long.test"] = {{"10.0.0.1"}, 60'000};
  CHECK(bench.look_up("short.test") == "10.0.0.1:80 ");
  CHECK(bench.look_up("long.test") == "10.0.0.1:80 ");
  const Time now = bench.loop.now();
  CHECK(bench.resolver->known_until("short.test") > now + kLeastNameLife - 2s);
  CHECK(bench.resolver->known_until("short.test") <= now + kLeastNameLife);
  CHECK(bench.resolver->known_until("long.test") <= now + kMostNameLife);
  CHECK(bench.resolver->known_until("long.test") > now + kMostNameLife - 2s);
}

TEST_CASE("resolver: a name that moves is followed when its answer ends") {
  Bench bench;
  bench.use({.least_life = 20ms, .most_life = 20ms});
  bench.server.records["app.test"] = {{"10.0.0.1", "fd00::1"}};
  CHECK(bench.look_up("app.test") == "10.0.0.1:80 [fd00::1]:80 ");
  bench.server.records["app.test"] = {{"10.0.0.2"}};
  CHECK(run_until(bench.loop, [&] { return bench.look_up("app.test") == "10.0.0.2:80 "; }));
}

TEST_CASE("resolver: a question that fails never empties an answer") {
  Bench bench;
  bench.use({.least_life = 1ms, .most_life = 1ms, .failed_life = 1ms, .stale_wait = 20ms});
  const NameServer::Record good{{"10.0.0.1", "fd00::1"}};
  for (const std::string fault : {"server fails", "no such name", "no address", "mute", "one family fails"}) {
    CAPTURE(fault);
    bench.server.records["app.test"] = good;
    CHECK(bench.look_up("app.test") == "10.0.0.1:80 [fd00::1]:80 ");
    const int asked = bench.server.asked;
    if (fault == "server fails") bench.server.records["app.test"].code = 2;
    if (fault == "no such name") bench.server.records.erase("app.test");
    if (fault == "no address") bench.server.records["app.test"] = {{}};
    bench.server.is_mute = fault == "mute";
    if (fault == "one family fails") bench.server.records["app.test"] = {{"10.0.0.1"}, 60, 0, kAaaa, false};
    CHECK(run_until(bench.loop, [&] {
      CHECK(bench.look_up("app.test") == "10.0.0.1:80 [fd00::1]:80 ");
      return bench.server.asked > asked;
    }));
    bench.server.is_mute = false;
    bench.use({.least_life = 1ms, .most_life = 1ms, .failed_life = 1ms, .stale_wait = 20ms});
  }
}

TEST_CASE("resolver: an old answer does not serve for ever") {
  Bench bench;
  bench.use({.least_life = 1ms, .most_life = 1ms, .failed_life = 1ms, .stale_life = 30ms});
  bench.server.records["app.test"] = {{"10.0.0.1"}};
  CHECK(bench.look_up("app.test") == "10.0.0.1:80 ");
  bench.server.records.clear();
  CHECK(run_until(bench.loop, [&] { return bench.look_up("app.test") == "the name app.test: there is no such name"; }));
}

TEST_CASE("resolver: a failure is told, and kept for a moment") {
  Bench bench;
  CHECK(bench.look_up("none.test") == "the name none.test: there is no such name");
  CHECK(bench.last.retry_safe);
  CHECK(bench.look_up("none.test") == "the name none.test: there is no such name");
  CHECK(bench.server.asked == 1);
  bench.server.records["empty.test"] = {{}};
  CHECK(bench.look_up("empty.test") == "the name empty.test: the name has no address");
  CHECK(bench.look_up(std::string(70, 'x') + ".test").find("the name ") == 0);  // no name of the DNS
  CHECK(bench.look_up("a b").find("the name a b: ") == 0);
  CHECK(bench.look_up("").find("the name : ") == 0);
}

TEST_CASE("resolver: a name server that is silent is a deadline") {
  Bench bench;
  bench.server.is_mute = true;
  CHECK(bench.look_up("app.test", 100ms) == "the name app.test: no answer yet");
  CHECK(bench.last.code == Code::backend_timeout);
}

TEST_CASE("resolver: a family that is never answered does not delay the other one") {
  for (const int mute : {kA, kAaaa}) {
    Bench bench;
    bench.server.records["app.test"] = {{"10.0.0.1", "fd00::1"}, 60, 0, mute, false};
    const Time begin = Clock::now();
    CHECK(bench.look_up("app.test") == (mute == kA ? "[fd00::1]:80 " : "10.0.0.1:80 "));
    CHECK(Clock::now() - begin < kNameServerWait);
  }
}

TEST_CASE("resolver: an answer that UDP cut is asked for by TCP") {
  Bench bench;
  NameServer::Record many;
  std::string expected;
  for (int count = 1; count <= 100; ++count) {
    many.addresses.push_back("10.0.0." + std::to_string(count));
    expected += many.addresses.back() + ":80 ";
  }
  many.is_truncated = true;
  bench.server.records["many.test"] = many;
  CHECK(bench.look_up("many.test") == expected);
  CHECK(bench.server.asked_by_tcp >= 1);
}

TEST_CASE("resolver: a failed connect asks early, but not again and again") {
  Bench bench;
  bench.use({.early_interval = 50ms});
  bench.resolver->look_up_early("app.test");  // nobody has looked it up
  bench.server.records["app.test"] = {{"10.0.0.1"}};
  CHECK(bench.look_up("app.test") == "10.0.0.1:80 ");
  bench.server.records["app.test"] = {{"10.0.0.2"}};
  bench.resolver->look_up_early("app.test");
  CHECK(bench.look_up("app.test") == "10.0.0.1:80 ");  // too early
  CHECK(bench.server.asked == 1);
  const auto begun = std::chrono::steady_clock::now();
  CHECK(run_until(bench.loop, [&] {
    bench.resolver->look_up_early("app.test");
    return bench.look_up("app.test") == "10.0.0.2:80 ";
  }));
  const auto intervals = (std::chrono::steady_clock::now() - begun) / 50ms;
  CHECK(bench.server.asked >= 2);
  CHECK_MESSAGE(bench.server.asked <= 2 + intervals, "once in an interval, of which a busy machine may see many");
}

TEST_CASE("resolver: a lookup that is destroyed is not told, and the answer is kept") {
  Bench bench;
  bench.server.records["app.test"] = {{"10.0.0.1"}};
  bool is_told = false;
  static_cast<void>(bench.resolver->look_up("app.test", 80, 4s, [&](const auto&) { is_told = true; }));
  CHECK(run_until(bench.loop, [&] { return bench.resolver->known_until("app.test") > bench.loop.now(); }));
  CHECK_FALSE(is_told);
  auto lookup = bench.resolver->look_up("app.test", 80, 4s, [&](const auto&) { is_told = true; });
  lookup.reset();
  CHECK(stays(bench.loop, [&] { return !is_told; }));
}

TEST_CASE("resolver: destroyed with questions under way, it leaves nothing behind") {
  Bench bench;
  bench.server.is_mute = true;
  static_cast<void>(bench.resolver->look_up("app.test", 80, 4s, [](const auto&) {}));
  CHECK(run_until(bench.loop, [&] { return bench.server.asked == 1; }));
  bench.resolver.reset();
  CHECK(stays(bench.loop, [] { return true; }));
}
