#include "router/settings/crossbar/realm_backends.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "router/settings/crossbar/connect_endpoint.h"
#include "router/settings/crossbar/keys_of.h"
#include "router/settings/crossbar/web_socket_options.h"

namespace zeroway::crossbar {

namespace {

using S = WampBackendSettings;

constexpr const char* kSerializerForms = "serializers: cbor, msgpack or json";
constexpr std::uint64_t kLargestMessage = std::uint64_t{64} << 20;

// Those of Crossbar.io that the router does not speak.
bool is_foreign_serializer(const std::string& name) { return name == "ubjson" || name == "flatbuffers"; }

Fit read_url(S& backend, const Value& value) {
  const auto url = take_text(value);
  if (!url.value) return url.fit;
  return read_socket_url(*url.value, backend.host, backend.path) ? Fit::yes : Fit::no;
}

Fit read_one_serializer(S& backend, const Value& value) {
  if (value.node.kind != Node::Kind::text) return Fit::no;
  const auto serializer = serializer_named(value.node.text);
  if (!serializer) return Fit::no;
  backend.serializers = {};
  backend.serializers.add(*serializer);
  return Fit::yes;
}

Fit read_list(S& backend, const Value& value) {
  if (value.node.kind != Node::Kind::list) return Fit::no;
  backend.serializers = read_serializers(value.node, value.where, value.reading);
  return Fit::yes;
}

void describe_options(Keys<S>& keys) {
  keys.number("max_message_size", &S::max_message_size, 1, kLargestMessage, "Largest message of the backend");
  ignore_web_socket_options(keys);
}

// The endpoint is read by read_transport().
void describe_transport(Keys<S>& keys) {
  using T = S::Transport;
  keys.located()
      .other("id", "TEXT", "a text", "", "", "Its name", take_any_text<S>)
      .choice("type", &S::transport,
              std::vector<std::pair<std::string, T>>{{"websocket", T::web_socket}, {"rawsocket", T::raw_socket}},
              "How messages are carried")
      .required()
      .other("endpoint", "{…}", "a table", "", "", "Where it is", leave<S>)
      .required()
      .other("url", "URL", "a URL, as ws://localhost/ws", "", "", "What the opening names", read_url)
      .other("serializers", "[WORD, …]", std::string("a list of ") + kSerializerForms, "", "", "What it speaks",
             read_list)
      .other("serializer", "WORD", std::string("one of the ") + kSerializerForms, "", "", "The one that it speaks",
             read_one_serializer)
      .table(
          "options", [](S& s) -> S& { return s; }, "Options", describe_options);
}

void use_endpoint(const ConnectEndpoint& endpoint, S& backend) {
  const bool is_raw = backend.transport == S::Transport::raw_socket;
  backend.target = target_of(endpoint, is_raw ? MemberScheme::tcp : MemberScheme::http);
  backend.connect_timeout = endpoint.timeout;
  backend.ca_file = endpoint.ca_file;
  backend.server_name = endpoint.server_name;
  backend.client_cert = endpoint.client_cert;
  backend.client_key = endpoint.client_key;
  if (backend.host.empty()) backend.host = endpoint.host.empty() ? "localhost" : endpoint.host;
}

// What is wanted of one kind of transport only.
void check_transport(const S& backend, const std::string& where, Reading& reading) {
  const Located& located = backend.located;
  if (backend.transport == S::Transport::web_socket && !located.has("url"))
    reading.error(located.place, reading.join(where, "url") + " is missing: wants a URL, as ws://localhost/ws");
  if (backend.transport == S::Transport::raw_socket && !located.has("serializer"))
    reading.error(located.place,
                  reading.join(where, "serializer") + " is missing: wants one of the " + std::string(kSerializerForms));
}

std::optional<S> read_transport(const Node& node, const std::string& where, Reading& reading) {
  S backend;
  rename_tls_keys(backend.located);
  read_into(backend, node, where, reading, describe_transport);
  if (node.kind != Node::Kind::table || node.find("endpoint") == nullptr) return std::nullopt;
  check_transport(backend, where, reading);
  ConnectEndpoint endpoint;
  if (!read_connect_endpoint(node, where, endpoint, reading)) return std::nullopt;
  use_endpoint(endpoint, backend);
  return backend;
}

std::string realm_of(const Node& item, const std::string& where, Reading& reading) {
  const Node* realm = item.find("realm");
  if (realm == nullptr) return "";
  if (realm->kind == Node::Kind::text && !realm->text.empty()) return realm->text;
  reading.misfit(*realm, reading.join(where, "realm"), "the name of a realm");
  return "";
}

struct OuterItem {};

std::optional<S> read_backend(const Node& item, const std::string& where, Reading& reading) {
  if (item.kind != Node::Kind::table) {
    reading.error(item.place, where + " = " + item.show() + ": wants a table");
    return std::nullopt;
  }
  const std::string realm = realm_of(item, where, reading);
  const Node* transport = item.find("transport");
  std::optional<S> backend;
  if (transport == nullptr) {
    backend = read_transport(without(item, "realm"), where, reading);
  } else {
    OuterItem outer;
    read_into(outer, without(without(item, "realm"), "transport"), where, reading, [](Keys<OuterItem>& keys) {
      keys.other("id", "TEXT", "a text", "", "", "Its name", take_any_text<OuterItem>);
    });
    backend = read_transport(*transport, reading.join(where, "transport"), reading);
  }
  if (backend) backend->realm = realm;
  return backend;
}

// --- connections and routes

using Connections = std::map<std::string, S>;

Connections read_connections(const Node& worker, const std::string& where, Reading& reading) {
  Connections connections;
  const Node* all = worker.find("connections");
  if (all == nullptr) return connections;
  const std::string name = reading.join(where, "connections");
  if (all->kind != Node::Kind::table) {
    reading.misfit(*all, name, "a table");
    return connections;
  }
  for (const Node& one : all->children) {
    const std::string path = reading.join(name, one.key);
    const Node rest = without(one, "auth");
    if (const Node* auth = one.find("auth"))
      reading.without_effect(auth->key_place, reading.join(path, "auth"),
                             "sessions begin at the backend as clients begin them");
    if (auto backend = read_backend(rest, path, reading)) connections.emplace(one.key, std::move(*backend));
  }
  return connections;
}

// One name, or a list of names.
std::vector<const Node*> names_in(const Node& said) {
  if (said.kind != Node::Kind::list) return {&said};
  std::vector<const Node*> all;
  for (const Node& one : said.children) all.push_back(&one);
  return all;
}

// The connection that all roles of the realm name; null, and the error is noted, when there is none such.
const S* connection_of(const Node& realm, const std::string& where, const Connections& connections, Reading& reading) {
  const S* found = nullptr;
  for (const Node& role : realm.children) {
    const std::string name = reading.join(where, role.key);
    for (const Node* said : names_in(role)) {
      const auto known = said->kind == Node::Kind::text ? connections.find(said->text) : connections.end();
      if (known == connections.end()) {
        reading.error(said->place, name + " = " + said->show() + ": there is no such connection");
        return nullptr;
      }
      if (found != nullptr && found != &known->second) {
        reading.error(said->place, name + " = " + said->show() + ": the realm has another connection already; wants " +
                                       "one connection for all roles of a realm");
        return nullptr;
      }
      found = &known->second;
    }
  }
  if (found == nullptr) reading.error(realm.place, where + ": wants roles, each with a connection");
  return found;
}

}  // namespace

std::vector<S> read_backends(const Node& item, const std::string& where, Reading& reading) {
  std::vector<S> backends;
  const Node* list = item.find("backends");
  if (list == nullptr) return backends;
  const std::string name = reading.join(where, "backends");
  if (list->kind != Node::Kind::list) {
    reading.misfit(*list, name, "a list of tables");
    return backends;
  }
  for (std::size_t at = 0; at < list->children.size(); ++at)
    if (auto backend = read_backend(list->children[at], reading.join(name, at), reading))
      backends.push_back(std::move(*backend));
  return backends;
}

std::vector<S> read_routes(const Node& worker, const std::string& where, Reading& reading) {
  const Connections connections = read_connections(worker, where, reading);
  std::vector<S> backends;
  const Node* routes = worker.find("routes");
  if (routes == nullptr) return backends;
  const std::string name = reading.join(where, "routes");
  if (routes->kind != Node::Kind::table) {
    reading.misfit(*routes, name, "a table");
    return backends;
  }
  for (const Node& realm : routes->children) {
    const std::string path = reading.join(name, realm.key);
    if (realm.kind != Node::Kind::table) {
      reading.misfit(realm, path, "a table of roles and connections");
      continue;
    }
    const S* connection = connection_of(realm, path, connections, reading);
    if (connection == nullptr) continue;
    backends.push_back(*connection);
    backends.back().realm = realm.key;
  }
  return backends;
}

SerializerSet read_serializers(const Node& list, const std::string& where, Reading& reading) {
  SerializerSet set;
  const std::size_t errors = reading.errors().size();
  if (list.kind != Node::Kind::list) {
    reading.misfit(list, where, std::string("a list of ") + kSerializerForms);
    return set;
  }
  for (std::size_t at = 0; at < list.children.size(); ++at) {
    const Node& one = list.children[at];
    const auto serializer = one.kind == Node::Kind::text ? serializer_named(one.text) : std::nullopt;
    if (serializer) {
      set.add(*serializer);
    } else if (one.kind == Node::Kind::text && is_foreign_serializer(one.text)) {
      reading.warn(one.place, reading.join(where, at) + ": the router does not speak " + one.text + ": left out");
    } else {
      reading.misfit(one, reading.join(where, at), std::string("one of the ") + kSerializerForms);
    }
  }
  if (set.is_empty() && reading.errors().size() == errors)
    reading.error(list.place, where + " = " + list.show() + ": none of them is left; wants " + kSerializerForms);
  return set;
}

bool read_socket_url(const std::string& url, std::string& host, std::string& path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSchemes{
      std::pair{"ws://", "http://"}, {"wss://", "https://"}, {"rs://", "http://"}, {"rss://", "https://"}};
  for (const auto& [theirs, ours] : kSchemes) {
    if (!url.starts_with(theirs)) continue;
    const std::string rest = url.substr(theirs.size());
    const auto read = read_member_url(std::string(ours) + rest);
    if (!read) return false;
    host = rest.substr(0, rest.find('/'));
    const auto slash = rest.find('/');
    path = slash == std::string::npos ? "/" : rest.substr(slash);
    return true;
  }
  return false;
}

}  // namespace zeroway::crossbar
