// What all parts of one loop's fabric share: the operator's wishes, the wire, the time, and the workers.
//
// Owner: Fabric.   Thread: one loop.
// Not here: the streams (router/fabric/streams.h); any decision.
#pragma once
#include <functional>

#include "router/fabric/roster.h"
#include "router/fabric/wire.h"
#include "router/observe/complaints.h"
#include "router/observe/counters.h"
#include "router/observe/events.h"
#include "router/observe/time.h"
#include "router/settings/settings.h"

namespace zeroway {

struct FabricContext {
  const FabricSettings& settings;
  Wire& wire;
  Counters& counters;
  std::function<void()> wants_turn_end;  // something is to be sent or placed at the end of this turn
  Time now{};
  Roster roster{};
  Complaints complaints{};   // about peers
  Complaints leave_log{};    // workers that leave, are gone, are silent, or are back
  bool tells_events = true;  // every worker is connected to all loops, and one loop tells of it

  void tell(Event::Kind kind, const Worker& worker, std::string_view text) const {
    if (tells_events) tell_event(kind, worker.hello.name, text);
  }
};

}  // namespace zeroway
