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

// Texts of a site, of which the sum of each of its places is made.
using Texts = std::vector<std::string>;

template <class Names>
void add_tables(const Node& tree, const Names& names, Texts& texts) {
  for (const char* name : names) {
    const Node* table = tree.find(name);
    if (table == nullptr) continue;
    texts.emplace_back(name);
    texts.push_back(json_of(sorted(*table)));
  }
}

void add_site(Node site, Texts& texts) {
  std::erase_if(site.children, [](const Node& child) {
    return std::find(kOfOneRouter.begin(), kOfOneRouter.end(), child.key) != kOfOneRouter.end();
  });
  texts.push_back(json_of(sorted(std::move(site))));
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

// Empty when `site` was read of no transport there.
Texts texts_of_transport(const Node& tree, const SiteSettings& site) {
  const Node* worker = child_at(tree, "workers", site.located.where);
  if (worker == nullptr) worker = &tree;
  const Node* transport = child_at(*worker, "transports", site.located.where);
  Texts texts;
  if (transport == nullptr) return texts;
  add_tables(*worker, kForAllTransports, texts);
  add_site(*transport, texts);
  return texts;
}

// --- all sites

// `at`: which site it is in FileSettings; the sites of our own notation come first there, in the order of the file.
Texts texts_of(const SiteSettings& site, std::size_t at, const Node& tree) {
  const Node* sites = tree.find("sites");
  if (sites == nullptr) return texts_of_transport(tree, site);
  Texts texts;
  if (at < sites->children.size()) add_site(sites->children[at], texts);
  return texts;
}

Sum begun_sum(const Node& tree) {
  Texts texts;
  add_tables(tree, kForAllSites, texts);
  Sum sum;
  for (const std::string& text : texts) sum.add(text);
  return sum;
}

bool is_shared(const SiteSettings& site) { return site.listen_terms.shared; }

}  // namespace

PortFingerprints port_fingerprints(const Node& tree, const FileSettings& file) {
  if (std::none_of(file.sites.begin(), file.sites.end(), is_shared)) return {};
  const Sum begun = begun_sum(tree);
  std::map<std::string, Sum> sums;
  for (std::size_t at = 0; at < file.sites.size(); ++at) {
    const SiteSettings& site = file.sites[at];
    if (!is_shared(site)) continue;
    const Texts texts = texts_of(site, at, tree);
    for (const ListenAddress& listen : site.listen) {
      Sum& sum = sums.try_emplace(to_text(listen), begun).first->second;
      for (const std::string& text : texts) sum.add(text);
    }
  }
  PortFingerprints all;
  for (const auto& [place, sum] : sums) all.emplace(place, sum.value());
  return all;
}

}  // namespace zeroway
