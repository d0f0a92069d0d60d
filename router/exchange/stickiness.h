// Keeps a client with one member of its route's backend: what the request says of the member, and the cookie of the
// reply.
//
//     request ── cookie of ours, address or field ──▶ Affinity ──▶ the backend picks
//     reply   ◀── Set-Cookie, unless the request named who answered ◀── accepted
//
// Owner: an exchange whose route has a rule; one for a request.   Thread: one loop.
// A cookie that cannot be read is no cookie, and is replaced. Not here: who is picked (router/fabric/placement.h,
// router/backends/servers_backend.h), how the cookie is made unreadable (exchange/member_seal.h).
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "proto/head.h"
#include "router/exchange/backend.h"
#include "router/exchange/member_seal.h"
#include "router/plan/sticky_rule.h"

namespace zeroway {

// Where the cookie of a reply is good.
struct CookiePlace {
  std::string path;        // of the client's URL
  bool is_secure = false;  // only over TLS, as its request came
};

class Stickiness {
 public:
  // `rule` and `seal` outlive this.
  Stickiness(const StickyRule& rule, MemberSeal& seal, CookiePlace place)
      : rule_(rule), seal_(seal), place_(std::move(place)) {}

  // `address`: the client's.
  void read(const Head& request, std::string_view address);

  [[nodiscard]] const Affinity& affinity() const { return affinity_; }
  // Who has the request now; "" = somebody to whom no client can be bound.
  void accepted(std::string_view identity) { answerer_ = identity; }
  // Adds the cookie to the reply's head, if the client needs one.
  void tell(Head& reply) const;

 private:
  [[nodiscard]] bool is_known() const;

  const StickyRule& rule_;
  MemberSeal& seal_;
  const CookiePlace place_;
  Affinity affinity_;
  std::string answerer_;
};

}  // namespace zeroway
