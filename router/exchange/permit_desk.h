// Who reads the token that a browser brings to /setup, and makes the permit that the browser keeps in its place.
//
// Owner: the lane's gate implements it (router/access/permits.h).   Thread: one loop.
// Not here: the reply with the cookie (exchange/setup_reply.h).
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/plan/permit_rule.h"

namespace zeroway {

// What a token is good for.
struct PermitTicket {
  std::string circuit;            // CircuitGuard::name() of the one that it is for
  std::chrono::seconds until{0};  // when a permit that is made of it ends, since 1970
};

class PermitDesk {
 public:
  virtual ~PermitDesk() = default;
  // The error is the client's; its detail is for the log.
  [[nodiscard]] virtual Result<PermitTicket> read(std::string_view token, const PermitRule& rule) = 0;
  // The value of the cookie, of the letters that RFC 6265 §4.1.1 allows.
  [[nodiscard]] virtual std::string permit(const CircuitGuard& guard, std::chrono::seconds until) = 0;
};

}  // namespace zeroway
