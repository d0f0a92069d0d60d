#include "router/exchange/error_reply.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "proto/head_rules.h"
#include "router/settings/command_line.h"

using namespace zeroway;

namespace {

struct Case {
  Code code;
  int status;
  const char* name;
};

const Case kCases[] = {
    {Code::bad_request, 400, "bad_request"},
    {Code::no_route, 404, "no_route"},
    {Code::forbidden, 403, "forbidden"},
    {Code::request_timeout, 408, "request_timeout"},
    {Code::content_too_large, 413, "content_too_large"},
    {Code::uri_too_long, 414, "uri_too_long"},
    {Code::expectation_failed, 417, "expectation_failed"},
    {Code::upgrade_required, 426, "upgrade_required"},
    {Code::header_too_large, 431, "header_too_large"},
    {Code::not_implemented, 501, "not_implemented"},
    {Code::version_not_supported, 505, "version_not_supported"},
    {Code::backend_lost, 502, "backend_lost"},
    {Code::backend_reset, 502, "backend_reset"},
    {Code::backend_protocol, 502, "backend_protocol"},
    {Code::backend_refused, 503, "backend_refused"},
    {Code::backend_timeout, 504, "backend_timeout"},
    {Code::no_backend, 503, "no_backend"},
    {Code::backends_busy, 503, "backends_busy"},
    {Code::queue_full, 503, "queue_full"},
    {Code::internal, 500, "internal"},
    {Code::frame_error, 502, "frame_error"},
};

}  // namespace

TEST_CASE("error reply: each code has its status (as proto/error.h says), a legal head and words, in both forms") {
  for (const Case& one : kCases) {
    for (const ErrorFormat format : {ErrorFormat::html, ErrorFormat::problem_json}) {
      CAPTURE(one.name);
      Head head;
      const std::string body = write_error_reply(one.code, format, "Sun, 06 Nov 1994 08:49:37 GMT", head);
      CHECK(error_status(one.code) == one.status);
      CHECK(error_name(one.code) == one.name);
      CHECK(head.status() == one.status);
      CHECK(check_reply_head(head).has_value());
      CHECK(head.find("content-length") == std::to_string(body.size()));
      CHECK(head.find("date") == "Sun, 06 Nov 1994 08:49:37 GMT");
      CHECK(head.has("retry-after") == (one.status == 503));
      CHECK(head.has("sec-websocket-version") == (one.status == 426));
      CHECK(body.size() < 500);
      if (format == ErrorFormat::html) {
        CHECK(head.find("content-type") == "text/html; charset=utf-8");
        CHECK(body.find("<title>" + std::to_string(one.status) + " ") != std::string::npos);
        CHECK(body.find(".</p>") != std::string::npos);
      } else {
        CHECK(head.find("content-type") == "application/problem+json");
        const auto problem = nlohmann::json::parse(body);
        CHECK(problem.at("status") == one.status);
        CHECK(problem.at("type") == "about:blank");
        CHECK(body.find("\"title\":\"\"") == std::string::npos);
        CHECK(problem.at("detail").get<std::string>().ends_with("."));
      }
    }
  }
  CHECK(error_status(Code::cancelled) == 499);
}

TEST_CASE("error reply: a client reads nothing of options, workers or the router, and nothing it could not show") {
  for (const Case& one : kCases) {
    Head head;
    const std::string text = write_error_reply(one.code, ErrorFormat::problem_json, "", head);
    CAPTURE(text);
    for (const char* word : {"--", "orker", "outer", "log", "Start", "&", "<", "\\", "queue"})
      CHECK(text.find(word) == std::string::npos);
  }
}

TEST_CASE("error reply: what an option decided names that option to the operator, as the manual does") {
  const std::string manual = read_command_line({"-h"}).output;
  std::set<std::string> named;
  for (const Case& one : kCases) {
    const std::string hint(error_hint(one.code));
    for (std::size_t at = hint.find("--"); at != std::string::npos; at = hint.find("--", at + 2))
      named.insert(hint.substr(at, hint.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at) - at));
  }
  // These are the workers' options.
  CHECK(named.erase("--route") + named.erase("--capacity") == 2);
  for (const std::string& option : named) CHECK(manual.find("  " + option + " ") != std::string::npos);
  CHECK((named == std::set<std::string>{"--ws-origins", "--head-timeout", "--body-timeout", "--body-rate", "--max-body",
                                        "--max-request-line", "--max-head", "--max-fields", "--reply-timeout",
                                        "--queue-timeout", "--queue-limit"}));
}

TEST_CASE("error reply: a date is left out when there is none, and an old head is cleared") {
  Head head{{":status", "200"}, {"x", "y"}};
  static_cast<void>(write_error_reply(Code::no_backend, ErrorFormat::html, "", head));
  CHECK_FALSE(head.has("date"));
  CHECK_FALSE(head.has("x"));
}
