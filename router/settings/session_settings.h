// Circuits: services of sessions that workers announce, at /SESSION/SERVICE/ of a site.
//
// Owner: settings; a value.   Thread: any.
// Not here: what workers say of themselves (proto/control.h: AppName).
#pragma once
#include "router/settings/sticky_settings.h"

namespace zeroway {

struct SessionSettings {
  bool enabled = false;
  bool strip_prefix = true;          // backends do not see /SESSION/SERVICE
  bool rewrite_location = false;     // Location of replies gets the prefix again
  bool rewrite_cookie_path = false;  // so does the Path of cookies
  StickySettings sticky{};

  bool operator==(const SessionSettings&) const = default;
};

}  // namespace zeroway
