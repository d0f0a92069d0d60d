#include <doctest/doctest.h>

#include <clocale>
#include <cmath>

#include "router/console/event_stream.h"
#include "router/console/figure_reader.h"
#include "router/console/grid.h"
#include "router/console/number_text.h"
#include "router/console/printable.h"
#include "router/console/rates.h"
#include "router/console/reports.h"

using namespace zeroway;
using namespace zeroway::console;

namespace {

// Shows what a terminal of this locale would.
class Locale {
 public:
  explicit Locale(const char* name) { REQUIRE(std::setlocale(LC_CTYPE, name) != nullptr); }
  ~Locale() { std::setlocale(LC_CTYPE, "C"); }
};

}  // namespace

TEST_CASE("rates: totals that became smaller, and no time, have no rate") {
  CHECK(per_second(10, 30, 2) == 10);
  CHECK(per_second(10, 10, 2) == 0);
  CHECK_FALSE(per_second(30, 10, 2));
  CHECK_FALSE(per_second(10, 30, 0));
}

TEST_CASE("rates: a percentile is that of the requests between two looks") {
  const std::vector<double> bounds{1, 2, 4};
  const Durations before{bounds, {100, 0, 0, 0}};
  CHECK(*quantile(before, {bounds, {110, 10, 0, 0}}, 0.5) == doctest::Approx(1));
  CHECK(*quantile(before, {bounds, {110, 10, 0, 0}}, 0.75) == doctest::Approx(1.5));
  CHECK(*quantile(before, {bounds, {100, 0, 10, 0}}, 0.5) == doctest::Approx(3));
  CHECK(std::isinf(*quantile(before, {bounds, {100, 0, 0, 1}}, 0.5)));
  CHECK_FALSE(quantile(before, before, 0.5));
  CHECK_FALSE(quantile(before, {bounds, {99, 20, 0, 0}}, 0.5));
  CHECK_FALSE(quantile(before, {{1, 2}, {110, 10, 0}}, 0.5));
  CHECK_FALSE(quantile({bounds, {1}}, {bounds, {2}}, 0.5));
  CHECK_FALSE(quantile({}, {}, 0.5));
}

TEST_CASE("numbers: as people read them") {
  CHECK(rate_text(std::nullopt) == "-");
  CHECK(rate_text(0) == "0");
  CHECK(rate_text(0.25) == "0.25");
  CHECK(rate_text(12.34) == "12.3");
  CHECK(rate_text(1234.5) == "1234");
  CHECK(duration_text(0.00012) == "0.12ms");
  CHECK(duration_text(0.0345) == "34ms");
  CHECK(duration_text(1.234) == "1.23s");
  CHECK(duration_text(INFINITY) == ">60s");
  CHECK(age_text(59) == "59s");
  CHECK(age_text(185) == "3m05s");
  CHECK(age_text(3 * 86'400 + 4 * 3'600) == "3d04h");
  CHECK(age_text(-1) == "0s");
  CHECK(age_text(1e300) == age_text(1e15));
  CHECK(size_text(123) == "123B");
  CHECK(size_text(1536) == "1.5KiB");
  CHECK(utc_time(1e300) == "9999-12-31 23:59:59 UTC");
}

TEST_CASE("printable: control characters and bytes that are no UTF-8 never reach the terminal") {
  const Locale utf8("C.UTF-8");
  CHECK(printable("plain text") == "plain text");
  CHECK(printable("J\xc3\xb6rg") == "J\xc3\xb6rg");
  CHECK(printable("\x1b[31m") == R"(\x1b[31m)");
  CHECK(printable(std::string_view("a\0b", 3)) == R"(a\x00b)");
  CHECK(printable("\xc2\x9b") == R"(\xc2\x9b)");  // CSI in one character
  CHECK(printable("\xe2\x80\xae"
                  "x") == R"(\xe2\x80\xaex)");      // right-to-left override
  CHECK(printable("e\xcc\x81") == R"(e\xcc\x81)");  // a combining mark
  CHECK(printable("\xff\xc3") == R"(\xff\xc3)");
  CHECK(printable("\xc0\x9b\xe0\x80\x9b") == R"(\xc0\x9b\xe0\x80\x9b)");  // longer than needed (RFC 3629 §3)
  CHECK(printable("\xed\xa0\x80") == R"(\xed\xa0\x80)");                  // a surrogate
  CHECK(printable("a\\x1b") == R"(a\x5cx1b)");                            // no text looks like an escape of ours
}

TEST_CASE("printable: a terminal without UTF-8 gets ASCII") {
  const Locale plain("C");
  CHECK(printable("J\xc3\xb6rg") == R"(J\xc3\xb6rg)");
}

TEST_CASE("printable: wide characters take two columns, and none is cut in half") {
  const Locale utf8("C.UTF-8");
  const std::string wide = "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e";  // three characters, six columns
  CHECK(columns_of(wide) == 6);
  CHECK(cut(wide, 6) == wide);
  CHECK(cut(wide, 4) == "\xe6\x97\xa5~");
  CHECK(columns_of(fitted(wide, 4)) == 4);
  CHECK(cut("abcdef", 3) == "ab~");
  CHECK(cut("abcdef", 0).empty());
  CHECK(fitted("12", 4, Align::right) == "  12");
}

TEST_CASE("grid: columns of the highest rank go first, then the name gives way") {
  const List list{.columns = {{"NAME"}, {"STATE"}, {"OPEN", Align::right, 1, true}, {"ADDRESS", Align::left, 9}},
                  .rows = {{"k", {{"a-long-name-of-a-worker"}, {"ready"}, {"3", 3}, {"127.0.0.1:1"}}}}};
  CHECK(lay_out(list, 100).size() == 4);
  CHECK(lay_out(list, 40).size() == 3);
  const auto narrow = lay_out(list, 20);
  REQUIRE(narrow.size() == 2);
  CHECK(row_line(list, list.rows[0], narrow) == "a-long-name~  ready");
  CHECK(heading_line(list, lay_out(list, 40), 2) == "NAME                     STATE   OPEN*");
  CHECK(table_text(list) ==
        "NAME                     STATE  OPEN  ADDRESS\n"
        "a-long-name-of-a-worker  ready     3  127.0.0.1:1\n");
}

TEST_CASE("answers: names are the bytes that the router writes as code points") {
  const auto members = read_members(
      Member::Kind::worker, R"({"workers":[{"name":"J\u00c3\u00b6rg","state":"held","fit":false,"weight":3,"open":2,
      "requests":7,"failures":1,"capacity":0,"here_for_seconds":61,"serves":["/a","/b"],"group":"g","instance":"i"}]})");
  REQUIRE(members.has_value());
  REQUIRE(members->size() == 1);
  const Member& one = members->front();
  CHECK(one.name == "J\xc3\xb6rg");
  CHECK(one.state == "held");
  CHECK_FALSE(one.is_fit);
  CHECK(one.weight == 3);
  CHECK(one.serves == std::vector<std::string>{"/a", "/b"});
  CHECK(one.pool == "g");
}

TEST_CASE("answers: sessions of WAMP, and how many there are") {
  const auto wamp = read_wamp(
      R"({"sessions":[{"id":"0-7","address":"192.0.2.1","realm":"r\u00c3\u00a9","state":"joined","serializer":"cbor",
      "backend_serializer":"json","messages_in":3,"bytes_out":5000,"age_ms":61000.5}],"next":"1-2-3","all":1001})");
  REQUIRE(wamp.has_value());
  CHECK(wamp->all == 1'001);
  CHECK(wamp->next == "1-2-3");
  REQUIRE(wamp->sessions.size() == 1);
  const WampFigures& one = wamp->sessions.front();
  CHECK(one.id == "0-7");
  CHECK(one.realm == "r\xc3\xa9");
  CHECK(one.messages_in == 3);
  CHECK(one.bytes_out == 5'000);
  CHECK(one.age_seconds > 61);
  CHECK_FALSE(read_wamp("{}").has_value());
}

TEST_CASE("answers: text of another writer stays as it is") {
  const auto event = read_event("{\"kind\":\"change\",\"text\":\"\xe2\x82\xac 5\"}");
  REQUIRE(event.has_value());
  CHECK(event->text == "\xe2\x82\xac 5");
}

TEST_CASE("answers: keys that are missing or of another type count as their default") {
  const auto numbers =
      read_numbers(R"({"requests":"many","open":-1,"uptime_seconds":1e400,"duration":{"bounds":[1,"x"],"counts":7}})");
  if (numbers) {
    CHECK(numbers->requests == 0);
    CHECK(numbers->open == 0);
    CHECK(numbers->durations.bounds == std::vector<double>{1, 0});
    CHECK(numbers->durations.counts.empty());
  }
  CHECK(read_numbers(R"({"requests":5})")->requests == 5);
  CHECK(read_members(Member::Kind::server, R"({"servers":{}})")->empty());
  CHECK(read_members(Member::Kind::server, R"({"servers":[1,null,"x"]})")->size() == 3);
}

TEST_CASE("answers: what is no answer of a router is an error that says so") {
  for (const char* text : {"", "<html>", "[]", "3", "{", "{}", "\"ready\""}) {
    CAPTURE(text);
    CHECK_FALSE(read_numbers(text).has_value());
    CHECK_FALSE(read_members(Member::Kind::worker, text).has_value());
    CHECK_FALSE(read_health(text).has_value());
    CHECK_FALSE(read_explanation(text).has_value());
    CHECK_FALSE(read_requests(text).has_value());
    CHECK(read_problem(text).empty());
  }
  CHECK(read_health("<html>").error().detail.find("is this a router?") != std::string::npos);
}

TEST_CASE("answers: requests keep every field for their facts, and lost attempts one by one") {
  const auto list =
      read_requests(R"({"failed":[{"time":"t","status":502,"path":"/p","total_ms":1.5,"reason":"backend_lost",
      "lost":[{"worker":"w1"},{"worker":"w2"}]}],"slow":[]})");
  REQUIRE(list.has_value());
  const RequestRecord& one = list->failed.at(0);
  CHECK(one.status == "502");
  CHECK(one.total_ms == "1.5");
  CHECK(one.all.size() == 7);
  CHECK(one.all.back() == std::pair<std::string, std::string>{"lost 2", R"({"worker":"w2"})"});
}

TEST_CASE("answers: an explanation is printed with its steps and its members") {
  const auto found = read_explanation(R"({"request":{"method":"GET","url":"http://h/p","client":"127.0.0.1"},
      "outcome":{"answer":"error","status":404,"reason":"no_route","detail":"no site"},
      "steps":[{"step":"site","what":"main","matched":false,"why":"the host is h"}],"route":null,
      "members":[{"kind":"worker","name":"w","next":true,"fit":true,"why":"its turn"}]})");
  REQUIRE(found.has_value());
  CHECK(found->is_error());
  const std::string text = explanation_text(*found);
  CHECK(text.find("GET http://h/p from 127.0.0.1") != std::string::npos);
  CHECK(text.find("an error, status 404, no_route: no site") != std::string::npos);
  CHECK(text.find("site  no    main  the host is h") != std::string::npos);
  CHECK(text.find("worker  yes  next  its turn") != std::string::npos);
}

TEST_CASE("event stream: whole, and cut at every byte, it has the same events (WHATWG HTML §9.2.6)") {
  const std::string text =
      ": a comment\nid: 7\nevent: change\ndata: {\"a\":1}\ndata: more\n\nid:8\r\ndata:x\r\n\r\nevent: none\n\ndata: "
      "y\r\r"
      "data: never ended\n";
  const std::vector<StreamEvent> expected{
      {"7", "change", "{\"a\":1}\nmore"}, {"8", "message", "x"}, {"", "message", "y"}};
  EventStream whole;
  CHECK(whole.take(text) == expected);
  EventStream pieces;
  std::vector<StreamEvent> found;
  for (const char c : text)
    for (StreamEvent& event : pieces.take(std::string_view(&c, 1))) found.push_back(std::move(event));
  CHECK(found == expected);
}
