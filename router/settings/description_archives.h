// The keys of [[sites.archives]].
#pragma once
#include "router/settings/description.h"

namespace zeroway {

void describe_archive(Keys<ArchiveSettings>& keys);
void check_archives(const SiteSettings& site, Reading& reading);

}  // namespace zeroway
