// The management listener as a site like any other: its TLS, its networks and its access log are what they are
// elsewhere.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: what the site answers (router/admin).
#pragma once
#include "router/settings/sites.h"

namespace zeroway {

[[nodiscard]] SiteSettings site_of(const ManagementSettings& management);

}  // namespace zeroway
