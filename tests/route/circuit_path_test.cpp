#include "router/route/circuit_path.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;

TEST_CASE("circuit path: the first two parts name the session and the service") {
  CHECK(circuit_of("/s1/jupyter/") == "/s1/jupyter");
  CHECK(circuit_of("/s1/jupyter") == "/s1/jupyter");
  CHECK(circuit_of("/s1/jupyter/lab/tree?x=/y/z") == "/s1/jupyter");
  CHECK(circuit_of("/s1/jupyter?x") == "/s1/jupyter");
  CHECK(circuit_of("/a.b_c~d-e/F9//x") == "/a.b_c~d-e/F9");
}

TEST_CASE("circuit path: other paths name none") {
  for (const char* path : {"", "*", "/", "/s1", "/s1/", "//x/", "/s1//x", "/./x/", "/../x", "/s1/..", "/s 1/x",
                           "/s%31/x", "/s1/x%2Fy/", "/s@1/x/", "s1/x", "/s1?/x/y"})
    CHECK_MESSAGE(circuit_of(path).empty(), path);
  CHECK(circuit_of("/" + std::string(64, 'a') + "/x").size() == 67);
  CHECK(circuit_of("/" + std::string(65, 'a') + "/x").empty());
}
