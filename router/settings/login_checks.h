// Whether what a site and its routes say of logins fits together.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: whether one value fits its key (settings/description_login.cpp), what the files hold (router/access).
#pragma once
#include <functional>
#include <string>

#include "router/settings/reading.h"
#include "router/settings/sites.h"

namespace zeroway {

void check_logins(const SiteSettings& site, Reading& reading);
// Calls `look` with each file that the logins name, and where it is named.
using LookAtFile = std::function<void(const Located& located, const char* key, const std::string& file)>;
void look_at_login_files(const SiteSettings& site, const LookAtFile& look);

}  // namespace zeroway
