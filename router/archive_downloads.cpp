#include "router/archive_downloads.h"

#include <filesystem>
#include <functional>
#include <string>
#include <system_error>

#include "router/backends/archive/fetch.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

bool is_missing(const ArchiveSettings& archive) {
  std::error_code ignored;
  return archive.download && !std::filesystem::exists(archive.file, ignored);
}

Error at(const Settings& settings, const ArchiveSettings& archive, const std::string& why) {
  const FilePlace place = archive.located.place_of("origin");
  return {Fault::router, Code::internal, false,
          settings.file->path + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " +
              archive.located.name_of("origin") + ": " + why};
}

Result<> each_missing(const Settings& settings, const std::function<Result<>(const ArchiveSettings&)>& todo) {
  if (!settings.file) return {};
  for (const SiteSettings& site : settings.file->sites)
    for (const ArchiveSettings& archive : site.archives)
      if (is_missing(archive))
        if (auto done = todo(archive); !done) return at(settings, archive, done.error().detail);
  return {};
}

}  // namespace

Result<> fetch_archives(const Settings& settings) {
  return each_missing(settings, [](const ArchiveSettings& archive) -> Result<> {
    log::info("fetching " + archive.file + " from " + archive.origin);
    if (auto fetched = fetch({archive.origin, archive.file, archive.hashes}); !fetched) return fetched;
    log::info(archive.file + " is there");
    return {};
  });
}

Result<> check_archives_there(const Settings& settings) {
  return each_missing(settings, [](const ArchiveSettings& archive) -> Result<> {
    return Error{Fault::router, Code::internal, false,
                 archive.file + " is not there: only the start of the router fetches it"};
  });
}

}  // namespace zeroway
