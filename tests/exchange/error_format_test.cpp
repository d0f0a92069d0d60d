#include "router/exchange/error_format.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("error format: JSON for clients that like it better than HTML, or as much and by name (RFC 9110 §12.5.1)") {
  struct Case {
    const char* accept;
    bool is_json;
  };
  for (const Case& one : {
           Case{"", false},
           Case{"*/*", false},                                                                         // curl
           Case{"text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", false},  // browsers
           Case{"application/json", true},
           Case{"application/problem+json", true},
           Case{"Application/JSON; charset=utf-8", true},
           Case{"application/json, text/plain, */*", true},               // axios
           Case{"application/json, text/javascript, */*; q=0.01", true},  // jQuery
           Case{"application/*", true},
           Case{"text/html, application/json", false},
           Case{"text/html;q=0.5, application/json", true},
           Case{"text/html, application/json;q=0.9", false},
           Case{"application/json;q=0.5, */*", false},
           Case{"application/json;q=0", false},
           Case{"application/json;q=0, */*;q=0", false},
           Case{"text/*;q=0.3, application/json;q=0.4", true},
           Case{"image/png", false},
           Case{"application/problem+json;q=0.2, application/json;q=0.8, text/html;q=0.5", true},
           Case{" , ;, application/json;q=wrong;q=0, ,", true},
           Case{"application/json;v=1;Q=0.1, text/html;q=0.05", true},
           Case{"application/jsonp, */*", false},
       }) {
    CAPTURE(one.accept);
    CHECK((error_format(one.accept) == ErrorFormat::problem_json) == one.is_json);
  }
}

TEST_CASE("error format: several Accept fields are one list") {
  CHECK(error_format(Head{{"accept", "text/html;q=0.1"}, {"accept", "application/json"}}) == ErrorFormat::problem_json);
  CHECK(error_format(Head{{"accept-encoding", "application/json"}}) == ErrorFormat::html);
}
