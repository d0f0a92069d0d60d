#include "router/settings/command_words.h"

#include <doctest/doctest.h>

#include <sstream>

#include "router/settings/command_table.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

CommandReading read(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  REQUIRE(names_command(words));
  return read_command_words(words);
}

CommandWords accepted(const std::string& line) {
  const CommandReading reading = read(line);
  REQUIRE_MESSAGE(reading.words.has_value(), reading.error);
  return *reading.words;
}

std::string refused(const std::string& line) {
  const CommandReading reading = read(line);
  CHECK_FALSE(reading.words);
  CHECK(reading.code == ExitCode::usage);
  return reading.error.substr(0, reading.error.find('\n'));
}

}  // namespace

TEST_CASE("commands: only the first word names one") {
  CHECK(names_command({"status"}));
  CHECK_FALSE(names_command({}));
  CHECK_FALSE(names_command({"./status"}));
  CHECK_FALSE(names_command({"-v", "status"}));
  CHECK_FALSE(names_command({"statu"}));
}

TEST_CASE("commands: the defaults, and every option") {
  CHECK(accepted("status").target.port == 6040);
  CHECK(accepted("status").target.host == "127.0.0.1");
  CHECK(accepted("workers").timeout == 5s);
  const CommandWords all = accepted(
      "requests --manage https://router.example:99 --token-file t --ca-file=ca --timeout 500ms --json --failed 5 "
      "--slow=0");
  CHECK(all.where == "https://router.example:99");
  CHECK(all.target.scheme == MemberScheme::https);
  CHECK(all.target.port == 99);
  CHECK(all.token_file == "t");
  CHECK(all.ca_file == "ca");
  CHECK(all.timeout == 500ms);
  CHECK(all.is_json);
  CHECK(all.failed == 5);
  CHECK(all.slow == 0);
  CHECK(accepted("status --manage unix:/run/m.sock").target.socket_path == "/run/m.sock");
  CHECK(accepted("status --manage [::1]:6040").target.host == "::1");
  CHECK(accepted("top --every 2 --once").every == 2s);
  CHECK(accepted("drain w --kind server").kind == "server");
  CHECK(accepted("drain -- --odd-name").argument == "--odd-name");
  CHECK(accepted("explain http://h/ --method POST --client 10.0.0.1").client == "10.0.0.1");
  CHECK(accepted("events --after 18446744073709551615").after == UINT64_MAX);
  const CommandWords wamp = accepted("wamp --realm r --authid joe --worker ws://h/ --limit 1000 --after 1-2-3");
  CHECK(wamp.realm == "r");
  CHECK(wamp.authid == "joe");
  CHECK(wamp.worker == "ws://h/");
  CHECK(wamp.limit == 1'000);
  CHECK(wamp.after_place == "1-2-3");
}

TEST_CASE("commands: an error names the word, the value and what fits") {
  CHECK(refused("drain") == "router drain: wants NAME");
  CHECK(refused("drain a b") == "router drain: 'b' is too much: 'a' is the argument already");
  CHECK(refused("status x") == "router status: 'x' is too much: it takes no argument");
  CHECK(refused("status --jsn") == "router status: '--jsn' is no option; is --json meant?");
  CHECK(refused("status --json=yes") == "router status: --json takes no value");
  CHECK(refused("status --timeout") ==
        "router status: --timeout wants a value: a time from 100ms to 1h, as 500ms, 2 or 1m");
  CHECK(refused("status --timeout soon").find("--timeout: 'soon' is not a time") != std::string::npos);
  CHECK(refused("status --timeout 2h").find("'2h' is not a time") != std::string::npos);
  CHECK(refused("requests --failed 1001") == "router requests: --failed: '1001' is not a number from 0 to 1000");
  CHECK(refused("wamp --limit 0") == "router wamp: --limit: '0' is not a number from 1 to 1000");
  CHECK(refused("wamp --limit 1001").ends_with("'1001' is not a number from 1 to 1000"));
  CHECK(refused("wamp --realm=") == "router wamp: --realm: '' is not a realm");
  CHECK(refused("drain w --kind wrker") == "router drain: --kind: 'wrker' is not worker or server");
  CHECK(refused("completion") == "router completion: wants SHELL: bash or zsh");
  CHECK(refused("completion fish") == "router completion: 'fish' is not bash or zsh");
  for (const char* where : {"h2c://h:1", "fabric:", "http://h:1/base", ":", "unix:", "host:port"}) {
    CAPTURE(where);
    CHECK(refused(std::string("status --manage ") + where).find(where) != std::string::npos);
  }
}

TEST_CASE("commands: each explains itself, and help explains all of them") {
  for (const Command& command : commands()) {
    const std::string name(command.name);
    const CommandReading reading = read(name + " --help");
    CHECK(reading.code == ExitCode::fine);
    CHECK(reading.output.starts_with("Usage: router " + name));
    CHECK(describe_commands().find("router " + name) != std::string::npos);
    CHECK(list_commands().find("  " + name) != std::string::npos);
    for (const CommandOption& option : command.options) CHECK(reading.output.find(option.name) != std::string::npos);
  }
  CHECK(read("help").output == describe_commands());
  CHECK(read("help drain").output == read("drain -h").output);
  CHECK(read("help drian").code == ExitCode::no_name);
  CHECK(read("help drian").error.find("is drain meant?") != std::string::npos);
  CHECK(describe_commands().find("  3  no router can be reached there") != std::string::npos);
}
