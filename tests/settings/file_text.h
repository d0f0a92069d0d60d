// Reads the text of a configuration file for a test.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: files on the disk (settings_file_test.cpp).
#pragma once
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "router/settings/settings_file.h"

namespace zeroway {

// The only variables that are set.
inline std::optional<std::string> test_variable(const std::string& name) {
  if (name == "PORT") return "8443";
  if (name == "KEY") return "se$$cret";
  return std::nullopt;
}

inline FileReading read_toml_text(std::string_view text) {
  return read_settings_text("dir/a.toml", text, test_variable);
}

inline FileReading read_json_text(std::string_view text) {
  return read_settings_text("dir/a.json", text, test_variable);
}

inline Settings good(const FileReading& reading) {
  std::string all;
  for (const std::string& error : reading.errors) all += error + "\n";
  REQUIRE_MESSAGE(reading.settings.has_value(), all);
  return *reading.settings;
}

// A site, as the first six lines of a file.
inline constexpr const char* kSite = R"([[sites]]
name = "main"
hostname = "example.com"
port = 8080
[sites.proxy]
enabled = true
)";

// And a pool and a route: 12 lines.
inline constexpr const char* kProxy = R"([[sites]]
name = "main"
hostname = "example.com"
port = 8080
[sites.proxy]
enabled = true
[[sites.proxy.upstreams]]
name = "backend"
url = "http://127.0.0.1:3001"
[[sites.proxy.routes]]
path = "/api/"
upstream = "backend"
)";

}  // namespace zeroway
