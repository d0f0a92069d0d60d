// Who may ask the management listener, and who may change something.
//
//     Host is no address, localhost or configured name ─▶ 421 (a page of another origin, by DNS rebinding)
//     reads from this machine, or with the token, or a client certificate ─▶ yes
//     changes: the token, in a field that no other origin's page can set ─▶ yes, else 401; too many wrong ones ─▶ 429
//
// Owner: AdminBackend, one per loop.   Thread: that loop.
// Pure: it is told the time. Not here: networks (the site's allow and deny, router/access).
#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "router/admin/admin_request.h"
#include "router/observe/time.h"
#include "router/plan/admin_spec.h"

namespace zeroway {

class AdminGate {
 public:
  explicit AdminGate(AdminSpec spec) : spec_(std::move(spec)) {}

  // The reply to a request that may not go on; nothing when it may.
  [[nodiscard]] std::optional<AdminReply> refusal(const AdminRequest& request, Time now);

 private:
  struct Tries {
    Time since{};
    std::size_t wrong = 0;
  };

  [[nodiscard]] bool knows_host(std::string_view host) const;
  [[nodiscard]] bool may_read(const AdminRequest& request, bool has_token) const;
  [[nodiscard]] Tries& tries_of(const std::string& address, Time now);

  const AdminSpec spec_;
  std::map<std::string, Tries> tries_;
};

}  // namespace zeroway
