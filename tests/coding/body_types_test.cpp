#include "router/coding/body_types.h"

#include <doctest/doctest.h>

#include <vector>

using namespace zeroway;

TEST_CASE("body types: a word is the part behind the slash, also behind a plus sign") {
  const std::vector<std::string> words{"html", "css", "js", "json", "xml", "plain", "event-stream"};
  for (const char* type :
       {"text/html", "text/html; charset=utf-8", "TEXT/HTML;charset=x", "text/css", "application/javascript",
        "text/javascript", "application/x-javascript", "application/json", "application/problem+json",
        "application/x-ndjson", "image/svg+xml", "application/atom+xml", "text/xml", "text/plain", "text/event-stream"})
    CHECK_MESSAGE(is_of_types(type, words), type);
  for (const char* type : {"image/png", "application/octet-stream", "text/csv", "", "html", "text/", "text/html5",
                           "application/xhtml", "video/mp4", "application/grpc"})
    CHECK_FALSE_MESSAGE(is_of_types(type, words), type);
}

TEST_CASE("body types: whole types, and all of a kind") {
  const std::vector<std::string> types{"text/*", "application/wasm"};
  CHECK(is_of_types("text/csv", types));
  CHECK(is_of_types("application/wasm", types));
  CHECK(is_of_types("Application/Wasm ; a=b", types));
  CHECK_FALSE(is_of_types("application/json", types));
  CHECK_FALSE(is_of_types("texts/csv", types));
}
