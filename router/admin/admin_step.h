// What is to be done for a request to the management listener.
//
// Owner: AdminBackend; values.   Thread: one loop.
// Not here: which request wants which step (admin/admin_api.h).
#pragma once
#include <cstdint>
#include <string>
#include <variant>

#include "router/admin/admin_request.h"
#include "router/admin/desk.h"

namespace zeroway {

// Makes the reply from what the router knows.
using WriteReply = AdminReply (*)(const AdminRequest& request, const Census& census);

struct Ask {
  WriteReply write;
  CensusQuestion question{};
};

// The reply has no end: events above this id are sent as they happen.
struct Watch {
  std::uint64_t after = 0;
};

// The body may be large, or must be checked with files: it is read on a thread that is no loop. The result is the
// change to ask for, or the reply that says what is wrong.
struct ReadAside {
  std::variant<AdminReply, Change> (*read)(const AdminRequest& request, const std::string& name);
  std::string name;  // in the path
};

// Answer at once, ask the loops first, ask for a change, read a change first, or send events.
using AdminStep = std::variant<AdminReply, Ask, Change, ReadAside, Watch>;

}  // namespace zeroway
