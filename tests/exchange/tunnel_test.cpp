// Tunnels: each direction has an end of its own, and limits on silence.
#include <doctest/doctest.h>

#include "proto/limits.h"
#include "router/exchange/exchange.h"
#include "router/plan/make_plan.h"
#include "tests/exchange/script.h"

using namespace zeroway;

namespace {

// A tunnel at the port of a TCP service.
struct Tunnel : Script {
  explicit Tunnel(Millis idle = Millis(0), Millis half_closed = Millis(0)) {
    Settings with;
    TcpSettings service;
    service.site.name = "echo";
    service.site.listen = {{"", 2000, ""}};
    service.workers = "/echo";
    service.idle_timeout = idle;
    service.half_closed_timeout = half_closed;
    with.tcp.push_back(service);
    PlanMaking making = make_plan(with, [](const std::string&) { return Result<std::string>(std::string()); });
    REQUIRE(making.plan);
    std::size_t at = 0;
    while (making.plan->listeners[at].language != Language::tcp) ++at;
    route.use(making.plan, backend);
    tcp_listener = route.plan.listen(at);
    info.listener = &tcp_listener;
    open();
  }
  void open() {
    key = exchanges.open(client, info, Kind::tunnel, clock.time);
    Head head{
        {":method", "CONNECT"}, {":protocol", "tcp"}, {":scheme", "http"}, {":authority", "here:2000"}, {":path", "/"}};
    exchanges.from_client(key)->head(head, Last::no);
  }

  ListenerInUse tcp_listener;
};

}  // namespace

TEST_CASE("tunnel: the backend gets the path of the service, and bytes pass both ways") {
  Tunnel s;
  CHECK(s.heard() == "b1 open CONNECT /echo");
  CHECK(s.accept().reply("200").heard() == "c head 200");
  CHECK(s.send("abc").reply_data(5).heard() == "b1 data 3 · c data 5");
}

TEST_CASE("tunnel: the client ends first, and the backend goes on") {
  Tunnel s;
  s.accept().reply("200").heard();
  CHECK(s.send("abc").send_end().heard() == "b1 data 3 · b1 end");
  CHECK(s.reply_data(5).heard() == "c data 5");
  CHECK(s.reply_end().heard() == "c end · c over");
  CHECK(s.is_over());
}

TEST_CASE("tunnel: the backend ends first, and the client goes on") {
  Tunnel s;
  s.accept().reply("200").heard();
  CHECK(s.reply_data(5).reply_end().heard() == "c data 5 · c end");
  CHECK_FALSE(s.is_over());
  CHECK(s.send("abc").heard() == "b1 data 3");
  CHECK(s.grant(1'000'000).heard() == "c credit 1000000");
  CHECK(s.send_end().heard() == "b1 end · c over");
  CHECK(s.is_over());
}

TEST_CASE("tunnel: a head that promises the end of its direction ends that one alone") {
  Tunnel s;
  CHECK(s.accept().reply("200", Last::yes).reply_end().heard() == "b1 open CONNECT /echo · c head 200 · c end");
  CHECK(s.send_end().heard() == "b1 end · c over");
}

TEST_CASE("tunnel: it is over only when the backend has all bytes of its client") {
  Tunnel s;
  s.accept().reply("200").heard();
  s.send(kOpeningWindow).heard();
  s.grant(10).heard();
  s.send(10).send_end().heard();
  s.reply_end();
  CHECK(s.heard() == "c end · c over");

  Tunnel waiting;  // the client ended before anybody took the tunnel, and sent what a first opening may take
  waiting.send(100).send_end();
  waiting.fail(refused());
  CHECK(waiting.heard() ==
        "b1 open CONNECT /echo · b1 data 100 · b1 end · b2 open CONNECT /echo · b2 data 100 · b2 end");
}

TEST_CASE("tunnel: a reset of either side ends both directions") {
  Tunnel s;
  s.accept().reply("200").heard();
  CHECK(s.cancel().heard() == "b1 reset 8");
  CHECK(s.is_over());

  Tunnel other;
  other.accept().reply("200").reply_end().heard();
  CHECK(other.fail(lost()).heard() == "c reset backend_lost");
  CHECK(other.is_over());
}

TEST_CASE("tunnel: nobody answers, so its client is refused; it is never opened again once it may have been seen") {
  Tunnel s;
  s.heard();
  s.fail(lost());
  CHECK(s.heard().starts_with("c head 502"));
  CHECK(s.is_over());

  Tunnel unseen_one;
  unseen_one.heard();
  CHECK(unseen_one.fail(unseen()).heard() == "b2 open CONNECT /echo");
}

TEST_CASE("tunnel: silence in both directions ends it, bytes in either one keep it") {
  Tunnel s(Millis(1'000));
  s.accept().reply("200").heard();
  s.pass(Millis(900)).send("a").pass(Millis(900)).reply_data(1).pass(Millis(900));
  CHECK(s.heard() == "b1 data 1 · c data 1");
  CHECK(s.pass(Millis(300)).heard() == "b1 reset 8 · c reset tunnel_silent");
  CHECK(s.counters.bad_requests == 0);
}

TEST_CASE("tunnel: the half-closed limit begins at the first end, and bytes put it off") {
  Tunnel s(Millis(0), Millis(1'000));
  s.accept().reply("200").heard();
  CHECK(s.pass(Millis(50'000)).heard().empty());
  s.send_end().pass(Millis(900)).reply_data(1).pass(Millis(900));
  CHECK(s.heard() == "b1 end · c data 1");
  CHECK(s.pass(Millis(300)).heard() == "b1 reset 8 · c reset tunnel_silent");
}
