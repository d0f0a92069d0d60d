// The plan that a configuration file means, for a test: the file as a text, and the files that it names.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: the file's keys (tests/settings).
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "router/plan/make_plan.h"
#include "tests/settings/file_text.h"

namespace zeroway {

// By path; the configuration file is in "dir".
using NamedFiles = std::map<std::string, std::string>;

inline ReadFile reader_of(const NamedFiles& files) {
  return [files](const std::string& path) -> Result<std::string> {
    const auto found = files.find(path);
    if (found != files.end()) return found->second;
    return Error{Fault::router, Code::internal, false, "'" + path + "' cannot be read"};
  };
}

inline PlanMaking make_plan_of(std::string_view text, const NamedFiles& files = {}) {
  Settings settings = good(read_toml_text(text));
  if (!settings.management.is_asked_for) settings.management.enabled = false;  // the default one is not what is tested
  return make_plan(settings, reader_of(files));
}

inline std::shared_ptr<const Plan> plan_of(std::string_view text, const NamedFiles& files = {}) {
  const PlanMaking making = make_plan_of(text, files);
  std::string all;
  for (const std::string& error : making.errors) all += error + "\n";
  REQUIRE_MESSAGE(making.plan, all);
  return making.plan;
}

// A site for example.com at port 8080, with further keys of it.
inline std::string site_text(const std::string& more = "") {
  return "[[sites]]\nname = \"main\"\nhostname = \"example.com\"\nport = 8080\n" + more;
}
// Its proxy; keys of the proxy may follow.
inline std::string proxy_text() { return "[sites.proxy]\nenabled = true\n"; }
inline std::string server_text(const std::string& pool, const std::string& url, const std::string& more = "") {
  return "[[sites.proxy.upstreams]]\nname = \"" + pool + "\"\nurl = \"" + url + "\"\n" + more;
}
inline std::string route_text(const std::string& path, const std::string& pool, const std::string& more = "") {
  return "[[sites.proxy.routes]]\npath = \"" + path + "\"\nupstream = \"" + pool + "\"\n" + more;
}
inline std::string redirect_text(const std::string& path, const std::string& to, const std::string& more = "") {
  return "[[sites.proxy.routes]]\npath = \"" + path + "\"\n[sites.proxy.routes.redirect]\nto = \"" + to + "\"\n" + more;
}

}  // namespace zeroway
