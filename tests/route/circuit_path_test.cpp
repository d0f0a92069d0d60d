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

TEST_CASE("circuit path: the label in front of a domain, whatever its case and port") {
  const std::vector<std::string> domains{"apps.example.com", "b.test"};
  CHECK(label_below("Jupyter-S1.Apps.example.COM:8443", domains) == "jupyter-s1");
  CHECK(label_below("x.b.test.", domains) == "x");
  for (const char* host :
       {"apps.example.com", "a.b.apps.example.com", "x.example.com", "", ".b.test", "[::1]:80", "b.test"})
    CHECK_MESSAGE(label_below(host, domains).empty(), host);
}

TEST_CASE("circuit path: a label may name a circuit for each of its hyphens") {
  CHECK(circuits_of_label("jupyter-s1") == std::vector<std::string>{"/s1/jupyter"});
  CHECK(circuits_of_label("a-b-c") == std::vector<std::string>{"/b-c/a", "/c/a-b"});
  CHECK(circuits_of_label("a--b") == std::vector<std::string>{"/-b/a", "/b/a-"});
  for (const char* label : {"", "jupyter", "-", "-a", "a-"}) CHECK_MESSAGE(circuits_of_label(label).empty(), label);
}
