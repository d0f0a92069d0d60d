// What a realm knows of one client that has joined it.
//
// Owner: Realm.   Thread: the worker's.
// Not here: the client's connection (conversation.h, transport.h).
#pragma once
#include <string>

#include "value.h"

namespace wamp {

struct Session {
  Id id = 0;
  std::string authid, authrole;   // told to others when this client wants to be disclosed
  bool takes_progress = false;    // as a callee it can send results piece by piece
  bool takes_interrupts = false;  // as a callee it can be told that a call is cancelled
  Id last_invocation = 0;         // the id of the last request to this client
};

// Says who `session` is in the details of a message to somebody else: `role` is "caller" or "publisher".
inline void disclose(const Session& session, const std::string& role, Value& details) {
  details[role] = session.id;
  details[role + "_authid"] = session.authid;
  details[role + "_authrole"] = session.authrole;
}

}  // namespace wamp
