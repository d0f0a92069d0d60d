// The keys of [[sites.archives]], [[sites.folders]], [[sites.documents]] and [sites.cache].
//
// Owner: describe_site().   Thread: any.
// Not here: the folder of the whole site (settings/description_sites.cpp).
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "router/settings/description.h"

namespace zeroway {

void describe_archive(Keys<ArchiveSettings>& keys);
void describe_cache(Keys<CacheSettings>& keys);
void describe_folder(Keys<FolderSettings>& keys);
void describe_document(Keys<DocumentSettings>& keys);
// How a folder is before its keys are read: it tells caches what its site tells them.
[[nodiscard]] FolderSettings begin_folder(const SiteSettings& site);

// A table of ends of names and media types: { ".js" = "text/javascript" }.
[[nodiscard]] Fit read_mime_types(std::vector<std::pair<std::string, std::string>>& target, const Value& value);
// 64 hex digits each, in lower case.
[[nodiscard]] Fit read_hashes(std::vector<std::string>& target, const Value& value);
[[nodiscard]] bool is_web_url(const std::string& text);

void check_archives(const SiteSettings& site, Reading& reading);

}  // namespace zeroway
