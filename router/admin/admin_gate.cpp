#include "router/admin/admin_gate.h"

#include <algorithm>

#include "proto/ascii.h"
#include "router/access/secret_hash.h"
#include "router/admin/limits.h"
#include "router/route/ip_address.h"

namespace zeroway {

namespace {

// Without the port; "[::1]:6040" is "::1".
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    return end == std::string_view::npos ? std::string_view() : authority.substr(1, end - 1);
  }
  return authority.substr(0, authority.find(':'));
}

bool is_loopback(std::string_view address) {
  return address.empty() || address == "::1" || address.starts_with("127.") || address.starts_with("::ffff:127.");
}

AdminReply unauthorized(std::string_view detail) {
  AdminReply reply = admin_error(401, detail);
  reply.fields.emplace_back("www-authenticate", "Bearer realm=\"management\"");
  return reply;
}

}  // namespace

std::optional<AdminReply> AdminGate::refusal(const AdminRequest& request, Time now) {
  if (!knows_host(request.host))
    return admin_error(421, "Host must be an address, localhost or one of [management] hostnames");
  bool has_token = false;
  if (!request.token.empty() && !spec_.token.empty()) {
    Tries& tries = tries_of(request.address, now);
    if (tries.wrong >= kMostFailedTries)
      return admin_error(429, "too many wrong tokens came from this address: wait a minute");
    has_token = is_same_secret(request.token, spec_.token);
    if (!has_token) {
      ++tries.wrong;
      return unauthorized("the token is wrong");
    }
  }
  if (request.is_reading()) {
    if (may_read(request, has_token)) return std::nullopt;
    return unauthorized(
        "from another machine the token is needed: Authorization: Bearer, X-API-Key or X-BackendAI-Token");
  }
  if (spec_.token.empty())
    return admin_error(403, "nothing may be changed: the router has no token (--manage-token-file, or api_key)");
  if (!has_token)
    return unauthorized("a change needs the token: Authorization: Bearer, X-API-Key or X-BackendAI-Token");
  return std::nullopt;
}

bool AdminGate::knows_host(std::string_view authority) const {
  std::string host(host_of(authority));
  std::transform(host.begin(), host.end(), host.begin(), to_lower);
  if (host == "localhost" || read_ip_address(host)) return true;
  return std::find(spec_.hostnames.begin(), spec_.hostnames.end(), host) != spec_.hostnames.end();
}

bool AdminGate::may_read(const AdminRequest& request, bool has_token) const {
  return has_token || request.has_certificate || is_loopback(request.address);
}

// Bounded: an attacker with many addresses pushes out the oldest tries only.
AdminGate::Tries& AdminGate::tries_of(const std::string& address, Time now) {
  Tries& tries = tries_[address];
  if (now - tries.since >= kFailedTriesTime) tries = {now, 0};
  if (tries_.size() <= kMostTriers) return tries;
  auto oldest = tries_.end();
  for (auto at = tries_.begin(); at != tries_.end(); ++at) {
    if (at->first == address) continue;
    if (oldest == tries_.end() || at->second.since < oldest->second.since) oldest = at;
  }
  tries_.erase(oldest);
  return tries;
}

}  // namespace zeroway
