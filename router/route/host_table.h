// What belongs to a host: exact names, "*.example.com" for every name below it, and a default.
//
// Owner: whoever has hosts to tell apart.   Thread: any, once it is built; add() is for one thread.
// An exact name beats a wildcard, a longer wildcard beats a shorter one, and any beats the default. Case, the port and
// the root's dot make no difference.
// Not here: paths (route/path_table.h); what a host's name may hold (router/settings/).
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "router/route/by_text.h"
#include "router/route/host_name.h"

namespace zeroway {

template <class T>
class HostTable {
 public:
  struct Added {
    T& value;     // of this name now; good as long as the table
    bool is_new;  // no: the name had this value before, and nothing changed
  };
  // "" and "*" are the default.
  Added add(std::string_view name, T value) {
    const HostName plain(name == "*" ? "" : name);
    std::string key(plain.text());
    if (key.starts_with("*.")) key.erase(0, 1);
    const auto [at, is_new] = values_.try_emplace(std::move(key), std::move(value));
    return {at->second, is_new};
  }

  // The best match for an authority as in :authority; nullptr when there is none and no default. No allocation.
  [[nodiscard]] const T* find(std::string_view authority) const {
    const T* named = find_named(authority);
    return named != nullptr ? named : find_default();
  }
  // The same without the default.
  [[nodiscard]] const T* find_named(std::string_view authority) const {
    const HostName name(authority);
    const std::string_view host = name.text();
    if (host.empty() || host.starts_with('.')) return nullptr;
    const T* found = at(host);
    for (std::size_t dot = host.find('.'); found == nullptr && dot != std::string_view::npos;
         dot = host.find('.', dot + 1)) {
      found = at(host.substr(dot));
    }
    return found;
  }
  [[nodiscard]] const T* find_default() const { return at(""); }
  // Calls `visit` with the value of each name, in no order.
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [name, value] : values_) visit(value);
  }
  [[nodiscard]] bool is_empty() const { return values_.empty(); }

 private:
  [[nodiscard]] const T* at(std::string_view key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }

  ByText<T> values_;  // "" = the default; "*.example.com" is held as ".example.com"
};

}  // namespace zeroway
