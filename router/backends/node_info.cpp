#include "router/backends/node_info.h"

#include <chrono>
#include <utility>
#include <vector>

#include "router/observe/time_text.h"

namespace zeroway {

namespace {

constexpr const char* kIsoTime = "%Y-%m-%dT%H:%M:%SZ";

std::string uptime_of(const NodeInfo& info) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(info.now - info.began).count());
}

// Nothing in it wants an escape: the version is ours.
std::string json_of(const NodeInfo& info) {
  return "{\"version\":\"" + info.version + "\",\"pid\":" + std::to_string(info.pid) + ",\"started\":\"" +
         utc_text(info.began, kIsoTime) + "\",\"uptime_seconds\":" + uptime_of(info) +
         ",\"workers\":" + std::to_string(info.workers) + "}\n";
}

std::string html_of(const NodeInfo& info) {
  const std::vector<std::pair<const char*, std::string>> rows{{"Version", info.version},
                                                              {"Process", std::to_string(info.pid)},
                                                              {"Started", utc_text(info.began)},
                                                              {"Up for", uptime_of(info) + " s"},
                                                              {"Workers", std::to_string(info.workers)}};
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Zeroway</title>\n"
      "<h1>Zeroway</h1>\n<table>\n";
  for (const auto& [name, value] : rows)
    out += std::string("<tr><th scope=\"row\">") + name + "</th><td>" + value + "</td></tr>\n";
  return out + "</table>\n</html>\n";
}

}  // namespace

Page info_page(const NodeInfo& info, std::string_view accept) {
  const auto names = [accept](std::string_view type) { return accept.find(type) != std::string_view::npos; };
  const bool is_json = names("application/json") && !names("text/html");
  Page page;
  page.content = is_json ? json_of(info) : html_of(info);
  page.type = is_json ? "application/json" : "text/html; charset=utf-8";
  page.cache_control = "no-store";
  page.varies = true;
  return page;
}

}  // namespace zeroway
