#include "router/settings/crossbar/node_file.h"

#include <string>

#include "router/settings/crossbar/keys_of.h"
#include "router/settings/crossbar/realm_backends.h"
#include "router/settings/crossbar/transport.h"

namespace zeroway::crossbar {

namespace {

constexpr const char* kProxy = "proxy";

struct Worker {};
struct NodeFile {};

template <class S>
Fit take_list(S&, const Value& value) {
  return value.node.kind == Node::Kind::list ? Fit::yes : Fit::no;
}

Fit skip_options(Worker&, const Value& value) {
  if (value.node.kind != Node::Kind::table) return Fit::no;
  if (!value.node.children.empty())
    value.reading.without_effect(value.node.place, value.where, "they are about Crossbar.io's processes");
  return Fit::yes;
}

void describe_worker(Keys<Worker>& keys) {
  describe_item(keys)
      .other("transports", "[{…}, …]", "a list of tables", "", "", "Where clients connect", take_list<Worker>)
      .other("backends", "[{…}, …]", "a list of tables", "", "", "Routers of WAMP", leave<Worker>)
      .other("connections", "{…}", "a table", "", "", "Routers of WAMP, by name", leave<Worker>)
      .other("routes", "{…}", "a table", "", "", "Connections of realms", leave<Worker>)
      .other("options", "{…}", "a table", "", "", "Of Crossbar.io's process", skip_options);
}

void describe_node(Keys<NodeFile>& keys) {
  keys.other("version", "N", "2", "", "", "Of the notation",
             [](NodeFile&, const Value& value) {
               return value.node.kind == Node::Kind::number && value.node.number == 2 ? Fit::yes : Fit::no;
             })
      .other("workers", "[{…}, …]", "a list of tables", "", "", "The workers", take_list<NodeFile>)
      .required()
      .idle("$schema", "the keys are checked all the same")
      .idle("controller", "the router has no controller");
}

std::vector<WampBackendSettings> backends_of(const Node& worker, const std::string& where, Reading& reading) {
  std::vector<WampBackendSettings> backends = read_backends(worker, where, reading);
  for (WampBackendSettings& one : read_routes(worker, where, reading)) backends.push_back(std::move(one));
  return backends;
}

void read_worker(const Node& worker, const std::string& where, Settings& settings, Reading& reading) {
  Worker none;
  read_into(none, worker, where, reading, describe_worker);
  const std::vector<WampBackendSettings> backends = backends_of(worker, where, reading);
  const std::string name = reading.join(where, "transports");
  const Node* transports = worker.find("transports");
  if (transports == nullptr) return reading.error(worker.place, name + " is missing: wants a list of tables");
  if (transports->kind != Node::Kind::list) return;
  for (std::size_t at = 0; at < transports->children.size(); ++at)
    read_transport({transports->children[at], reading.join(name, at), backends, settings, reading});
}

void tell_others(const Node& workers, const std::string& others, Reading& reading) {
  if (others.empty()) return;
  reading.warn(workers.place, "workers that are not of type proxy are not the router's: " + others);
}

void read_workers(const Node& workers, Settings& settings, Reading& reading) {
  std::string others;
  bool has_proxy = false;
  for (std::size_t at = 0; at < workers.children.size(); ++at) {
    const Node& worker = workers.children[at];
    const std::string where = reading.join("/workers", at);
    const std::string type = type_of(worker, where, reading);
    if (type == kProxy) {
      has_proxy = true;
      read_worker(worker, where, settings, reading);
    } else if (!type.empty()) {
      others += (others.empty() ? "" : ", ") + where + " (" + type + ")";
    }
  }
  if (!has_proxy && !reading.has_errors())
    reading.error(workers.place, "/workers: wants at least one worker of type proxy");
  tell_others(workers, others, reading);
}

}  // namespace

bool is_node_file(const Node& tree) {
  return tree.kind == Node::Kind::table && (tree.find("workers") != nullptr || tree.find("type") != nullptr);
}

void read_node_file(const Node& tree, Settings& settings, Reading& reading) {
  if (tree.find("workers") == nullptr) {
    if (type_of(tree, "", reading) == kProxy) return read_worker(tree, "", settings, reading);
    if (!reading.has_errors()) reading.misfit(*tree.find("type"), "/type", "proxy");
    return;
  }
  NodeFile none;
  read_into(none, tree, "", reading, describe_node);
  const Node* workers = tree.find("workers");
  if (workers->kind == Node::Kind::list) read_workers(*workers, settings, reading);
}

}  // namespace zeroway::crossbar
