#include "router/settings/checks.h"
#include "router/settings/description_content.h"
#include "router/settings/node_json.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

Fit read_document(DocumentSettings& document, const Value& value) {
  document.text = json_text_of(value.node);
  return Fit::yes;
}

}  // namespace

void describe_cache(Keys<CacheSettings>& keys) {
  using S = CacheSettings;
  keys.flag("enabled", &S::enabled, "Whether replies say how long they may be kept")
      .text("cache_control", &S::cache_control, is_some, "a text", "public, max-age=3600",
            "Value of Cache-Control; by default made of the ages")
      .flag("etag_enabled", &S::etag_enabled, "An ETag for files")
      .flag("last_modified_enabled", &S::last_modified_enabled, "Last-Modified for files")
      .time("max_age_static", &S::max_age_static, Millis(0), Zero::is_off, "Age of files")
      .time("max_age_dynamic", &S::max_age_dynamic, Millis(0), Zero::is_off, "Age of HTML");
}

FolderSettings begin_folder(const SiteSettings& site) {
  FolderSettings folder;
  folder.cache = site.cache;
  return folder;
}

void describe_folder(Keys<FolderSettings>& keys) {
  using S = FolderSettings;
  keys.located()
      .text("path", &S::path, is_path, "a path from / on", "/docs", "Path of the files")
      .required()
      .path("static_dir", &S::folder, "static", "The folder")
      .required()
      .list("index_files", &S::index_files, is_file_name, "a file's name", "", "Files that stand for their folder")
      .flag("listing", &S::listing, "List folders that have no index file")
      .text("fallback", &S::fallback, is_path_below, "a path below static_dir", "index.html",
            "File for paths that no file has")
      .other("mime_types", "{ END = TYPE, … }", "a table of ends of names and media types", "",
             "{ \".jgz\" = \"text/javascript\" }", "Media types by the end of the name, before the system's",
             [](S& folder, const Value& value) { return read_mime_types(folder.mime_types, value); })
      .table("cache", &S::cache, "sites.cache for the folder", describe_cache);
}

void describe_document(Keys<DocumentSettings>& keys) {
  using S = DocumentSettings;
  keys.located()
      .text("path", &S::path, is_path, "a path from / on", "/config.json", "Path of the document")
      .required()
      .other("value", "VALUE", "a value", "", "{ \"version\" = 1 }", "What the document says", read_document)
      .required()
      .text("cache_control", &S::cache_control, is_some, "a text", "no-store", "Value of Cache-Control")
      .flag("any_origin", &S::any_origin, "Whether pages of every origin may read it (CORS)");
}

}  // namespace zeroway
