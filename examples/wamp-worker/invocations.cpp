#include "invocations.h"

namespace wamp {

void Invocations::add(const Invocation& invocation) {
  calls_.emplace(invocation.call, invocation);
  asked_.emplace(invocation.asked, invocation.call);
  ++counts_[invocation.call.session];
  if (invocation.deadline) deadlines_.emplace(*invocation.deadline, invocation.call);
}

Invocation* Invocations::find_call(const RequestKey& call) {
  const auto at = calls_.find(call);
  return at == calls_.end() ? nullptr : &at->second;
}

Invocation* Invocations::find_asked(const RequestKey& asked) {
  const auto at = asked_.find(asked);
  return at == asked_.end() ? nullptr : find_call(at->second);
}

Invocation Invocations::remove(const Invocation& invocation) {
  const Invocation gone = invocation;  // it may be the one in the map
  calls_.erase(gone.call);
  asked_.erase(gone.asked);
  if (gone.deadline) deadlines_.erase({*gone.deadline, gone.call});
  const auto count = counts_.find(gone.call.session);
  if (--count->second == 0) counts_.erase(count);
  return gone;
}

std::size_t Invocations::calls_of(Id caller) const {
  const auto at = counts_.find(caller);
  return at == counts_.end() ? 0 : at->second;
}

std::vector<Invocation> Invocations::called_by(Id session) const {
  std::vector<Invocation> found;
  for (auto at = calls_.lower_bound({session, 0}); at != calls_.end() && at->first.session == session; ++at)
    found.push_back(at->second);
  return found;
}

std::vector<Invocation> Invocations::asked_of(Id session) const {
  std::vector<Invocation> found;
  for (auto at = asked_.lower_bound({session, 0}); at != asked_.end() && at->first.session == session; ++at)
    found.push_back(calls_.at(at->second));
  return found;
}

std::vector<Invocation> Invocations::due(Time now) const {
  std::vector<Invocation> found;
  for (auto at = deadlines_.begin(); at != deadlines_.end() && at->first <= now; ++at)
    found.push_back(calls_.at(at->second));
  return found;
}

std::optional<Time> Invocations::next_deadline() const {
  return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
}

}  // namespace wamp
