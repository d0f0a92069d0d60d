#include "registrations.h"

#include <algorithm>

namespace wamp {

namespace {

bool may_share(const Registration& known, Id session, Invoke invoke) {
  return invoke != Invoke::single && invoke == known.invoke &&
         std::find(known.callees.begin(), known.callees.end(), session) == known.callees.end();
}

}  // namespace

std::optional<Invoke> read_invoke(std::string_view word) {
  if (word == "single") return Invoke::single;
  if (word == "first") return Invoke::first;
  if (word == "last") return Invoke::last;
  return word == "roundrobin" ? std::optional(Invoke::roundrobin) : std::nullopt;
}

const Registration* Registrations::add(Id session, Match match, std::string_view procedure, Invoke invoke) {
  Registration** const known = table_.find(match, procedure);
  if (known != nullptr && !may_share(**known, session, invoke)) return nullptr;
  Registration* registration = known == nullptr ? nullptr : *known;
  if (registration == nullptr) {
    auto fresh = std::make_unique<Registration>(Registration{++last_id_, match, std::string(procedure), invoke});
    registration = fresh.get();
    table_.put(match, procedure, registration);
    by_id_.emplace(registration->id, std::move(fresh));
  }
  registration->callees.push_back(session);
  owned_.add(session, registration->id);
  return registration;
}

bool Registrations::remove(Id session, Id registration) {
  if (!owned_.has(session, registration)) return false;
  owned_.remove(session, registration);
  forget(session, *by_id_.at(registration));
  return true;
}

void Registrations::leave(Id session) {
  for (const Id id : owned_.take(session)) forget(session, *by_id_.at(id));
}

const Registration* Registrations::find(std::string_view procedure) {
  Registration** const found = table_.best_match(procedure);
  return found == nullptr ? nullptr : *found;
}

Id Registrations::next_callee(Id registration) {
  Registration& chosen = *by_id_.at(registration);
  if (chosen.invoke == Invoke::last) return chosen.callees.back();
  if (chosen.invoke != Invoke::roundrobin) return chosen.callees.front();
  return chosen.callees[chosen.next++ % chosen.callees.size()];
}

void Registrations::forget(Id session, Registration& registration) {
  std::erase(registration.callees, session);
  if (!registration.callees.empty()) return;
  table_.erase(registration.match, registration.procedure);
  by_id_.erase(registration.id);
}

}  // namespace wamp
