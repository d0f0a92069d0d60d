// Circuits: services of sessions, at /SESSION/SERVICE/ of a site.
//
// Owner: settings; a value.   Thread: any.
// Not here: what workers say of themselves (proto/control.h: AppName).
#pragma once
#include <string>
#include <vector>

#include "router/settings/file_place.h"
#include "router/settings/port_range.h"
#include "router/settings/sticky_settings.h"

namespace zeroway {

// Who may use the services that do not say it themselves, and how clients show that they may use a service.
struct PermitSettings {
  bool open_to_public = true;
  std::vector<std::string> allowed_client_ips;  // networks; none = all
  std::string jwt_secret_file;                  // of tokens (HS256); "" = no token is right
  std::string permit_key_file;                  // of the cookies; "" = the router's own secret
  Millis permit_lifetime{7 * 24 * 3'600'000L};
  SameSite same_site = SameSite::lax;
  bool forward_token = false;  // the service gets the token by which a request passed

  bool operator==(const PermitSettings&) const = default;
};

struct SessionSettings {
  Located located;
  bool enabled = false;
  bool strip_prefix = true;          // backends do not see /SESSION/SERVICE
  bool rewrite_location = false;     // Location of replies gets the prefix again
  bool rewrite_cookie_path = false;  // so does the Path of cookies
  StickySettings sticky{};
  PermitSettings permits{};
  PortRange ports{};  // a service gets one of them, beside its path

  bool operator==(const SessionSettings&) const = default;
};

}  // namespace zeroway
