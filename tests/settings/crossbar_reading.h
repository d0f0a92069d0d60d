// Reads node files of Crossbar.io for tests.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: their texts (crossbar_text.h).
#pragma once
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/settings/crossbar_text.h"
#include "tests/settings/file_text.h"

namespace zeroway {

inline SiteSettings site_in(const std::string& text) {
  const Settings settings = good(read_json_text(text));
  REQUIRE(settings.file->sites.size() == 1);
  return settings.file->sites.front();
}

inline RouteSettings route_in(const std::string& service) {
  const SiteSettings site = site_in(worker_of(service));
  REQUIRE(site.proxy.routes.size() == 1);
  return site.proxy.routes.front();
}

inline std::string lines(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += text.substr(text.find(':') + 1) + "\n";
  return out;
}

inline void check_errors(const std::string& text, const std::vector<std::string>& errors) {
  CAPTURE(text);
  std::string wanted;
  for (const std::string& error : errors) wanted += error + "\n";
  const FileReading reading = read_json_text(text);
  CHECK(lines(reading.errors) == wanted);
  CHECK_FALSE(reading.settings.has_value());
}

}  // namespace zeroway
