// Every key of a configuration file.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: how keys are added (settings/keys.h), reading a file (settings/settings_file.h).
#pragma once
#include "router/settings/keys.h"
#include "router/settings/settings.h"

namespace zeroway {

// A Settings whose `file` is there: the target of describe_file().
template <>
[[nodiscard]] inline Settings usual_of<Settings>() {
  Settings settings;
  settings.file.emplace();
  return settings;
}

// The whole file. Its target is a Settings whose `file` is there.
[[nodiscard]] Table describe_file();

// How a site is before its keys are read: what the file's other tables, and the command line, say for all sites.
[[nodiscard]] SiteSettings begin_site(const Settings& settings);

// The parts, for describe_file().
void describe_logging(Keys<Settings>& keys);
void describe_tracing(Keys<TracingSettings>& keys);
void describe_site_log(Keys<SiteLogSettings>& keys);
void describe_limits(Keys<HttpLimits>& keys);
void describe_web_sockets(Keys<WebSocketSettings>& keys);
void describe_fabric(Keys<FabricSettings>& keys);
void describe_management(Keys<ManagementSettings>& keys);
void describe_site(Keys<SiteSettings>& keys);
void describe_tcp(Keys<TcpSettings>& keys);
void describe_raw_socket(Keys<RawSocketSettings>& keys);
void describe_ssl(Keys<SslSettings>& keys);
void describe_access(Keys<SiteSettings>& keys);
void describe_access(Keys<RouteSettings>& keys);
void describe_access_control(Keys<AccessControlSettings>& keys);
void describe_compression(Keys<CompressionSettings>& keys);
void describe_proxy(Keys<ProxySettings>& keys);
[[nodiscard]] Fit read_balance_word(BalanceSettings& balance, const Value& value);
[[nodiscard]] const std::vector<std::string>& balance_words();
[[nodiscard]] Fit read_listen(std::vector<ListenAddress>& target, const Value& value);
void describe_acme(Keys<AcmeSettings>& keys);
void describe_app_proxy(Keys<AppProxySettings>& keys);
[[nodiscard]] Fit read_auto_cert(SslSettings& ssl, const Value& value);

}  // namespace zeroway
