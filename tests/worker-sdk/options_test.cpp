#include "zeroway/options.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <stdexcept>

using namespace zeroway;

namespace {

using Arguments = std::vector<std::string>;

class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Environment() { unsetenv(name_); }

 private:
  const char* name_;
};

std::string complaint(const Arguments& arguments) {
  try {
    (void)WorkerOptions::parse(arguments, {});
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("options: without anything they are zero-config") {
  const WorkerOptions options = WorkerOptions::parse({}, {});
  CHECK(options.connect == Arguments{"tcp://127.0.0.1:8000"});
  CHECK(options.weight == 1);
  CHECK(options.capacity == 1024);
  CHECK(options.routes.empty());
  CHECK(options.max_body == 1 << 20);
  CHECK(options.drain_timeout == std::chrono::seconds(30));
}

TEST_CASE("options: everything can be said on the command line, with a space or with =") {
  const WorkerOptions options = WorkerOptions::parse({"w1",
                                                      "--connect",
                                                      "tcp://a:1",
                                                      "--connect=ipc:///b",
                                                      "--weight",
                                                      "7",
                                                      "--capacity=9",
                                                      "--threads",
                                                      "3",
                                                      "--route",
                                                      "/api",
                                                      "--route",
                                                      "*.example.com/x",
                                                      "--route",
                                                      "example.org",
                                                      "--max-body",
                                                      "64k",
                                                      "--drain-timeout",
                                                      "1.5s",
                                                      "--key",
                                                      "k",
                                                      "--router-key",
                                                      "r",
                                                      "-v"},
                                                     {});
  CHECK(options.name == "w1");
  CHECK(options.connect == Arguments{"tcp://a:1", "ipc:///b"});
  CHECK(options.weight == 7);
  CHECK(options.capacity == 9);
  CHECK(options.threads == 3);
  REQUIRE(options.routes.size() == 3);
  CHECK(options.routes[0].host == "");
  CHECK(options.routes[0].path == "/api");
  CHECK(options.routes[1].host == "*.example.com");
  CHECK(options.routes[1].path == "/x");
  CHECK(options.routes[2].host == "example.org");
  CHECK(options.routes[2].path == "/");
  CHECK(options.max_body == 65536);
  CHECK(options.drain_timeout == std::chrono::milliseconds(1500));
  CHECK(options.key_file == "k");
  CHECK(options.router_key == "r");
  CHECK(options.verbose);
}

TEST_CASE("options: the environment comes before the defaults and after the command line") {
  const Environment connect("ZEROWAY_CONNECT", "tcp://a:1,tcp://b:2");
  const Environment weight("ZEROWAY_WEIGHT", "5");
  CHECK(WorkerOptions::parse({}, {}).connect == Arguments{"tcp://a:1", "tcp://b:2"});
  CHECK(WorkerOptions::parse({"--connect", "tcp://c:3"}, {}).connect == Arguments{"tcp://c:3"});
  CHECK(WorkerOptions::parse({}, {}).weight == 5);
  CHECK(WorkerOptions::parse({"--weight", "6"}, {}).weight == 6);
}

TEST_CASE("options: the engine is chosen by name") {
  CHECK(WorkerOptions::parse({}, {}).engine == Engine::loop);
  CHECK(WorkerOptions::parse({"--engine", "libzmq"}, {}).engine == Engine::libzmq);
  const Environment engine("ZEROWAY_ENGINE", "libzmq");
  CHECK(WorkerOptions::parse({}, {}).engine == Engine::libzmq);
  CHECK(WorkerOptions::parse({"--engine=loop"}, {}).engine == Engine::loop);
}

TEST_CASE("options: a worker may serve an app") {
  CHECK(WorkerOptions::parse({}, {}).app.empty());
  CHECK(WorkerOptions::parse({"--app", "s1/jupyter"}, {}).app == "s1/jupyter");
  const Environment app("ZEROWAY_APP", "s2/api");
  CHECK(WorkerOptions::parse({}, {}).app == "s2/api");
}

TEST_CASE("options: a worker may have a group") {
  CHECK(WorkerOptions::parse({}, {}).group.empty());
  CHECK(WorkerOptions::parse({"--group", "batch-2"}, {}).group == "batch-2");
  const Environment group("ZEROWAY_GROUP", "slow");
  CHECK(WorkerOptions::parse({}, {}).group == "slow");
}

TEST_CASE("options: a worker may be on standby") {
  CHECK_FALSE(WorkerOptions::parse({}, {}).standby);
  CHECK(WorkerOptions::parse({"--standby"}, {}).standby);
  const Environment standby("ZEROWAY_STANDBY", "1");
  CHECK(WorkerOptions::parse({}, {}).standby);
  const Environment active("ZEROWAY_STANDBY", "0");
  CHECK_FALSE(WorkerOptions::parse({}, {}).standby);
  const Environment neither("ZEROWAY_STANDBY", "yes");
  CHECK(complaint({}) == "ZEROWAY_STANDBY yes: must be 0 to 1");
}

TEST_CASE("options: a wrong value is told with its option, value and range") {
  CHECK(complaint({"--weight", "0"}) == "--weight 0: must be 1 to 1000");
  CHECK(complaint({"--weight", "1001"}) == "--weight 1001: must be 1 to 1000");
  CHECK(complaint({"--weight", "1x"}) == "--weight 1x: must be 1 to 1000");
  CHECK(complaint({"--capacity", "-1"}) == "--capacity -1: must be 1 to 1000000");
  CHECK(complaint({"--drain-timeout", "2w"}) ==
        "--drain-timeout 2w: must be a time from 0 to 1d, like 500ms, 30s or 2m");
  CHECK(complaint({"--max-body", "x"}) == "--max-body x: must be a size from 1 to 1t, like 65536, 64k or 1m");
  CHECK(complaint({"--connect", "http://a"}) ==
        "--connect http://a: must be tcp://HOST:PORT with a port of 1 to 65534, srv://NAME, or ipc://PATH");
  CHECK(complaint({"--connect", "tcp://a:65535"}) != "none");
  CHECK(complaint({"--connect", "srv://example.com:8000"}) != "none");
  CHECK(complaint({"--connect", "srv://"}) != "none");
  CHECK(complaint({"--weight"}) == "--weight N: the value is missing");
  CHECK(complaint({"--nothing"}) == "option --nothing: there is no such option (--help lists them)");
  CHECK(complaint({"--standby=1"}) == "--standby 1: it takes no value");
  CHECK(complaint({"--verbose=1"}) == "--verbose 1: it takes no value");
  CHECK(complaint({"a", "b"}) == "argument b: one NAME is all there is besides options");
  CHECK(complaint({"a b"}) == "NAME \"a b\": must be 1 to 128 visible ASCII characters");
  CHECK(complaint({"--drain-timeout", "nan"}) != "none");
  CHECK(complaint({"--max-body", "nan"}) != "none");
  CHECK(complaint({"--connect", ""}) == "--connect : must name an endpoint, like tcp://127.0.0.1:8000");
  CHECK(complaint({"--route", "a b/"}) ==
        "--route a b/: host \"a?b\" is no host: a name, *.NAME or an address, like example.com");
  CHECK(complaint({"--route", std::string(256, 'a') + "/"}) != "none");
  CHECK(complaint({"--group", "a b"}) == "--group a b: must be 1 to 64 of A-Z a-z 0-9 . _ -");
  for (const std::string app : {"s1", "s1/", "/x", "a/b/c", "a b/c", "../x"})
    CHECK(complaint({"--app", app}) ==
          "--app " + app + ": must be SESSION/SERVICE, each 1 to 64 of A-Z a-z 0-9 . _ ~ -");
  CHECK(complaint({"--app", "s/x", "--group", "g"}) == "--app, --group and --route: give at most one");
  CHECK(complaint({"--app", "s/x", "--route", "/"}) == "--app, --group and --route: give at most one");
  CHECK(complaint({"--group", "a", "--route", "/"}) == "--group and --route: give at most one");
  CHECK(complaint({"--engine", "Loop"}) == "--engine Loop: must be loop or libzmq");
  CHECK(complaint({"--key", "k"}) == "--key and --router-key: give both or none");
}

TEST_CASE("options: a route works as it is meant, or is refused with the reason") {
  for (const char* route :
       {"/st/*", "*/x", "/", "/*", "/users/{id}", "*.a.test/x", "a.test", "a.test:80/x", "[::1]/x"}) {
    CAPTURE(route);
    CHECK(complaint({"--route", route}) == "none");
  }
  CHECK(complaint({"--route", "http://host/api"}) ==
        "--route http://host/api: must be [HOST]/PATH, without a scheme, like example.com/api");
  CHECK(complaint({"--route", "a.*/x"}) ==
        "--route a.*/x: host \"a.*\" has a '*' that is not its whole first label, as in *.example.com");
  CHECK(complaint({"--route", "foo"}) == "--route foo: must be [HOST]/PATH: /foo is a path, foo/ a host");
  CHECK(complaint({"--route", "/a*"}) ==
        "--route /a*: path \"/a*\" has a '*' that is not at its end, behind '/', as in /api/*");
  CHECK(complaint({"--route", ""}) == "--route : must be [HOST]/PATH, like /api or example.com/api");

  WorkerOptions options;
  options.connect = {"tcp://127.0.0.1:8000"};
  options.routes = {{"a.*", "/x"}};
  CHECK_THROWS_AS(options.check(), std::invalid_argument);
}
