#include "router/settings/key_options.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "router/settings/description.h"

using namespace zeroway;

namespace {

// The option of this name, over `settings`.
KeyOption option_of(const std::vector<KeyOption>& options, const std::string& name) {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const KeyOption& option) { return long_name(option.key->option.names) == name; });
  REQUIRE(found != options.end());
  return *found;
}

}  // namespace

TEST_CASE("key options: an option sets what its key sets in a file") {
  const Table file = describe_file();
  Settings settings;
  const auto options = key_options(file, &settings);
  CHECK(read_option(option_of(options, "--max-body"), {"2KiB"}) == "");
  CHECK(read_option(option_of(options, "--trusted-proxy"), {"10.0.0.0/8", "::1"}) == "");
  CHECK(read_option(option_of(options, "--no-worker-header"), {}) == "");
  CHECK(read_option(option_of(options, "--fabric"), {"ipc:///tmp/${HOME}$$"}) == "");
  CHECK(settings.edge.limits.max_body == 2'048);
  CHECK(settings.exchange.trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "::1"});
  CHECK_FALSE(settings.exchange.worker_header);
  CHECK_MESSAGE(settings.fabric.endpoint == "ipc:///tmp/${HOME}$$", "the shell has expanded what it wanted to");
}

TEST_CASE("key options: a wrong word is named, with what fits and what was perhaps meant; it changes nothing") {
  const Table file = describe_file();
  Settings settings;
  const auto options = key_options(file, &settings);
  CHECK(read_option(option_of(options, "--max-head"), {"1"}) ==
        "--max-head: '1' is not a size from 1024 to 65536 bytes, as 65536, 64KiB, 1m, 2GiB");
  CHECK(read_option(option_of(options, "--balance"), {"wieghted"}) ==
        "--balance: 'wieghted' is not one of round_robin, weighted, least_connections; is weighted meant?");
  CHECK(read_option(option_of(options, "--trusted-proxy"), {"10.0.0.0/8", "10/8"}) ==
        "--trusted-proxy: '10/8' is not a network, as 10.0.0.0/8 or 2001:db8::/32, or an address");
  CHECK(settings == Settings());
}

TEST_CASE("key options: a file's tables are not entered where no key is an option, and no option is there twice") {
  const Table file = describe_file();
  Settings settings;
  std::set<std::string> names;
  for (const KeyOption& option : key_options(file, &settings)) {
    CHECK_MESSAGE(names.insert(long_name(option.key->option.names)).second, option.key->option.names);
  }
  CHECK(names.size() >= 35);
  CHECK(settings == Settings());
}

TEST_CASE("key options: the help has the choices, and the default as an option has it") {
  const Table file = describe_file();
  Settings settings;
  const auto options = key_options(file, &settings);
  CHECK(help_of(*option_of(options, "--max-head").key) == "Largest request head: 431 [65536]");
  CHECK(help_of(*option_of(options, "--idle-timeout").key).ends_with(" [75s]"));
  CHECK(help_of(*option_of(options, "--ws-origins").key).ends_with("; repeatable [*]"));
  CHECK(help_of(*option_of(options, "--balance").key)
            .ends_with(": round_robin, weighted, least_connections [round_robin]"));
  CHECK(help_of(*option_of(options, "--no-io-uring").key).find('[') == std::string::npos);
}
