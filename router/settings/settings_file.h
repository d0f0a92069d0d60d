// Reads a configuration file: TOML, or JSON when its name ends in .json.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: options of the command line, which win over the file (settings/command_line.h).
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/settings/port_fingerprints.h"
#include "router/settings/reading.h"
#include "router/settings/settings.h"

namespace zeroway {

struct FileReading {
  std::optional<Settings> settings;  // nothing when there is an error; else `file` is there
  std::vector<std::string> errors;   // all of them, in the order of the file: "FILE:LINE:COLUMN: …"
  std::vector<std::string> warnings;
  std::string shown{};  // what the file says, as JSON without its secrets; "" after an error
  PortFingerprints port_fingerprints{};
};

// Called when everything but the sites was read, which begin with what it leaves: the command line wins over the file.
using BeforeSites = std::function<void(Settings& settings)>;

// Reads the file and looks whether the files that it names can be read.
[[nodiscard]] FileReading read_settings_file(const std::string& path, const BeforeSites& before_sites = {});
// The same for `text`, which `path` had; does not touch other files.
[[nodiscard]] FileReading read_settings_text(const std::string& path, std::string_view text,
                                             const Environment& environment, const BeforeSites& before_sites = {});
// The environment of this process.
[[nodiscard]] Environment process_environment();

// In a few lines: where the router listens, for which sites, and who answers. The text of --check.
[[nodiscard]] std::string describe_settings(const Settings& settings);

}  // namespace zeroway
