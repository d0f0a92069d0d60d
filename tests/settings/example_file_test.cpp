#include "router/settings/example_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "router/settings/description.h"
#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

const std::string kFolder = std::string(ZEROWAY_EXAMPLES) + "/sites/";

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "sites.proxy.timeout.read" for each key of the description.
void collect(const Table& table, const std::string& path, std::set<std::string>& names) {
  for (const Key& key : table.keys) {
    const std::string name = path + key.name;
    CHECK_MESSAGE(names.insert(name).second, name);
  }
  for (const Table& below : table.tables) collect(below, path + below.name + ".", names);
}

std::set<std::string> described() {
  std::set<std::string> names;
  collect(describe_file(), "", names);
  return names;
}

// The same of each line of the example, commented out or not.
std::set<std::string> shown(const std::string& example) {
  std::set<std::string> names;
  std::istringstream in(example);
  std::string table;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# ") || line.empty() || line == "#") continue;
    if (line.starts_with("#")) line.erase(0, 1);
    if (line.starts_with("[")) {
      const auto begin = line.find_first_not_of('[');
      table = line.substr(begin, line.find(']') - begin) + ".";
    } else {
      names.insert(table + line.substr(0, line.find(' ')));
    }
  }
  return names;
}

// With every key in it.
std::string uncommented(const std::string& example) {
  std::string out;
  std::istringstream in(example);
  for (std::string line; std::getline(in, line);) {
    const bool is_key = line.starts_with("#") && !line.starts_with("# ") && line != "#";
    out += (is_key ? line.substr(1) : line) + "\n";
  }
  return out;
}

std::string lines(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += text + "\n";
  return out;
}

}  // namespace

TEST_CASE("example file: it has every key of the description") {
  CHECK(shown(example_file()) == described());
  CHECK(described().size() > 150);
}

TEST_CASE("example file: the file in the tree is the one that the description makes") {
  CHECK_MESSAGE(text_of(kFolder + "all-keys.toml") == example_file(),
                "router --example-config > examples/sites/all-keys.toml");
}

TEST_CASE("example file: it loads, and says what an empty file with its site says") {
  const FileReading reading = read_toml_text(example_file());
  CHECK(lines(reading.warnings) == "");
  const Settings settings = good(reading);
  Settings usual;
  usual.file = settings.file;
  CHECK_MESSAGE(settings == usual, "the defaults in the example are those of the command line");
  const FileSettings nothing;
  CHECK(settings.file->security == nothing.security);
  CHECK(settings.file->logging == nothing.logging);
}

TEST_CASE("example file: the examples of keys without a default fit, too") {
  const FileReading reading =
      read_settings_text("a.toml", uncommented(example_file()), [](const std::string&) { return "value"; });
  for (const std::string& error : reading.errors) {
    // A site listens in one way, a route has one answer, a limit is for a second or for a minute, requests have one
    // login with one kind of keys, names of a TCP service want TLS, and certificates of clients an authority.
    const auto says = [&](const char* text) { return error.find(text) != std::string::npos; };
    const bool is_either = says("has listen, too") || says("has a redirect, too") ||
                           says("requests_per_second is there, too") || says("requests have one login") ||
                           says("has several") || says("wants ssl or tls") || says("wants client_ca");
    CHECK_MESSAGE(is_either, error);
  }
}

TEST_CASE("example files: each block of the manual loads without a warning") {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".toml") continue;
    CAPTURE(entry.path().string());
    const FileReading reading = read_settings_file(entry.path().string());
    CHECK(lines(reading.errors) == "");
    CHECK(lines(reading.warnings) == "");
    CHECK((reading.settings && reading.settings->file->has_listeners()));
    ++count;
  }
  CHECK(count == 15);
}

TEST_CASE("example files: they say what the manual says of them") {
  const auto proxy_of = [](const char* name) {
    return good(read_settings_file(kFolder + name + ".toml")).file->sites.at(0).proxy;
  };
  CHECK(proxy_of("basic").members.at(1).weight == 2);
  CHECK(proxy_of("basic").balance.method == "round_robin");
  CHECK(proxy_of("weighted").balance.method == "weighted");
  CHECK(proxy_of("weighted").members.at(0).weight == 3);
  CHECK(proxy_of("least-connections").balance.method == "least_connections");
  CHECK(proxy_of("paths").routes.at(1).strip_prefix);
  CHECK(proxy_of("websocket").routes.at(0).websocket);
  CHECK(proxy_of("custom-headers").headers.add.at(1).value == "auto");
  CHECK(proxy_of("custom-headers").headers.remove == std::vector<std::string>{"server", "x-powered-by"});
  CHECK(proxy_of("timeouts").timeout.connect == Millis(5'000));
  CHECK(proxy_of("complete").members.size() == 3);
  CHECK(proxy_of("high-availability").members.size() == 3);
  CHECK(proxy_of("security-headers").headers.add.size() == 3);
  CHECK(good(read_settings_file(kFolder + "https.toml")).file->sites.at(0).ssl.acme.email == "admin@example.com");
}

TEST_CASE("manual: it names every table and key, with the default") {
  const std::string manual = describe_keys();
  for (const char* part : {"[[sites.proxy.upstreams]]", "  weight = N\n", "[sites.proxy.timeout]", "[\"30s\"]",
                           "(must be there)", "As in [websocket]"}) {
    CHECK_MESSAGE(manual.find(part) != std::string::npos, part);
  }
}
