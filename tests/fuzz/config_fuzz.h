// What holds for a configuration file in any notation, whatever is in it.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: the notations (toml_config_fuzz.cpp, json_config_fuzz.cpp).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "router/settings/settings_file.h"
#include "tests/fuzz/must.h"

namespace zeroway {

inline std::optional<std::string> fuzz_variable(const std::string& name) {
  return name == "A" ? std::optional<std::string>("5") : std::nullopt;
}

// Every error begins with the name of the file; there are settings if and only if there is no error.
inline void must_read_config(const std::string& path, std::string_view text) {
  const FileReading reading = read_settings_text(path, text, fuzz_variable);
  must(reading.settings.has_value() == reading.errors.empty());
  for (const std::string& error : reading.errors) must(error.starts_with(path + ":"));
  if (!reading.settings) return;
  must(reading.settings->file.has_value());
  for (const SiteSettings& site : reading.settings->file->sites) {
    must(!site.name.empty() && !site.listen.empty());
    for (const RouteSettings& route : site.proxy.routes) must(route.path.starts_with('/'));
    for (const MemberSettings& member : site.proxy.members) {
      const auto target = read_member_url(member.url);
      must(target && *target == member.target);
    }
  }
  must(!describe_settings(*reading.settings).empty());
  const FileReading again = read_settings_text(path, text, fuzz_variable);
  must(again.settings == reading.settings && again.warnings == reading.warnings);
}

}  // namespace zeroway
