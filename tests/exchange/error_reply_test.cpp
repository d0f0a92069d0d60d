#include "router/exchange/error_reply.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "proto/head_rules.h"
#include "router/settings/command_line.h"

using namespace zeroway;

TEST_CASE("error reply: each code has its status (as proto/error.h says), a legal head and words") {
  struct Case {
    Code code;
    int status;
    const char* name;
  };
  const Case cases[] = {
      {Code::bad_request, 400, "bad_request"},
      {Code::request_timeout, 408, "request_timeout"},
      {Code::content_too_large, 413, "content_too_large"},
      {Code::uri_too_long, 414, "uri_too_long"},
      {Code::expectation_failed, 417, "expectation_failed"},
      {Code::header_too_large, 431, "header_too_large"},
      {Code::not_implemented, 501, "not_implemented"},
      {Code::version_not_supported, 505, "version_not_supported"},
      {Code::worker_lost, 502, "worker_lost"},
      {Code::worker_reset, 502, "worker_reset"},
      {Code::worker_protocol, 502, "worker_protocol"},
      {Code::worker_refused, 503, "worker_refused"},
      {Code::worker_timeout, 504, "worker_timeout"},
      {Code::no_worker, 503, "no_worker"},
      {Code::queue_full, 503, "queue_full"},
      {Code::internal, 500, "internal"},
      {Code::frame_error, 502, "frame_error"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    Head head;
    const std::string_view body = write_error_reply(one.code, "Sun, 06 Nov 1994 08:49:37 GMT", head);
    CHECK(error_status(one.code) == one.status);
    CHECK(error_name(one.code) == one.name);
    CHECK(head.status() == one.status);
    CHECK(check_reply_head(head).has_value());
    CHECK(head.find("content-length") == std::to_string(body.size()));
    CHECK(head.find("content-type") == "text/plain; charset=utf-8");
    CHECK(head.find("date") == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(head.has("retry-after") == (one.status == 503));
    CHECK(body.starts_with(std::to_string(one.status) + " "));
    CHECK(body.ends_with(".\n"));
    CHECK(body.size() < 300);
  }
  CHECK(error_status(Code::cancelled) == 499);
}

TEST_CASE("error reply: what an option decided names that option, as the manual does") {
  const std::string manual = read_command_line({"-h"}).output;
  std::set<std::string> named;
  for (int index = 0; index <= static_cast<int>(Code::frame_error); ++index) {
    Head head;
    const std::string text(write_error_reply(static_cast<Code>(index), "", head));
    for (std::size_t at = text.find("--"); at != std::string::npos; at = text.find("--", at + 2)) {
      const std::string option = text.substr(at, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at) - at);
      CAPTURE(option);
      CHECK(manual.find("  " + option + " ") != std::string::npos);
      named.insert(option);
    }
  }
  CHECK((named == std::set<std::string>{"--ws-origins", "--head-timeout", "--body-timeout", "--body-rate", "--max-body",
                                        "--max-request-line", "--max-head", "--max-fields", "--reply-timeout",
                                        "--queue-timeout", "--queue-limit"}));
}

TEST_CASE("error reply: a date is left out when there is none, and an old head is cleared") {
  Head head{{":status", "200"}, {"x", "y"}};
  static_cast<void>(write_error_reply(Code::no_worker, "", head));
  CHECK_FALSE(head.has("date"));
  CHECK_FALSE(head.has("x"));
}
