// The keys of [app_proxy].
#include <utility>

#include "router/settings/checks.h"
#include "router/settings/description.h"
#include "router/settings/limits.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

using S = AppProxySettings;

constexpr const char* kUrlForms = "http://HOST[:PORT][/PATH] or https://…";

Fit read_listen(S& app_proxy, const Value& value) {
  const auto reads = [](const std::string& text) { return read_listen_address(text).has_value(); };
  std::vector<std::string> texts;
  const Fit fit = read_texts(value, reads, kListenForms, texts);
  for (const std::string& text : texts) app_proxy.site.listen.push_back(*read_listen_address(text));
  return fit;
}

Fit read_hostname(S& app_proxy, const Value& value) {
  auto taken = take_text(value);
  if (!taken.value) return taken.fit;
  if (!is_site_host(*taken.value)) return Fit::no;
  app_proxy.site.hostname = lower_case(*taken.value);
  return Fit::yes;
}

// App Proxy's own files have the dot in front.
Fit read_domain(S& app_proxy, const Value& value) {
  auto taken = take_text(value);
  if (!taken.value) return taken.fit;
  std::string domain = lower_case(*taken.value);
  if (domain.starts_with('.')) domain.erase(0, 1);
  if (domain.starts_with('*') || !is_site_host(domain)) return Fit::no;
  app_proxy.site.hostnames.push_back("*." + domain);
  return Fit::yes;
}

Fit read_coordinator(S& app_proxy, const Value& value) {
  auto text = take_text(value);
  if (!text.value) return text.fit;
  auto target = read_member_url(*text.value);
  const bool is_http = target && (target->scheme == MemberScheme::http || target->scheme == MemberScheme::https);
  if (!is_http) return Fit::no;
  app_proxy.coordinator.url = std::move(*text.value);
  app_proxy.coordinator.target = std::move(*target);
  return Fit::yes;
}

Fit read_advertised_tls(S& app_proxy, const Value& value) {
  const auto taken = take_flag(value);
  if (!taken.value) return taken.fit;
  app_proxy.coordinator.advertised_tls = *taken.value;
  return Fit::yes;
}

Fit read_heartbeat(S& app_proxy, const Value& value) {
  const auto taken = take_time(value);
  if (!taken.value) return taken.fit;
  if (*taken.value < kLeastBeat || *taken.value > kMostBeat) return Fit::no;
  app_proxy.coordinator.heartbeat = *taken.value;
  return Fit::yes;
}

bool is_authority(const std::string& text) {
  return !text.empty() && text.size() <= kLongestHostname && text.find_first_of(" \t\r\n") == std::string::npos;
}

void describe_site_of(Keys<S>& keys) {
  keys.other("listen", "[ADDRESS, …]", "a list of ADDRESS:PORT, [IPV6]:PORT, *:PORT or unix:/SOCKET", "",
             "[\"127.0.0.1:5050\"]", "Where clients of sessions connect; by default port 5050 on every address",
             read_listen)
      .other("hostname", "HOST", kHostForms, "", "\"apps.example.com\"", "The host that clients name; by default any",
             read_hostname)
      .other("domain", "HOST", "a host without *", "", "\"apps.example.com\"",
             "SERVICE-SESSION.HOST is the service, beside HOST/SESSION/SERVICE/", read_domain)
      .list(
          "trusted_proxies", [](S& s) -> std::vector<std::string>& { return s.site.trusted_proxies; }, is_network,
          "a network, as 10.0.0.0/8", "[\"10.0.0.0/8\"]",
          "Networks whose forwarding fields are believed; by default those of [requests]")
      .table(
          "ssl", [](S& s) -> SslSettings& { return s.site.ssl; }, "HTTPS", describe_ssl)
      .table(
          "log", [](S& s) -> SiteLogSettings& { return s.site.log; }, "The access log of sessions", describe_site_log);
}

}  // namespace

void describe_app_proxy(Keys<S>& keys) {
  keys.located()
      .other("coordinator_url", "URL", kUrlForms, "", "\"http://127.0.0.1:6030\"",
             "Who says which sessions there are: the router registers there, fetches its circuits, and tells how they "
             "are",
             read_coordinator)
      .path(
          "secret_file", [](S& s) -> std::string& { return s.coordinator.secret_file; }, "coordinator.secret",
          "File with what the router shows the coordinator: X-BackendAI-Token")
      .text(
          "authority", [](S& s) -> std::string& { return s.coordinator.authority; }, is_authority,
          "a word without spaces", "router-1", "The router's name at the coordinator; by default this machine's")
      .text(
          "advertised_host", [](S& s) -> std::string& { return s.coordinator.advertised_host; }, is_address,
          "a host or an address", "apps.example.com",
          "Host under which coordinator and clients reach the router; by default where its listeners are")
      .number(
          "advertised_port", [](S& s) -> std::uint16_t& { return s.coordinator.advertised_port; }, 1, 65'535,
          "Port of sessions as clients reach it; by default that of listen")
      .sample("443")
      .other("advertised_tls", "true|false", "true or false", "", "true",
             "Whether clients reach sessions over HTTPS; by default as [app_proxy.ssl] says", read_advertised_tls)
      .other("heartbeat", "TIME", "a time from 1s to 1h, as \"10s\"; a plain number is seconds", "\"10s\"", "",
             "Time between two signs of life to the coordinator", read_heartbeat)
      .path(
          "ca_file", [](S& s) -> std::string& { return s.coordinator.ca_file; }, "coordinator-ca.crt",
          "PEM: authorities for https; by default the system's")
      .flag(
          "verify", [](S& s) -> bool& { return s.coordinator.verify; }, "Check the coordinator's certificate");
  describe_site_of(keys);
}

}  // namespace zeroway
