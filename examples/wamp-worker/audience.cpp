#include "audience.h"

#include <algorithm>

#include "message.h"

namespace wamp {

namespace {

template <class T>
bool has(const std::vector<T>& sorted, const T& one) {
  return std::binary_search(sorted.begin(), sorted.end(), one);
}

// A list that is absent excludes nobody, and makes everybody eligible.
template <class T>
bool passes(const std::optional<std::vector<T>>& excluded, const std::optional<std::vector<T>>& eligible,
            const T& one) {
  return !(excluded && has(*excluded, one)) && (!eligible || has(*eligible, one));
}

}  // namespace

Audience::Audience(Id publisher, const Value& options)
    : left_out_(flag(options, "exclude_me", true) ? publisher : 0),
      excluded_(ids(options, "exclude")),
      eligible_(ids(options, "eligible")),
      excluded_authids_(words(options, "exclude_authid")),
      eligible_authids_(words(options, "eligible_authid")),
      excluded_authroles_(words(options, "exclude_authrole")),
      eligible_authroles_(words(options, "eligible_authrole")) {}

std::vector<Id> Audience::choose(const std::set<Id>& subscribers, const Sessions& sessions) const {
  std::vector<Id> chosen;
  chosen.reserve(subscribers.size());
  for (const Id id : subscribers)
    if (id != left_out_ && takes(sessions.at(id))) chosen.push_back(id);
  return chosen;
}

bool Audience::takes(const Session& session) const {
  return passes(excluded_, eligible_, session.id) && passes(excluded_authids_, eligible_authids_, session.authid) &&
         passes(excluded_authroles_, eligible_authroles_, session.authrole);
}

}  // namespace wamp
