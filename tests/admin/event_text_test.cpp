#include "router/admin/event_text.h"

#include <doctest/doctest.h>

#include "router/admin/admin_request.h"

using namespace zeroway;

TEST_CASE("event text: an id, a name and one line of data") {
  EventBook::Batch batch;
  batch.events.push_back({7, WallTime{std::chrono::milliseconds(1'500)}, Event::Kind::server_down, "10.0.0.1:80",
                          "two\nlines \"and\" more"});
  CHECK(event_text(batch) ==
        "id: 7\nevent: server_down\ndata: {\"id\":7,\"at\":1.500,\"kind\":\"server_down\","
        "\"subject\":\"10.0.0.1:80\",\"text\":\"two\\u000alines \\\"and\\\" more\"}\n\n");
}

TEST_CASE("event text: a reader that has missed some is told so first") {
  EventBook::Batch batch;
  batch.are_missing = true;
  CHECK(event_text(batch) == "event: lost\ndata: {\"kind\":\"lost\"}\n\n");
}

TEST_CASE("event text: numbers have no id, so that nobody resumes at them") {
  CHECK(numbers_text("{\"a\":1}\n") == "event: numbers\ndata: {\"a\":1}\n\n");
  CHECK(numbers_text("{}") == "event: numbers\ndata: {}\n\n");
}

TEST_CASE("event text: ids are numbers") {
  CHECK(read_number("0") == 0);
  CHECK(read_number("18446744073709551615") == UINT64_MAX);
  for (const char* text : {"", "x", "1x", "-1", "18446744073709551616", " 1"}) CHECK_FALSE(read_number(text));
}
