// The reply to /setup?token=TOKEN[&path=PATH]: the cookie of a permit, and the address of the circuit to go on to.
//
//     /setup of a site                        the circuit that the token names ──▶ /SESSION/SERVICE/PATH
//     /setup of a host SERVICE-SESSION.DOMAIN the host's circuit, which the token must name ──▶ /PATH
//
// Owner: nobody; free functions.   Thread: one loop.
// A circuit for TCP is not for browsers: it is told as JSON. No reply leads to another host. Not here: what a token
// says (router/exchange/permit_desk.h).
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "router/exchange/permit_desk.h"
#include "router/exchange/plan_in_use.h"

namespace zeroway {

struct SetupContext {
  PermitDesk& desk;
  std::chrono::seconds now;  // since 1970
  bool is_secure = false;    // the request came over TLS
  std::string_view date;     // the field's value
};

// Whether a request at a circuit's own host is one for a permit: the circuit's paths are its worker's, so only a GET
// with a token is.
[[nodiscard]] bool asks_for_permit(const Head& request);
// Fills `head` and returns the content. `answer`: of a route with OwnAnswer::setup. The error is the client's.
[[nodiscard]] Result<std::string> write_setup_reply(const Answer& answer, const Head& request,
                                                    const SetupContext& context, Head& head);
// Where a permit sends its client on to: `said`, which a client has sent, as a path below `prefix` of the same host.
[[nodiscard]] Result<std::string> place_below(std::string_view prefix, std::string_view said);

}  // namespace zeroway
