// The names for which a site's certificates are ordered.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: whether they can be ordered (settings/acme_checks.cpp).
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "router/settings/sites.h"

namespace zeroway {

// In the order of the file, each once.
[[nodiscard]] inline std::vector<std::string> certificate_names(const SiteSettings& site) {
  std::vector<std::string> wanted = site.ssl.domains, names;
  if (wanted.empty()) {
    wanted.push_back(site.hostname);
    wanted.insert(wanted.end(), site.hostnames.begin(), site.hostnames.end());
  }
  for (std::string& name : wanted)
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  return names;
}

}  // namespace zeroway
