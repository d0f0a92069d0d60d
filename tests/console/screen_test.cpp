#include "router/console/screen.h"

#include <doctest/doctest.h>

#include <clocale>

#include "router/console/limits.h"
#include "router/console/reports.h"

using namespace zeroway;
using namespace zeroway::console;
using namespace std::chrono_literals;

namespace {

Member worker(const std::string& name, std::uint64_t requests = 0, const std::string& state = "ready") {
  Member member;
  member.name = name;
  member.instance = "i-" + name;
  member.state = state;
  member.address = "127.0.0.1:40000";
  member.requests = requests;
  member.is_fit = state == "ready";
  return member;
}

Member server(const std::string& name, std::uint64_t requests = 0) {
  Member member;
  member.kind = Member::Kind::server;
  member.name = name;
  member.pool = "origin";
  member.state = "up";
  member.requests = requests;
  return member;
}

Numbers numbers(std::uint64_t requests, std::uint64_t errors) {
  Numbers now;
  now.uptime_seconds = 3'725;
  now.is_ready = true;
  now.requests = requests;
  now.replies_5xx = errors;
  now.workers = 2;
  now.durations = {{0.001, 0.01}, {requests, 0, 0}};
  return now;
}

// Two looks, two seconds apart.
TopData watched() {
  TopData data;
  data.where = "127.0.0.1:6040";
  for (const std::uint64_t turn : {std::uint64_t{0}, std::uint64_t{1}}) {
    const Time at = Time{} + 10s + 2s * turn;
    data.take(numbers(100 + 500 * turn, turn), at);
    data.take(Member::Kind::worker, {worker("worker-1", 10 + 400 * turn), worker("worker-2", 7, "draining")}, at);
    data.take(Member::Kind::server, {server("10.0.0.7:80", 100 * turn)}, at);
  }
  return data;
}

std::vector<std::string> shown(const TopData& data, TopState& state, Size size = {}) {
  std::vector<std::string> texts;
  for (const Line& line : screen_of(data, state, size).lines) texts.push_back(line.text);
  return texts;
}

bool has(const std::vector<std::string>& lines, const std::string& text) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

// Presses letters and named keys, as an operator does.
Act press_all(TopState& state, const TopData& data, std::initializer_list<Key> keys, Size size = {}) {
  Act last;
  for (const Key& key : keys) {
    const Screen screen = screen_of(data, state, size);
    last = press(state, key, data, screen.height, screen.columns);
  }
  return last;
}

Key letter(char c) { return {Key::Kind::text, c}; }

}  // namespace

TEST_CASE("top: the head has the rates between two looks, and the age") {
  TopState state;
  const auto lines = shown(watched(), state);
  REQUIRE(lines.size() == 24);
  CHECK(lines[0] == "router 127.0.0.1:6040  up 1h02m  ready");
  CHECK(lines[1] == "250 req/s  0.50 errors/s  open 0  p50 0.50ms  p99 0.99ms  conns 0  workers 2");
  CHECK(lines[2] == "servers 0");
}

TEST_CASE("top: a member has its state and its own rates") {
  TopState state;
  const auto lines = shown(watched(), state, {24, 120});
  CHECK(lines[3].starts_with("10.0.0.7:80  server  up"));
  CHECK(lines[3].find("50.0") != std::string::npos);
  CHECK(lines[4].starts_with("worker-1     worker  ready"));
  CHECK(lines[4].find("  200 ") != std::string::npos);
  CHECK(screen_of(watched(), state, {24, 120}).lines[5].style == Style::bad);
}

TEST_CASE("top: nothing is known of rates after one look, and after the router began anew") {
  TopData data;
  data.take(numbers(100, 0), Time{} + 1s);
  TopState state;
  CHECK(has(shown(data, state), "- req/s"));
  data.take(numbers(5, 0), Time{} + 2s);
  CHECK(has(shown(data, state), "- req/s"));
  CHECK(has(shown(data, state), "p50 -"));
  data.take(numbers(10, 0), Time{} + 3s);
  CHECK(has(shown(data, state), "5.0 req/s"));
}

TEST_CASE("top: every size of a screen is filled, and never overflows") {
  const TopData data = watched();
  for (const std::size_t rows : {1U, 2U, 3U, 4U, 5U, 10U, 24U, 100U}) {
    for (const std::size_t columns : {1U, 5U, 20U, 40U, 80U, 300U}) {
      for (const Mode mode : {Mode::list, Mode::facts, Mode::help, Mode::filter}) {
        TopState state;
        state.mode = mode;
        state.now().selected = key_of(data.members.front());
        const Screen screen = screen_of(data, state, {rows, columns});
        CHECK(screen.lines.size() == rows);
        for (const Line& line : screen.lines) CHECK(columns_of(line.text) <= columns);
      }
    }
  }
}

TEST_CASE("top: 40 columns and 10 rows keep name, state and rates") {
  TopState state;
  const auto lines = shown(watched(), state, {10, 40});
  CHECK(lines.size() == 10);
  CHECK(has(lines, "NAME"));
  CHECK(has(lines, "REQ/S"));
  CHECK(has(lines, "worker-1"));
  CHECK(has(lines, "? help"));
}

TEST_CASE("top: a router that went away is told of, with the time, and its figures stay") {
  TopData data = watched();
  const WallTime then{std::chrono::seconds(1'780'000'000)};
  data.lost("connection refused", then);
  data.lost("connection refused", then + 5s);
  data.now = then + 12s;
  TopState state;
  CHECK(has(shown(data, state, {24, 100}), "NO ANSWER for 12s, since 2026-05-28 20:26:40 UTC: connection refused"));
  CHECK(has(shown(data, state), "worker-1"));
  CHECK(data.outage_since == then);
}

TEST_CASE("top: a router without the numbers shows its members") {
  TopData data;
  data.numbers_trouble = {ExitCode::refused, "this router has no /api/v1/numbers"};
  data.take(Member::Kind::worker, {worker("worker-1")}, Time{} + 1s);
  TopState state;
  CHECK(has(shown(data, state), "this router has no /api/v1/numbers"));
  CHECK(has(shown(data, state), "worker-1"));
}

TEST_CASE("top: the cursor stays on its member while others come and go") {
  TopData data = watched();
  TopState state;
  press_all(state, data, {{Key::Kind::down}});
  CHECK(state.now().selected == key_of(data.members[0]));
  data.take(Member::Kind::worker, {worker("a"), worker("b"), data.members[1], data.members[0]}, Time{} + 20s);
  CHECK(view_of(data, state).cursor == 3);
  data.take(Member::Kind::worker, {worker("a")}, Time{} + 21s);
  CHECK(view_of(data, state).cursor == 0);
}

TEST_CASE("top: the cursor is on what was shown first, also when another member comes above it") {
  TopData data;
  data.take(Member::Kind::worker, {worker("m")}, Time{} + 1s);
  TopState state;
  shown(data, state);
  data.take(Member::Kind::worker, {worker("a"), worker("m")}, Time{} + 2s);
  press_all(state, data, {letter('d')});
  CHECK(has(shown(data, state), "drain worker m? y/n"));
}

TEST_CASE("top: 1 000 workers scroll by rows, pages and to both ends") {
  TopData data;
  std::vector<Member> many;
  for (int number = 0; number < 1'000; ++number) many.push_back(worker("worker-" + std::to_string(number)));
  data.take(Member::Kind::worker, many, Time{} + 1s);
  TopState state;
  press_all(state, data, {{Key::Kind::end}});
  CHECK(has(shown(data, state), "worker-999"));
  press_all(state, data, {{Key::Kind::up}, {Key::Kind::page_up}});
  CHECK(view_of(data, state).cursor < 998);
  press_all(state, data, {{Key::Kind::home}});
  const auto lines = shown(data, state);
  CHECK(has(lines, "worker-0 "));
  CHECK_FALSE(has(lines, "worker-999"));
}

TEST_CASE("top: sorting goes over the shown columns, numbers from the largest") {
  const TopData data = watched();
  TopState state;
  const auto first = [&] { return view_of(data, state).list.rows[view_of(data, state).order.front()].cells[0].text; };
  CHECK(first() == "10.0.0.7:80");
  press_all(state, data, {letter('r')});
  CHECK(first() == "worker-2");
  press_all(state, data, {letter('<'), letter('>')});
  CHECK(state.now().sort == 0);
  CHECK(first() == "10.0.0.7:80");
  state.now().sort = 5;  // requests a second
  state.now().is_descending = true;
  CHECK(first() == "worker-1");
  CHECK(has(shown(data, state), "REQ/S*"));
}

TEST_CASE("top: a filter shows rows with a text in any case, Esc shows all again") {
  const TopData data = watched();
  TopState state;
  press_all(state, data, {letter('/'), letter('D'), letter('r'), letter('X'), {Key::Kind::backspace}});
  CHECK(has(shown(data, state), "filter: Dr_"));
  press_all(state, data, {{Key::Kind::enter}});
  CHECK(view_of(data, state).order.size() == 1);
  CHECK_FALSE(has(shown(data, state), "worker-1"));
  press_all(state, data, {{Key::Kind::escape}});
  CHECK(view_of(data, state).order.size() == 3);
}

TEST_CASE("top: a letter that is typed into a filter is no command") {
  const TopData data = watched();
  TopState state;
  const Act act = press_all(state, data, {letter('/'), letter('q'), letter('d')});
  CHECK_FALSE(act.quits);
  CHECK(state.now().filter == "qd");
  CHECK(has(shown(data, state), "nothing has 'qd' in it"));
}

TEST_CASE("top: Enter shows all facts of a member, and follows it") {
  TopData data = watched();
  TopState state;
  press_all(state, data, {{Key::Kind::down}, {Key::Kind::enter}});
  auto lines = shown(data, state);
  for (const char* fact : {"worker-1", "i-worker-1", "127.0.0.1:40000", "everything", "200 a second"}) {
    CAPTURE(fact);
    CHECK(has(lines, fact));
  }
  data.take(Member::Kind::worker, {}, Time{} + 20s);
  CHECK(has(shown(data, state), "it is no longer there"));
  press_all(state, data, {{Key::Kind::escape}});
  CHECK(state.mode == Mode::list);
}

TEST_CASE("top: a drain is confirmed, and asks for the token when there is none") {
  const TopData data = watched();
  TopState state;
  CHECK_FALSE(press_all(state, data, {{Key::Kind::down}, letter('d')}).hold);
  CHECK(has(shown(data, state), "drain worker worker-1? y/n"));
  CHECK_FALSE(press_all(state, data, {letter('n')}).hold);
  CHECK(state.mode == Mode::list);
  CHECK_FALSE(press_all(state, data, {letter('d'), letter('y')}).hold);
  CHECK_FALSE(press_all(state, data, {letter('s'), letter('3')}).hold);
  CHECK(has(shown(data, state), "token: **_"));
  const Act act = press_all(state, data, {{Key::Kind::enter}});
  REQUIRE(act.hold);
  CHECK(act.hold->name == "worker-1");
  CHECK(act.hold->is_held);
  CHECK(act.token == "s3");
  CHECK_FALSE(has(shown(data, state), "s3"));
}

TEST_CASE("top: a long name gives way to the question whether to drain it") {
  TopData data;
  data.take(Member::Kind::worker, {worker(std::string(100, 'x'))}, Time{} + 1s);
  TopState state;
  press_all(state, data, {letter('d')}, {10, 40});
  CHECK(shown(data, state, {10, 40}).back() == "drain worker " + std::string(21, 'x') + "~? y/n");
}

TEST_CASE("top: with a token an undrain needs only the confirmation") {
  const TopData data = watched();
  TopState state;
  state.has_token = true;
  const Act act = press_all(state, data, {letter('u'), letter('y')});
  REQUIRE(act.hold);
  CHECK(act.hold->kind == Member::Kind::server);
  CHECK_FALSE(act.hold->is_held);
}

TEST_CASE("top: what is no member is not drained") {
  TopData data = watched();
  RouteFigures route;
  route.path = "/api";
  data.take({route}, Time{} + 20s);
  TopState state;
  press_all(state, data, {letter('2'), letter('d')});
  CHECK(state.mode == Mode::list);
  CHECK(has(shown(data, state), "only a worker or a server can be drained"));
}

TEST_CASE("top: a name can neither play with the terminal nor move its neighbours") {
  TopData data;
  data.take(Member::Kind::worker,
            {worker("\x1b[2J\r\n\x9b"
                    "31mevil\xff")},
            Time{} + 1s);
  TopState state;
  const auto lines = shown(data, state);
  for (const std::string& line : lines)
    for (const char c : line) CHECK(static_cast<unsigned char>(c) >= 0x20);
  CHECK(has(lines, R"(\x1b[2J\x0d\x0a\x9b31mevil\xff)"));
  press_all(state, data, {{Key::Kind::enter}});
  CHECK(has(shown(data, state), R"(\x1b[2J)"));
}

TEST_CASE("top: events are shown the newest first, and no more than the screen keeps") {
  TopData data;
  for (std::uint64_t id = 1; id <= kKeptEvents + 10; ++id)
    data.take(Event{id, 1'780'000'000, "worker_joined", "w", "worker " + std::to_string(id) + " joined"});
  CHECK(data.events.size() == kKeptEvents);
  TopState state;
  press_all(state, data, {letter('4')});
  CHECK(has(shown(data, state), "worker " + std::to_string(kKeptEvents + 10) + " joined"));
}

TEST_CASE("top: sessions of WAMP have a page, and a session its facts") {
  TopData data = watched();
  WampFigures session;
  session.id = "0-7";
  session.address = "192.0.2.1";
  session.realm = "realm1";
  session.state = "joined";
  session.serializer = "cbor";
  session.backend_serializer = "json";
  session.worker = "wamp-1";
  session.messages_in = 12;
  session.bytes_out = 5'000;
  session.age_seconds = 61;
  data.wamp = {{session}, 1, ""};
  TopState state;
  press_all(state, data, {letter('5')});
  CHECK(has(shown(data, state, {24, 200}), "192.0.2.1  realm1  joined"));
  CHECK(has(shown(data, state, {24, 200}), "cbor>json"));
  press_all(state, data, {Key{Key::Kind::enter}});
  CHECK(has(shown(data, state), "FACTS of sessions of WAMP"));
  CHECK(has(shown(data, state), "worker or URL  wamp-1"));
  press_all(state, data, {Key{Key::Kind::escape}, letter('d')});
  CHECK(has(shown(data, state), "only a worker or a server can be drained"));
  press_all(state, data, {letter('\t')});
  CHECK(state.page == Page::members);
}

TEST_CASE("reports: of many sessions of WAMP it is told that some are missing") {
  CHECK(wamp_text({}) == "no client of WAMP is connected\n");
  WampList wamp;
  wamp.sessions.resize(2);
  wamp.all = 3;
  wamp.next = "1-2-3";
  CHECK(wamp_text(wamp).starts_with("the 2 oldest; the next ones: --after 1-2-3\nCLIENT  REALM"));
  wamp.next.clear();
  CHECK(wamp_text(wamp).starts_with("CLIENT  REALM"));
  wamp.sessions.clear();
  CHECK(wamp_text(wamp) == "none of the 3 clients of WAMP is asked for\n");
}

TEST_CASE("top: --once has all members, and no keys") {
  const std::string text = once_text(watched());
  CHECK(text.find("router 127.0.0.1:6040") == 0);
  CHECK(text.find("worker-2") != std::string::npos);
  CHECK(text.find("10.0.0.7:80") != std::string::npos);
  CHECK(text.find("? help") == std::string::npos);
}
