#include "realms.h"

#include <algorithm>

namespace wamp {

Realms::Realms(const std::vector<std::string>& names, IdSource new_id) : new_id_(std::move(new_id)) {
  for (const std::string& name : names) realms_.try_emplace(name, switchboard_, new_id_);
}

Realm* Realms::find(std::string_view name) {
  const auto at = realms_.find(name);
  return at == realms_.end() ? nullptr : &at->second;
}

Id Realms::connect(Transport& transport) {
  Id id = new_id_();
  while (!switchboard_.add(id, transport)) id = new_id_();
  return id;
}

void Realms::expire(Time now) {
  hello_wait_.expire(now);
  for (auto& [name, realm] : realms_) realm.expire(now);
}

std::optional<Time> Realms::next_deadline() const {
  std::optional<Time> first = hello_wait_.next_deadline();
  for (const auto& [name, realm] : realms_)
    if (const auto one = realm.next_deadline()) first = first ? std::min(*first, *one) : *one;
  return first;
}

}  // namespace wamp
