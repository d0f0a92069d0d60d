#include "examples/wamp-worker/command_line.h"

#include <doctest/doctest.h>

#include <stdexcept>

namespace {

std::string mistake(const std::vector<std::string>& arguments) {
  try {
    (void)wamp::parse(arguments);
    return "none";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("wamp command line: realms first, then the options of every worker") {
  const auto line =
      wamp::parse({"realm1", "com.example.b", "--name", "w", "--path=/wamp", "--connect", "ipc:///tmp/f"});
  CHECK(line.realms == std::vector<std::string>{"realm1", "com.example.b"});
  CHECK(line.path == "/wamp");
  CHECK(line.worker.name == "w");
  CHECK(line.worker.connect == std::vector<std::string>{"ipc:///tmp/f"});
  CHECK(wamp::parse({"realm1"}).path.empty());
  CHECK(wamp::parse({"realm1"}).worker.name == "wamp-worker");
}

TEST_CASE("wamp command line: mistakes are named") {
  CHECK(mistake({}) == "no realm is named: wamp-worker realm1");
  CHECK(mistake({"--connect", "ipc:///tmp/f"}) == "no realm is named: wamp-worker realm1");
  CHECK(mistake({"realm1", "-v", "realm2"}) == "argument realm2: realms stand in front of the options");
  CHECK(mistake({"realm1", "realm1"}) == "realm realm1: is named twice");
  CHECK(mistake({"realm 1"}) == "realm realm 1: must be a name like realm1 or com.example.shop, without spaces or #");
  CHECK(mistake({"realm1", "--path", "ws"}) == "--path ws: must begin with /, like /ws");
  CHECK(mistake({"realm1", "--path"}) == "--path: the value is missing");
  CHECK(mistake({"realm1", "--weight", "0"}) == "--weight 0: must be 1 to 1000");
  CHECK(mistake({"realm1", "--colour", "red"}) == "option --colour: there is no such option (--help lists them)");
}
