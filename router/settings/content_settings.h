// What a site answers itself: members of archives, files of folders, fixed documents.
//
// Owner: SiteSettings; values.   Thread: any.
// Not here: the folder of the whole site (settings/sites.h: static_dir), what it means for a request (router/plan/).
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "router/settings/file_place.h"
#include "router/settings/web_socket_settings.h"

namespace zeroway {

// A ZIP archive whose members are served below a path.
struct ArchiveSettings {
  Located located;
  std::string path;                 // of requests
  std::string file;                 // the archive
  std::string origin;               // URL of the archive; "" = it has none
  bool download = false;            // `file` is fetched from `origin` when it is not there
  std::vector<std::string> hashes;  // SHA-256, 64 hex digits each, lower case; none = any archive
  std::string object_prefix;        // the folder in it that is served; "" = all of it
  std::vector<std::string> index_files{"index.html", "index.htm"};
  std::string fallback;                                         // member for paths that none has; "" = 404
  std::vector<std::pair<std::string, std::string>> mime_types;  // end of the name, type

  bool operator==(const ArchiveSettings&) const = default;
};

// Of the files in static_dir and in archives.
struct CacheSettings {
  bool enabled = true;
  std::string cache_control;  // the field's value; "" = made of the ages
  bool etag_enabled = true;
  bool last_modified_enabled = true;
  Millis max_age_static{3'600'000};
  Millis max_age_dynamic{300'000};

  bool operator==(const CacheSettings&) const = default;
};

// A folder whose files are served below a path.
struct FolderSettings {
  Located located;
  std::string path;    // of requests
  std::string folder;  // key `static_dir`
  std::vector<std::string> index_files{"index.html", "index.htm"};
  bool listing = false;
  std::string fallback;                                         // file for paths that no file has; "" = 404
  std::vector<std::pair<std::string, std::string>> mime_types;  // end of the name, type
  CacheSettings cache;                                          // by default the site's

  bool operator==(const FolderSettings&) const = default;
};

// A text in JSON that answers requests for a path.
struct DocumentSettings {
  Located located;
  std::string path;
  std::string text;           // as it is sent
  std::string cache_control;  // the field's value; "" = none
  bool any_origin = false;    // pages of every origin may read it

  bool operator==(const DocumentSettings&) const = default;
};

}  // namespace zeroway
