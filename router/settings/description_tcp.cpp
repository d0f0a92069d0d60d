#include <utility>

#include "router/settings/checks.h"
#include "router/settings/description.h"
#include "router/settings/limits.h"
#include "router/settings/table_reader.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

using S = TcpSettings;

constexpr Millis kShortest{1};
constexpr const char* kServers =
    "a list of servers, each HOST:PORT, tls://HOST:PORT, unix:/SOCKET or { address = \"HOST:PORT\", weight = N, "
    "max_conns "
    "= N, … }; or workers: \"fabric:/PATH\"";

Result<> take_server(MemberSettings& member, const std::string& text) {
  auto target = read_tcp_server(text);
  if (!target) return target.error();
  member.url = target->scheme == MemberScheme::tcp ? "tcp://" + text : text;
  member.target = std::move(*target);
  return {};
}

// One server of the list, as a table.
void describe_server(Keys<MemberSettings>& keys) {
  using M = MemberSettings;
  keys.located()
      .other("address", "TEXT", kTcpServerForms, "", "", "",
             [](M& member, const Value& value) {
               auto text = take_text(value);
               if (!text.value) return text.fit;
               return take_server(member, *text.value) ? Fit::yes : Fit::no;
             })
      .required()
      .number("weight", &M::weight, 0, kMostWeight, "")
      .number("max_conns", &M::max_conns, 0, 1'000'000, "")
      .path("ca_file", &M::ca_file, "", "")
      .text("server_name", &M::server_name, is_site_host, "a host", "", "")
      .flag("verify", &M::verify, "")
      .path("client_cert", &M::client_cert, "", "")
      .path("client_key", &M::client_key, "", "");
}

const Table& server_table() {
  static const Table kTable = [] {
    Table table;
    Keys<MemberSettings> keys(table);
    describe_server(keys);
    return table;
  }();
  return kTable;
}

Fit read_server(S& service, const Node& node, const Value& value) {
  MemberSettings member;
  if (node.kind == Node::Kind::table) {
    read_table(server_table(), node, value.where, &member, value.reading);
  } else if (node.kind == Node::Kind::text) {
    if (const auto taken = take_server(member, node.text); !taken) {
      value.reading.error(
          node.place, value.where + ": " + node.show() + ": " + taken.error().detail + "; wants " + kTcpServerForms);
      return Fit::said;
    }
    member.located.place = node.place;
  } else {
    return Fit::no;
  }
  service.site.proxy.members.push_back(std::move(member));
  return Fit::yes;
}

// A path as workers claim it.
bool is_workers_path(std::string_view text) {
  constexpr std::string_view kBegin = "fabric:";
  return text.starts_with(kBegin) && is_path(std::string(text.substr(kBegin.size()))) &&
         text.find('*') == std::string_view::npos && text.find('{') == std::string_view::npos;
}

Fit read_servers(S& service, const Value& value) {
  if (value.node.kind == Node::Kind::text) {
    if (!is_workers_path(value.node.text)) return Fit::no;
    service.workers = value.node.text.substr(value.node.text.find('/'));
    return Fit::yes;
  }
  if (value.node.kind != Node::Kind::list || value.node.children.empty()) return Fit::no;
  Fit all = Fit::yes;
  for (const Node& node : value.node.children) {
    const Fit fit = read_server(service, node, value);
    if (fit == Fit::no) return Fit::no;
    if (fit == Fit::said) all = fit;
  }
  return all;
}

Fit read_names(S& service, const Value& value) {
  const Fit fit = read_texts(value, is_site_host, kHostForms, service.site.hostnames);
  for (std::string& name : service.site.hostnames) name = lower_case(name);
  return fit;
}

void describe_health(Keys<HealthSettings>& keys) {
  using H = HealthSettings;
  keys.located()
      .flag("enabled", &H::enabled, "Connect to each server now and then, besides what connections of clients show")
      .time("interval", &H::interval, Millis(100), Zero::refused, "Time between two checks")
      .time("timeout", &H::timeout, kShortest, Zero::refused, "Longest time for a check's connection")
      .number("retries", &H::retries, 1, 100, "Failed checks in a row until a server gets no connections")
      .number("rise", &H::rise, 1, 100, "Good checks in a row until it gets connections again")
      .number("fall", &H::fall, 1, 1'000, "Failed connections in a row until a server gets none for back_off")
      .time("back_off", &H::back_off, Millis(10), Zero::refused,
            "Time until one connection tries the server again; doubles up to a minute")
      .flag("fail_open", &H::fail_open, "With all servers out, try them all the same");
}

void describe_place(Keys<S>& keys) {
  keys.text(
          "name", [](S& s) -> std::string& { return s.site.name; }, is_some, "a text", "ssh",
          "What the log calls the service")
      .required()
      .number(
          "port", [](S& s) -> std::uint16_t& { return s.site.port; }, 1, 65'535, "Port on every address, IPv6 and IPv4")
      .sample("2222")
      .other("listen", "[ADDRESS, …]", "a list of ADDRESS:PORT, [IPV6]:PORT, *:PORT or unix:/SOCKET", "",
             "[\"127.0.0.1:2222\"]", "Where the service listens, in the place of port",
             [](S& service, const Value& value) { return read_listen(service.site.listen, value); })
      .other("hostnames", "[HOST, …]", std::string("a list of hosts"), "", "[\"db.example.com\"]",
             "Names that clients ask for in the TLS handshake: they choose among the services of one port. A service "
             "without names takes all others",
             read_names)
      .choice(
          "tls", [](S& s) -> bool& { return s.site.passes_tls; },
          std::vector<std::pair<std::string, bool>>{{"terminate", false}, {"pass", true}},
          "terminate: TLS ends here, where ssl says so; pass: TLS goes to the servers as it is, chosen by the name "
          "that the "
          "client asks for, and no key is needed here")
      .flag(
          "proxy_protocol", [](S& s) -> bool& { return s.site.proxy_protocol; },
          "Connections of trusted proxies begin with a PROXY header, v1 or v2")
      .list(
          "trusted_proxies", [](S& s) -> std::vector<std::string>& { return s.site.trusted_proxies; }, is_network,
          "a network, as 10.0.0.0/8", "[\"10.0.0.0/8\"]",
          "Networks whose PROXY headers are believed; by default those of [requests]");
}

void describe_access_of(Keys<S>& keys) {
  keys.list(
          "allow", [](S& s) -> std::vector<std::string>& { return s.site.access.allow; }, is_network,
          "a network, as 10.0.0.0/8", "[\"10.0.0.0/8\"]",
          "Networks whose clients may connect; all other connections are reset. By default all may")
      .list(
          "deny", [](S& s) -> std::vector<std::string>& { return s.site.access.deny; }, is_network,
          "a network, as 10.0.0.0/8", "[\"10.9.0.0/16\"]",
          "Networks whose clients may not connect, whatever allow says")
      .number(
          "max_connections", [](S& s) -> std::uint32_t& { return s.site.access.max_open_requests; }, 0, kMostOpen,
          "Most open connections; further ones are reset; 0 = any number")
      .number(
          "max_connections_per_address",
          [](S& s) -> std::uint32_t& { return s.site.access.max_open_requests_per_address; }, 0, kMostOpen,
          "Most open connections of one IPv4 address or IPv6 /64; 0 = any number");
}

void describe_servers(Keys<S>& keys) {
  keys.other("servers", "[SERVER, …]", kServers, "", "[\"127.0.0.1:22\"]",
             "Servers, each HOST:PORT, tls://HOST:PORT, unix:/SOCKET, or a table with address, weight and max_conns, "
             "and of TLS ca_file, server_name, verify, client_cert and client_key; or fabric:/PATH: the workers that "
             "claim this path",
             read_servers)
      .required()
      .sample("[\"127.0.0.1:22\"]")
      .other("balance", "WORD", "one of round_robin, weighted, least_connections, random_two, ip_hash, first",
             "\"round_robin\"", "", "Which server gets the next connection",
             [](S& service, const Value& value) { return read_balance_word(service.balance, value); })
      .words(balance_words())
      .time("connect_timeout", &S::connect_timeout, kShortest, Zero::refused,
            "Until a server holds the connection, all servers that are tried together; then it is reset")
      .time("idle_timeout", &S::idle_timeout, kShortest, Zero::is_off,
            "Silence in both directions after which a connection is reset; 0 = for ever: TCP's probes find peers that "
            "are "
            "gone")
      .time("half_closed_timeout", &S::half_closed_timeout, kShortest, Zero::is_off,
            "The same once one side has closed its direction; 0 = for ever")
      .choice("send_proxy", &S::send_proxy,
              std::vector<std::pair<std::string, ProxyProtocol>>{
                  {"off", ProxyProtocol::off}, {"v1", ProxyProtocol::v1}, {"v2", ProxyProtocol::v2}},
              "Tell servers the client's address by a PROXY header")
      .flag(
          "close_on_down", [](S& s) -> bool& { return s.site.proxy.health.close_on_down; },
          "Whether a server that is out, or that a reload removes, loses its open connections");
}

}  // namespace

void describe_tcp(Keys<TcpSettings>& keys) {
  keys.located();
  describe_place(keys);
  describe_servers(keys);
  describe_access_of(keys);
  keys.table(
          "health_check", [](S& s) -> HealthSettings& { return s.site.proxy.health; },
          "When a server gets no connections", describe_health)
      .table(
          "ssl", [](S& s) -> SslSettings& { return s.site.ssl; }, "TLS with clients ends here", describe_ssl)
      .table(
          "log", [](S& s) -> SiteLogSettings& { return s.site.log; }, "The service's access log", describe_site_log);
}

}  // namespace zeroway
