// The management listener, and a TCP service, as a site like any other: TLS, networks and access log are what they are
// elsewhere.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: what the site answers (router/admin).
#pragma once
#include "router/settings/sites.h"

namespace zeroway {

[[nodiscard]] SiteSettings site_of(const ManagementSettings& management);
// It has one pool and one route for its servers; none when workers answer.
[[nodiscard]] SiteSettings site_of(const TcpSettings& service);

}  // namespace zeroway
