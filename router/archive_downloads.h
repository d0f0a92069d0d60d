// Fetches the archives of a file that are not there yet, before its plan is made.
//
// Owner: Router, at the start; free functions.   Thread: one that runs no loop yet.
// Not here: fetching one (backends/archive/fetch.h), what the archives are for (router/plan/site_maker.h).
#pragma once
#include "proto/error.h"
#include "router/settings/settings.h"

namespace zeroway {

// The first archive that cannot be fetched ends it; the error names the archive's place in the file.
[[nodiscard]] Result<> fetch_archives(const Settings& settings);
// For a reload, which fetches nothing: the loops serve clients meanwhile. The error names a missing archive.
[[nodiscard]] Result<> check_archives_there(const Settings& settings);

}  // namespace zeroway
