#include "router/settings/checks.h"
#include "router/settings/description.h"
#include "router/settings/option_groups.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

using S = ManagementSettings;

constexpr const char* kPlaces = "ADDRESS:PORT, [IPV6]:PORT, *:PORT, unix:/SOCKET or off";

Fit read_place(S& management, const Value& value) {
  const auto word = take_text(value);
  if (!word.value) return word.fit;
  management.enabled = *word.value != "off";
  management.is_asked_for = management.enabled;
  if (!management.enabled) return Fit::yes;
  auto listen = read_listen_address(*word.value);
  if (!listen) return Fit::no;
  management.listen = std::move(*listen);
  return Fit::yes;
}

// The keys of BWS: without `port` it takes its own port.
constexpr std::uint16_t kBwsPort = 7654;

Fit read_enabled(S& management, const Value& value) {
  const auto taken = take_flag(value);
  if (!taken.value) return taken.fit;
  management.enabled = management.is_asked_for = *taken.value;
  const bool is_said = management.located.has("listen") || management.located.has("port");
  if (management.enabled && !is_said) management.listen.port = kBwsPort;
  return Fit::yes;
}

Fit read_host(S& management, const Value& value) {
  auto word = take_text(value);
  if (!word.value) return word.fit;
  if (!is_address(*word.value)) return Fit::no;
  management.listen.address = *word.value == "localhost" ? "127.0.0.1" : std::move(*word.value);
  return Fit::yes;
}

Fit read_port(S& management, const Value& value) {
  const auto taken = take_number(value);
  if (!taken.value) return taken.fit;
  if (*taken.value < 1 || *taken.value > 65'535) return Fit::no;
  management.listen.port = static_cast<std::uint16_t>(*taken.value);
  return Fit::yes;
}

Fit read_hostnames(S& management, const Value& value) {
  const Fit fit = read_texts(value, is_site_host, kHostForms, management.hostnames);
  for (std::string& name : management.hostnames) name = lower_case(name);
  return fit;
}

std::vector<std::string>& allowed(S& management) { return management.access.allow; }
std::vector<std::string>& denied(S& management) { return management.access.deny; }

}  // namespace

void describe_management(Keys<ManagementSettings>& keys) {
  keys.located()
      .other("listen", "WHERE", kPlaces, "", "\"127.0.0.1:6040\"",
             "Listener for operators: numbers, states, and changes. By default 127.0.0.1:6040, if that is free; off = "
             "none",
             read_place)
      .option(kProcess, "--manage", "WHERE")
      .path("token_file", &S::token_file, "management.token",
            "File with the token that a change needs, at least 16 bytes: Authorization: Bearer, X-API-Key or "
            "X-BackendAI-Token")
      .option(kProcess, "--manage-token-file", "FILE")
      .text("api_key", &S::api_key, is_some, "a text", "${ROUTER_API_KEY}", "The same token, not in a file of its own")
      .other("hostnames", "[TEXT, …]", std::string("a list; each of it: ") + kHostForms, "", "[\"router.example.com\"]",
             "Names under which browsers may ask, besides addresses and localhost", read_hostnames)
      .list("allow", allowed, is_network, "a network, as 10.0.0.0/8", "[\"10.0.0.0/8\"]",
            "Networks whose clients may ask; by default all that can connect. Clients outside this machine need the "
            "token to read, too")
      .list("deny", denied, is_network, "a network, as 10.0.0.0/8", "[\"10.9.0.0/16\"]",
            "Networks whose clients get 403, whatever allow says")
      .other("enabled", "true|false", "true or false", "", "true",
             "Whether there is such a listener; true without listen and port means port 7654", read_enabled)
      .other("host", "TEXT", "an address", "", "\"127.0.0.1\"", "Its address, in the place of listen", read_host)
      .other("port", "N", "a number from 1 to 65535", "", "6040", "Its port, in the place of listen", read_port)
      .table("ssl", &S::ssl, "HTTPS on it", describe_ssl)
      .table("log", &S::log, "Its access log", describe_site_log);
}

}  // namespace zeroway
