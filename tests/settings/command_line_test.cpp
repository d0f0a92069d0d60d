#include "router/settings/command_line.h"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/support/folder.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

CommandLine read(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return read_command_line(words);
}

Settings accepted(const std::string& line) {
  const CommandLine answer = read(line);
  REQUIRE_MESSAGE(answer.settings.has_value(), answer.error);
  CHECK(answer.exit_code == 0);
  return *answer.settings;
}

using Words = std::vector<std::string>;

// What the help says of an option.
struct Shown {
  std::string name;   // the long one
  std::string kind;   // N, SIZE, TIME, …; "" = a flag
  std::string usual;  // "" = none is shown
};

std::vector<Shown> shown_options() {
  std::vector<Shown> options;
  std::istringstream help(read("-h").output);
  for (std::string line; std::getline(help, line);) {
    const std::size_t at = line.find("--");
    if (at == std::string::npos || at > 5 || !line.starts_with("  -")) continue;
    Shown one;
    std::istringstream(line.substr(at, 32)) >> one.name >> one.kind;
    if (line.substr(at + one.name.size()).starts_with("  ")) one.kind = "";
    if (line.ends_with("]")) one.usual = line.substr(line.rfind('[') + 1, line.size() - line.rfind('[') - 2);
    options.push_back(one);
  }
  return options;
}

}  // namespace

TEST_CASE("command line: nothing is the zero-config router") {
  const Settings settings = accepted("");
  CHECK(settings.edge.port == 9000);
  CHECK(settings.edge.address == "");
  CHECK(settings.fabric.endpoint == "tcp://127.0.0.1:8000");
  CHECK(settings.threads == 1);
  CHECK_FALSE(settings.observe.to_stdout);
}

TEST_CASE("command line: the flags of old, -sv -p 9000") {
  const Settings settings = accepted("-sv -p 9001");
  CHECK(settings.observe.to_stdout);
  CHECK(settings.observe.verbose);
  CHECK(settings.edge.port == 9001);
}

TEST_CASE("command line: every setting arrives") {
  const Settings settings = accepted(
      "-a ::1 --max-connections 5 --max-connections-per-address 3 --connection-rate-per-address 9 --max-body 1k "
      "--max-head 32KiB --max-request-line 1k "
      "--max-fields 7 --head-timeout "
      "1s "
      "--body-timeout 2s --body-rate 1k --idle-timeout 1m --send-timeout 4 --send-rate 2k --retries 0 --retry-budget "
      "30 "
      "--reply-timeout 6s "
      "--trusted-proxy 10.0.0.0/8 --trusted-proxy ::1 --no-worker-header --fabric ipc:///tmp/f --balance weighted "
      "--rebalance 12 "
      "--queue-timeout 500ms --queue-limit 8 --heartbeat 100ms --heartbeat-timeout 300ms --fabric-key k --fabric-allow "
      "a "
      "--fabric-insecure --first-stream-id 9 -l log --access-log - --access-log-format json --threads 2 --no-io-uring "
      "--drain-timeout 10");
  CHECK(settings.edge.address == "::1");
  CHECK(settings.edge.limits.max_connections == 5);
  CHECK(settings.edge.limits.max_connections_per_address == 3);
  CHECK(settings.edge.limits.connection_rate_per_address == 9);
  CHECK(settings.edge.limits.max_body == 1'024);
  CHECK(settings.edge.limits.max_head == 32'768);
  CHECK(settings.edge.limits.max_request_line == 1'024);
  CHECK(settings.edge.limits.max_fields == 7);
  CHECK(settings.edge.limits.head_timeout == 1s);
  CHECK(settings.edge.limits.body_timeout == 2s);
  CHECK(settings.edge.limits.body_rate == 1'024);
  CHECK(settings.edge.limits.idle_timeout == 60s);
  CHECK(settings.edge.limits.send_timeout == 4s);
  CHECK(settings.edge.limits.send_rate == 2'048);
  CHECK(settings.exchange.retries == 0);
  CHECK(settings.exchange.retry_budget_percent == 30);
  CHECK(settings.exchange.reply_timeout == 6s);
  CHECK(settings.exchange.trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "::1"});
  CHECK_FALSE(settings.exchange.worker_header);
  CHECK(settings.fabric.endpoint == "ipc:///tmp/f");
  CHECK(settings.fabric.balance == Balance::weighted);
  CHECK(settings.fabric.rebalance == 12);
  CHECK(settings.fabric.queue_timeout == 500ms);
  CHECK(settings.fabric.queue_limit == 8);
  CHECK(settings.fabric.heartbeat_interval == 100ms);
  CHECK(settings.fabric.heartbeat_timeout == 300ms);
  CHECK(settings.fabric.key_file == "k");
  CHECK(settings.fabric.allow_file == "a");
  CHECK(settings.fabric.insecure);
  CHECK(settings.fabric.first_stream_id == 9);
  CHECK(settings.observe.log_file == "log");
  CHECK(settings.observe.access_log == "-");
  CHECK(settings.observe.access_format == LogFormat::json());
  CHECK(settings.threads == 2);
  CHECK_FALSE(settings.io_uring);
  CHECK(settings.drain_timeout == 10s);
}

TEST_CASE("command line: a wrong value names the option, the value and what it may be") {
  struct Case {
    const char* line;
    const char* option;
    const char* value;
    const char* wanted;
  };
  for (const Case& one : {
           Case{"-p 70000", "--port", "70000", "0 to 65535"},
           Case{"-p http", "--port", "http", "0 to 65535"},
           Case{"--threads 0", "--threads", "0", "1 to 256"},
           Case{"--balance random", "--balance", "random", "least_connections"},
           Case{"--rebalance 100001", "--rebalance", "100001", "100000"},
           Case{"--queue-timeout soon", "--queue-timeout", "soon", "500ms"},
           Case{"--queue-limit -1", "--queue-limit", "-1", "0 to"},
           Case{"--retries x", "--retries", "x", "0 to 100"},
           Case{"--drain-timeout 5parsecs", "--drain-timeout", "5parsecs", "seconds"},
           Case{"--access-log-format xml", "--access-log-format", "xml", "json"},
           Case{"--trusted-proxy 300.0.0.0/8", "--trusted-proxy", "300.0.0.0/8", "10.0.0.0/8"},
           Case{"--trusted-proxy 10.0.0.0/33", "--trusted-proxy", "10.0.0.0/33", "10.0.0.0/8"},
           Case{"--max-body 1x", "--max-body", "1x", "64KiB"},
           Case{"-a not/an", "--address", "not/an", "address"},
           Case{"-a 1.2.3", "--address", "1.2.3", "address"},
           Case{"--fabric udp://nowhere", "--fabric", "udp://nowhere", ""},
           Case{"--fabric tcp://127.0.0.1:65535", "--fabric", "65535", ""},
           Case{"--fabric tcp://127.0.0.1:65533 --threads 3", "--fabric", "65533", ""},
           Case{"--no-such-thing", "--no-such-thing", "", ""},
           Case{"stray", "stray", "", ""},
           Case{"--port", "--port", "", ""},
           Case{"--fabric-insecure=no", "--fabric-insecure", "", "no value"},
           Case{"--stdout=yes", "--stdout", "", "no value"},
           Case{"--ws-no-deflate=1", "--ws-no-deflate", "", "no value"},
           Case{"--port=", "--port", "", "value"},
           Case{"--log", "--log", "", "FILE"},
           Case{"-p 1 -p 2", "--port", "2 times", "once"},
           Case{"--balance weighted --balance weighted", "--balance", "2 times", "once"},
           Case{"--prot 80", "'--prot'", "", "--port"},
           Case{"--prot=80", "'--prot'", "", "--port"},
           Case{"--acess_log x", "'--acess_log'", "", "--access-log"},
           Case{"--retry 3", "'--retry'", "", "--retries"},
           Case{"-v -- stray", "'stray'", "", "no option"},
           Case{"-sx", "-x", "", "no option"},
           Case{"-v=1", "=1", "", "no option"},
           Case{"-l -", "--log", "'-'", "-s"},
           Case{"--ws-ping-interval 999ms", "--ws-ping-interval", "999ms", "1s to 3650d"},
           Case{"--ws-origins ,", "--ws-origins", "", "ORIGIN"},
           Case{"--ws-origins foo", "--ws-origins", "'foo'", "SCHEME://HOST"},
           Case{"--ws-origins https://a.test,b.test", "--ws-origins", "'b.test'", "https://*.example.com"},
           Case{"--half-close-timeout never", "--half-close-timeout", "never", "0s to 3650d"},
           Case{"--trusted-proxy 10.0.0.0/", "--trusted-proxy", "10.0.0.0/", "10.0.0.0/8"},
           Case{"--trusted-proxy 10.0.0.0/-1", "--trusted-proxy", "10.0.0.0/-1", "10.0.0.0/8"},
           Case{"-a [::1]", "--address", "[::1]", "address"},
           Case{"-a 127.0.0.1:80", "--address", "127.0.0.1:80", "address"},
           Case{"--fabric tcp://127.0.0.1", "--fabric", "tcp://127.0.0.1", "port"},
           Case{"--fabric tcp://127.0.0.1:0", "--fabric", "tcp://127.0.0.1:0", "65534"},
           Case{"--fabric ipc://", "--fabric", "ipc://", "ipc://PATH"},
           Case{"--tls-cert a --tls-key b --tls-port 9000", "--tls-port", "9000", "--port"},
           Case{"-p 8000", "--port", "8000", "--fabric tcp://127.0.0.1:8000"},
           Case{"-p 8001 -a 127.0.0.1", "--port", "8001", "8000 to 8001"},
           Case{"-p 8003 --threads 2", "--port", "8003", "8000 to 8003"},
           Case{"--tls-dir d --tls-port 8000", "--tls-port", "8000", "--fabric"},
           Case{"-p 70 -a 10.0.0.1 --fabric tcp://*:70 --fabric-insecure", "--port", "70", "70 to 71"},
           Case{"-p 8000 -a 0.0.0.0", "--port", "8000", "8000 to 8001"},
           Case{"--access-log-format json", "--access-log-format", "", "--access-log FILE"},
           Case{"--fabric-allow keys", "--fabric-allow", "keys", "--fabric-key"},
       }) {
    CAPTURE(one.line);
    const CommandLine answer = read(one.line);
    CAPTURE(answer.error);
    CHECK_FALSE(answer.settings);
    CHECK(answer.exit_code == 2);
    CHECK(answer.output == "");
    CHECK(answer.error.find(one.option) != std::string::npos);
    CHECK(answer.error.find(one.value) != std::string::npos);
    CHECK(answer.error.find(one.wanted) != std::string::npos);
  }
}

TEST_CASE("command line: nonsense is refused by every option that reads a number, a size, a time or a word") {
  const std::vector<std::string> everywhere{"",    " ",   "-1", "+1", "nan", "inf",      "0x10",
                                            "1e3", "1,2", " 1", "1 ", "5x",  "\xd9\xa1", "99999999999999999999999",
                                            "1\n"};
  struct Kind {
    std::string shown;  // in the help
    std::vector<std::string> more;
  };
  const std::vector<Kind> kinds{{"N", {"1.5", "1k", "1s"}},
                                {"SIZE", {"1.5k", "1kk", "k", "1s", "16777216t", "9223372036854775808"}},
                                {"TIME", {"ms", "s", "1e400", "1k", "99999999999999999999d", "3651d"}},
                                {"WORD", {"COMMON", "round-robin"}}};
  int checked = 0;
  for (const Shown& option : shown_options()) {
    for (const Kind& one : kinds) {
      if (one.shown != option.kind) continue;
      for (const auto* words : {&everywhere, &one.more}) {
        for (const std::string& word : *words) {
          CAPTURE(option.name);
          CAPTURE(word);
          const CommandLine answer = read_command_line({option.name, word});
          CHECK_FALSE(answer.settings);
          CHECK(answer.exit_code == 2);
          CHECK(answer.output == "");
          CHECK(answer.error.find(option.name + ": '" + word + "' is not ") != std::string::npos);
          ++checked;
        }
      }
    }
  }
  CHECK(checked > 400);
}

TEST_CASE("command line: the defaults that help shows are those of the settings") {
  int checked = 0;
  for (const Shown& option : shown_options()) {
    if (option.usual.empty()) continue;
    CAPTURE(option.name);
    CAPTURE(option.usual);
    // Some are refused without what they are about.
    Words words;
    if (option.name.starts_with("--tls")) words = {"--tls-dir", "d"};
    if (option.name == "--access-log-format") words = {"--access-log", "-"};
    const CommandLine plain = read_command_line(words);
    words.insert(words.end(), {option.name, option.usual});
    const CommandLine told = read_command_line(words);
    REQUIRE_MESSAGE(told.settings.has_value(), told.error);
    CHECK(*told.settings == *plain.settings);
    ++checked;
  }
  CHECK(checked >= 30);
}

TEST_CASE("command line: every option that takes a number, a size, a time or a word shows its default") {
  for (const Shown& option : shown_options()) {
    CAPTURE(option.name);
    if (option.kind == "N" || option.kind == "SIZE" || option.kind == "TIME" || option.kind == "WORD")
      CHECK(option.usual != "");
  }
}

TEST_CASE("command line: a word that resembles nothing gets no suggestion, and hidden options are not told") {
  CHECK(read("--xyzzy").error.find("meant") == std::string::npos);
  CHECK(read("-P 80").error.find("'-P' is no option") != std::string::npos);
  CHECK(read("--first-stream-idd 1").error.find("meant") == std::string::npos);
  CHECK(read_command_line({""}).error.find("'' is no option") != std::string::npos);
}

TEST_CASE("command line: flags may come twice, and options may end with --") {
  CHECK(accepted("-p 1 --").edge.port == 1);
  CHECK(accepted("-v -v -vv --no-worker-header --no-worker-header").observe.verbose);
}

TEST_CASE("command line: a fabric at localhost is one at an address, as ZeroMQ wants it") {
  CHECK(accepted("--fabric tcp://localhost:8000").fabric.endpoint == "tcp://127.0.0.1:8000");
  CHECK(accepted("--fabric tcp://[::1]:8000").fabric.endpoint == "tcp://[::1]:8000");
}

TEST_CASE("command line: a fabric that others can reach needs a key, or the word that it does not") {
  for (const char* endpoint : {"tcp://0.0.0.0:8000", "tcp://*:8000", "tcp://192.168.1.1:8000", "tcp://[::]:8000"}) {
    CAPTURE(endpoint);
    const std::string option = std::string("--fabric ") + endpoint;
    const CommandLine refused = read(option);
    CHECK(refused.exit_code == 2);
    CHECK(refused.error.find("--fabric-key") != std::string::npos);
    CHECK(refused.error.find("--fabric-insecure") != std::string::npos);
    CHECK(read(option + " --fabric-key file").settings);
    CHECK(read(option + " --fabric-insecure").settings);
  }
  for (const char* endpoint : {"tcp://127.0.0.1:8000", "tcp://[::1]:8000", "tcp://localhost:8000", "ipc:///tmp/f"}) {
    CAPTURE(endpoint);
    CHECK(read(std::string("--fabric ") + endpoint).settings);
  }
}

TEST_CASE("command line: a worker has time to answer a heartbeat before it is lost") {
  CHECK(accepted("").exchange.sticky.by == StickyBy::nothing);
  CHECK(accepted("--sticky cookie").exchange.sticky.by == StickyBy::cookie);
  CHECK(accepted("--sticky off").exchange.sticky.by == StickyBy::nothing);
  CHECK(accepted("--sticky header:X-A --sticky-key-file k").exchange.sticky.field == "x-a");
  CHECK(accepted("--heartbeat 500ms").fabric.heartbeat_interval == 500ms);
  CHECK(accepted("--heartbeat 2s --heartbeat-timeout 4s").fabric.heartbeat_timeout == 4s);
  const CommandLine refused = read("--heartbeat 600ms");
  CHECK(refused.exit_code == 2);
  CHECK(refused.error.find("--heartbeat-timeout of 1000 ms: wants at least twice --heartbeat, which is 600 ms") !=
        std::string::npos);
}

TEST_CASE("command line: a port of the fabric may be another address's HTTP port") {
  for (const char* line :
       {"-p 8000 -a 10.0.0.1", "-p 8000 -a ::1", "-p 8002", "-p 7999", "-p 8002 --threads 1",
        "-p 8000 --fabric ipc:///tmp/f", "-p 8000 -a 0.0.0.0 --fabric tcp://[::1]:8000",
        "-p 8000 -a 127.0.0.1 --fabric tcp://[::1]:8000", "--tls-port 8000 --tls-dir d -a 10.0.0.1"}) {
    CAPTURE(line);
    accepted(line);
  }
}

TEST_CASE("command line: help and version are output, not errors") {
  const CommandLine help = read("-h");
  CHECK(help.exit_code == 0);
  CHECK_FALSE(help.settings);
  for (const char* option : {"--port", "--address", "--fabric", "--threads", "--balance", "--drain-timeout", "--stdout",
                             "--access-log", "--trusted-proxy", "--head-timeout"}) {
    CAPTURE(option);
    CHECK(help.output.find(option) != std::string::npos);
  }
  CHECK(help.output.find("--first-stream-id") == std::string::npos);
  CHECK(read("-V").output.find("router ") == 0);
  CHECK(read("--version").exit_code == 0);
}

TEST_CASE("command line: WebSocket") {
  const WebSocketSettings usual = accepted("").edge.web_sockets;
  CHECK(usual.max_message_size == 16 << 20);
  CHECK(usual.auto_ping_interval == 30s);
  CHECK(usual.allowed_origins == std::vector<std::string>{"*"});
  CHECK(usual.deflate.has_value());
  const WebSocketSettings asked =
      accepted("--ws-max-message 1MiB --ws-ping-interval 5 --ws-no-deflate --ws-origins https://a.test,http://*:*")
          .edge.web_sockets;
  CHECK(asked.max_message_size == 1 << 20);
  CHECK(asked.auto_ping_interval == 5s);
  CHECK(asked.allowed_origins == std::vector<std::string>{"https://a.test", "http://*:*"});
  CHECK_FALSE(asked.deflate.has_value());
  CHECK(accepted("--ws-ping-interval 0").edge.web_sockets.auto_ping_interval == 0s);
  for (const char* wrong : {"--ws-ping-interval 999ms", "--ws-max-message much", "--ws-origins https://a.test/path"}) {
    const CommandLine refused = read(wrong);
    CHECK(refused.exit_code == 2);
    CHECK(refused.error.find(std::string(wrong).substr(0, 8)) != std::string::npos);
  }
}

TEST_CASE("command line: a configuration file says the sites, and options win over the file") {
  const Folder folder;
  const std::string path = folder.write("a.toml",
                                        "[limits]\nmax_body = 5\nmax_fields = 7\n[fabric]\nendpoint = "
                                        "\"ipc:///tmp/f\"\n[[sites]]\nname = \"a\"\nhostname = \"a\"\nport = "
                                        "80\n[[sites]]\nname = \"b\"\nhostname = \"b\"\nport = 81\nmax_body = 3\n");
  const Settings settings = accepted("-c " + path + " --max-body 9 --threads 2");
  CHECK(settings.edge.limits.max_body == 9);
  CHECK(settings.edge.limits.max_fields == 7);
  CHECK(settings.threads == 2);
  CHECK(settings.fabric.endpoint == "ipc:///tmp/f");
  REQUIRE(settings.file);
  CHECK_MESSAGE(settings.file->sites[0].terms.max_body == 9, "a site begins with what the option says");
  CHECK_MESSAGE(settings.file->sites[1].terms.max_body == 3, "what a site says for itself stays");
}

TEST_CASE("command line: options that say where to listen are refused with a file of sites") {
  const Folder folder;
  const std::string path = folder.write("a.toml", "[[sites]]\nname = \"a\"\nhostname = \"a\"\nport = 80\n");
  for (const char* option : {"--port 80", "--address 127.0.0.1", "--tls-port 9", "--tls-dir d"}) {
    CAPTURE(option);
    const CommandLine line = read("-c " + path + " " + option);
    CHECK_FALSE(line.settings);
    CHECK(line.exit_code == 2);
    CHECK(line.error.find("the sites in " + path + " say where they listen, as sites(a).port at line 4") !=
          std::string::npos);
  }
  CHECK(read("-c " + path + " --files " + folder.path(".")).error.find("a site in " + path) != std::string::npos);
  const std::string none = folder.write("b.toml", "[limits]\nmax_body = 5\n");
  CHECK(accepted("-c " + none + " -p 80").edge.port == 80);
}

TEST_CASE("command line: a site at a port of the fabric is refused, where the fabric is in the end") {
  const Folder folder;
  const std::string path = folder.write("a.toml", "[[sites]]\nname = \"a\"\nhostname = \"a\"\nport = 8000\n");
  CHECK(read("-c " + path).error.find(path + ":4:8: sites(a).port: 8000 is a port that workers come to") !=
        std::string::npos);
  CHECK(accepted("-c " + path + " --fabric tcp://127.0.0.1:7000").file->sites.size() == 1);
}

TEST_CASE("command line: --check says what would be served, or every error, and does not serve") {
  const Folder folder;
  const std::string good = folder.write("a.toml", "[[sites]]\nname = \"a\"\nhostname = \"a\"\nport = 80\n");
  const std::string bad = folder.write("b.toml", "[limits]\nmax_body = true\nnope = 1\n");
  for (const char* option : {" --check", " --dry-run"}) {
    const CommandLine served = read("-c " + good + option);
    CHECK_FALSE(served.settings);
    CHECK(served.exit_code == 0);
    CHECK(served.output.starts_with("*:80\n  site a for a\n"));
    const CommandLine refused = read("-c " + bad + option);
    CHECK(refused.exit_code == 1);
    CHECK(refused.output.empty());
    CHECK(refused.error.find(bad + ":2:12: limits.max_body = true") != std::string::npos);
    CHECK(refused.error.find(bad + ":3:1: limits.nope is no key") != std::string::npos);
  }
  CHECK(read("-c " + bad).exit_code == 1);
  CHECK(read("--check").error.find("--check needs -c FILE") != std::string::npos);
  CHECK(read("-c " + folder.path("none")).error.find("No such file") != std::string::npos);
}

TEST_CASE("command line: what a file says without an effect is a warning for the log") {
  const Folder folder;
  const std::string path = folder.write("a.toml", "[daemon]\nuser = \"x\"\n");
  const CommandLine line = read("-c " + path);
  REQUIRE(line.settings);
  REQUIRE(line.warnings.size() == 1);
  CHECK(line.warnings[0].find("daemon (line 1)") != std::string::npos);
}

TEST_CASE("command line: a folder is served by --files, or as the only word") {
  const Folder folder;
  const std::string path = folder.path(".");
  CHECK(accepted("--files " + path).files == path);
  CHECK(accepted(path + " -p 80").files == path);
  CHECK(accepted("-- " + path).files == path);
  CHECK(read("--files " + folder.path("none")).error.find("is not a folder") != std::string::npos);
  CHECK(read(folder.path("none")).error.find("no folder") != std::string::npos);
  CHECK(read("--files " + path + " " + path).error.find("is the folder already") != std::string::npos);
  CHECK(read(path + " " + path).exit_code == 2);
}

TEST_CASE("command line: the example and the manual of the file are printed") {
  CHECK(read("--example-config").output.find("[[sites.proxy.routes]]") != std::string::npos);
  CHECK(read("--help-config").output.find("[[sites.proxy.routes]]") != std::string::npos);
  CHECK(read("--help-metrics").wants_metrics);
}
