#include "router/settings/port_fingerprints.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "router/settings/node_json.h"

namespace zeroway {

namespace {

// Tables that sites begin with. All other ones are about the process.
constexpr std::array kForAllSites{"acme", "limits", "requests", "security", "server", "sessions", "tls", "websocket"};
// Of a site, or of a transport of a node file.
constexpr std::array kOfOneRouter{"id", "log", "name"};
// Of a worker of a node file, besides its transports.
constexpr std::array kForAllTransports{"backends", "connections", "routes"};

// FNV-1a: the same number in every build.
class Sum {
 public:
  void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    add_byte(0xff);  // no text of UTF-8 has it
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  void add_byte(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3; }

  std::uint64_t value_ = 0xcbf29ce484222325;
};

Node sorted(Node node) {
  for (Node& child : node.children) child = sorted(std::move(child));
  if (node.kind == Node::Kind::table)
    std::sort(node.children.begin(), node.children.end(),
              [](const Node& one, const Node& other) { return one.key < other.key; });
  return node;
}

template <class Names>
void add_tables(Sum& sum, const Node& tree, const Names& names) {
  for (const char* name : names) {
    const Node* table = tree.find(name);
    if (table == nullptr) continue;
    sum.add(name);
    sum.add(json_of(sorted(*table)));
  }
}

void add_site(Sum& sum, Node site) {
  std::erase_if(site.children, [](const Node& child) {
    return std::find(kOfOneRouter.begin(), kOfOneRouter.end(), child.key) != kOfOneRouter.end();
  });
  sum.add(json_of(sorted(std::move(site))));
}

// --- our own notation

// The tables of all sites and services, in the order in which FileSettings has them.
std::vector<const Node*> tables_in(const Node& tree, const char* name) {
  std::vector<const Node*> all;
  if (const Node* list = tree.find(name))
    for (const Node& one : list->children) all.push_back(&one);
  return all;
}

// --- a node file of Crossbar.io

// The child of a list that a JSON pointer names: "/transports/NUMBER" behind `key`. Null = there is none.
const Node* child_at(const Node& node, std::string_view key, std::string_view pointer) {
  const std::string prefix = "/" + std::string(key) + "/";
  const auto at = pointer.find(prefix);
  const Node* list = node.find(key);
  if (at == std::string_view::npos || list == nullptr) return nullptr;
  const std::size_t index = std::strtoul(std::string(pointer.substr(at + prefix.size())).c_str(), nullptr, 10);
  return index < list->children.size() ? &list->children[index] : nullptr;
}

// Whether `site` was read of a transport there.
bool add_transport(Sum& sum, const Node& tree, const SiteSettings& site) {
  const Node* worker = child_at(tree, "workers", site.located.where);
  if (worker == nullptr) worker = &tree;
  const Node* transport = child_at(*worker, "transports", site.located.where);
  if (transport == nullptr) return false;
  add_tables(sum, *worker, kForAllTransports);
  add_site(sum, *transport);
  return true;
}

class Fingerprints {
 public:
  explicit Fingerprints(const Node& tree) : tree_(tree) {}

  // `table`: the site's in our own notation; null = it is a transport of a node file.
  void add(const SiteSettings& site, const Node* table) {
    for (const ListenAddress& listen : site.listen) {
      Sum& sum = sums_.try_emplace(to_text(listen), begun()).first->second;
      if (table != nullptr) {
        add_site(sum, *table);
      } else if (!add_transport(sum, tree_, site)) {
        sums_.erase(to_text(listen));
      }
    }
  }
  [[nodiscard]] PortFingerprints all() const {
    PortFingerprints all;
    for (const auto& [place, sum] : sums_) all.emplace(place, sum.value());
    return all;
  }

 private:
  [[nodiscard]] Sum begun() const {
    Sum sum;
    add_tables(sum, tree_, kForAllSites);
    return sum;
  }

  const Node& tree_;
  std::map<std::string, Sum> sums_;
};

}  // namespace

PortFingerprints port_fingerprints(const Node& tree, const FileSettings& file) {
  Fingerprints fingerprints(tree);
  std::vector<const Node*> sites = tables_in(tree, "sites");
  if (const Node* app_proxy = tree.find("app_proxy")) sites.push_back(app_proxy);  // its site is the last one
  for (std::size_t at = 0; at < file.sites.size(); ++at)
    fingerprints.add(file.sites[at], at < sites.size() ? sites[at] : nullptr);
  const std::vector<const Node*> services = tables_in(tree, "tcp");
  for (std::size_t at = 0; at < file.tcp.size() && at < services.size(); ++at)
    fingerprints.add(file.tcp[at].site, services[at]);
  return fingerprints.all();
}

}  // namespace zeroway
