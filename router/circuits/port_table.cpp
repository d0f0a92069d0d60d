#include "router/circuits/port_table.h"

#include "router/route/text_hash.h"

namespace zeroway {

std::uint16_t PortTable::take(const std::string& path, std::uint16_t asked, const Bind& bind) {
  give_back(path);
  if (asked != 0) return range_.contains(asked) && claim(path, asked, bind) ? asked : std::uint16_t{0};
  if (used() == range_.size()) return 0;
  const std::size_t first = text_hash(path) % range_.size();
  for (std::size_t step = 0; step < range_.size(); ++step) {
    const auto port = static_cast<std::uint16_t>(range_.first + (first + step) % range_.size());
    if (claim(path, port, bind)) return port;
  }
  return 0;
}

bool PortTable::claim(const std::string& path, std::uint16_t port, const Bind& bind) {
  if (paths_.contains(port) || !bind(port)) return false;
  paths_[port] = path;
  ports_[path] = port;
  return true;
}

void PortTable::give_back(std::string_view path) {
  const auto found = ports_.find(path);
  if (found == ports_.end()) return;
  paths_.erase(found->second);
  ports_.erase(found);
}

std::uint16_t PortTable::port_of(std::string_view path) const {
  const auto found = ports_.find(path);
  return found == ports_.end() ? std::uint16_t{0} : found->second;
}

const std::string& PortTable::path_of(std::uint16_t port) const {
  static const std::string kNone;
  const auto found = paths_.find(port);
  return found == paths_.end() ? kNone : found->second;
}

}  // namespace zeroway
