// The services that answer with files, and with fixed texts.
#include <utility>

#include "router/settings/crossbar/keys_of.h"
#include "router/settings/crossbar/services.h"
#include "router/settings/description_content.h"
#include "router/settings/node_json.h"
#include "router/settings/words.h"

namespace zeroway::crossbar {

namespace {

constexpr std::uint64_t kCacheTime = 43'200;  // seconds, where a file says nothing
constexpr std::uint64_t kLongestCache = 315'360'000;
constexpr const char* kCacheForms = "null, or seconds: a number from 0 to 315360000";
constexpr const char* kNoCache = "no-store, no-cache, must-revalidate, max-age=0";

std::string cache_control(std::uint64_t seconds) { return "max-age=" + std::to_string(seconds) + ", public"; }

Fit read_cache_timeout(FolderSettings& folder, const Value& value) {
  if (value.node.kind == Node::Kind::other && value.node.text == "null") {
    folder.cache.enabled = false;
    return Fit::yes;
  }
  const auto seconds = take_number(value);
  if (!seconds.value) return seconds.fit;
  if (*seconds.value > kLongestCache) return Fit::no;
  folder.cache.cache_control = cache_control(*seconds.value);
  return Fit::yes;
}

Fit refuse_package(FolderSettings&, const Value& value) {
  value.reading.error(value.node.place, value.where + ": the router reads no Python packages: wants directory");
  return Fit::said;
}

void describe_static_options(Keys<FolderSettings>& keys) {
  using S = FolderSettings;
  keys.flag("enable_directory_listing", &S::listing, "List folders that have no index file")
      .other("mime_types", "{ END: TYPE, … }", "a table of ends of names and media types", "", "", "Media types",
             [](S& s, const Value& value) { return read_mime_types(s.mime_types, value); })
      .other("cache_timeout", "N", kCacheForms, "43200", "", "How long a client keeps a file", read_cache_timeout)
      .text("default_file", &S::fallback, is_path_below, "a path below directory", "", "File for paths without a file")
      .idle("allow_cross_origin", "every page could read the files with the client's cookies");
}

void describe_static(Keys<FolderSettings>& keys) {
  using S = FolderSettings;
  describe_item(keys.located())
      .path("directory", &S::folder, "web", "The folder")
      .other("package", "TEXT", "a directory", "", "", "", refuse_package)
      .other("resource", "TEXT", "a directory", "", "", "", refuse_package)
      .table(
          "options", [](S& s) -> S& { return s; }, "Options", describe_static_options);
}

Fit read_index(ArchiveSettings& archive, const Value& value) {
  const auto name = take_text(value);
  if (!name.value) return name.fit;
  if (!is_path_below(*name.value)) return Fit::no;
  archive.index_files.assign(1, *name.value);
  return Fit::yes;
}

// A prefix is added as it is, with or without a slash at its end.
Fit read_prefix(ArchiveSettings& archive, const Value& value) {
  auto prefix = take_text(value);
  if (!prefix.value) return prefix.fit;
  while (prefix.value->ends_with('/')) prefix.value->pop_back();
  if (!prefix.value->empty() && !is_path_below(*prefix.value)) return Fit::no;
  archive.object_prefix = *prefix.value;
  return Fit::yes;
}

void describe_archive_options(Keys<ArchiveSettings>& keys) {
  keys.text("default_file", &ArchiveSettings::fallback, is_path_below, "a path in the archive", "",
            "Member for paths without a member");
}

void describe_archive_service(Keys<ArchiveSettings>& keys) {
  using S = ArchiveSettings;
  describe_item(keys.located())
      .path("archive", &S::file, "library.zip", "The archive")
      .required()
      .text("origin", &S::origin, is_web_url, "an http:// or https:// URL", "", "Where the archive comes from")
      .flag("download", &S::download, "Fetch it from origin when it is not there")
      .other("default_object", "TEXT", "a member's name", "", "", "Member that stands for its folder", read_index)
      .other("object_prefix", "TEXT", "a folder of the archive", "", "", "Folder that is served", read_prefix)
      .other("hashes", "[TEXT, …]", "a list of SHA-256 hashes, each 64 hex digits", "", "", "It must have one of them",
             [](S& s, const Value& value) { return read_hashes(s.hashes, value); })
      .other("mime_types", "{ END: TYPE, … }", "a table of ends of names and media types", "", "", "Media types",
             [](S& s, const Value& value) { return read_mime_types(s.mime_types, value); })
      .other("cache", "true|false", "true or false", "", "", "Members are files, which the kernel keeps in memory",
             [](S&, const Value& value) { return take_flag(value).fit; })
      .table(
          "options", [](S& s) -> S& { return s; }, "Options", describe_archive_options);
}

struct JsonValue {
  DocumentSettings document;
  const Node* value = nullptr;
  bool is_pretty = false;
};

void describe_json_options(Keys<JsonValue>& keys) {
  using S = JsonValue;
  keys.flag("prettify", &S::is_pretty, "In lines")
      .flag(
          "allow_cross_origin", [](S& s) -> bool& { return s.document.any_origin; }, "Every page may read it")
      .other("discourage_caching", "true|false", "true or false", "false", "", "Nobody keeps it",
             [](S& s, const Value& value) {
               const auto flag = take_flag(value);
               if (flag.value.value_or(false)) s.document.cache_control = kNoCache;
               return flag.fit;
             });
}

void describe_json_value(Keys<JsonValue>& keys) {
  using S = JsonValue;
  describe_item(keys)
      .other("value", "VALUE", "a value", "", "", "What is answered",
             [](S& s, const Value& value) {
               s.value = &value.node;
               return Fit::yes;
             })
      .required()
      .table(
          "options", [](S& s) -> S& { return s; }, "Options", describe_json_options);
}

struct NodePage {};

Fit read_redirect_url(RedirectSettings& redirect, const Value& value) {
  const auto url = take_text(value);
  if (!url.value) return url.fit;
  if (!is_redirect_target(*url.value)) return Fit::no;
  for (const char c : *url.value) redirect.to += c == '$' ? "$$" : std::string(1, c);  // it has no variables
  return Fit::yes;
}

}  // namespace

void read_static(const ServicePlace& place) {
  FolderSettings folder;
  folder.path = place.path;
  folder.cache.cache_control = cache_control(kCacheTime);
  folder.located.renamed = {{"static_dir", "directory"}};
  read_into(folder, place.node, place.where, place.reading, describe_static);
  const bool has_package = place.node.find("package") != nullptr || place.node.find("resource") != nullptr;
  if (folder.folder.empty() && place.node.find("directory") == nullptr && !has_package)
    place.reading.error(place.node.place, place.reading.join(place.where, "directory") + " is missing: wants a path");
  place.site.folders.push_back(std::move(folder));
}

void read_archive(const ServicePlace& place) {
  ArchiveSettings archive;
  archive.path = place.path;
  archive.index_files.clear();
  archive.located.renamed = {{"file", "archive"}};
  read_into(archive, place.node, place.where, place.reading, describe_archive_service);
  if (archive.hashes.empty())
    place.reading.warn(place.node.place, place.where + ": has no hashes: every archive is served");
  place.site.archives.push_back(std::move(archive));
}

void read_json_value(const ServicePlace& place) {
  JsonValue json;
  read_into(json, place.node, place.where, place.reading, describe_json_value);
  if (json.value == nullptr) return;
  json.document.located.place = place.node.place;
  json.document.located.where = place.where;
  json.document.path = place.path;
  json.document.text = json_text_of(*json.value, json.is_pretty ? 3 : -1);
  place.site.documents.push_back(std::move(json.document));
}

void read_node_info(const ServicePlace& place) {
  NodePage page;
  read_into(page, place.node, place.where, place.reading, [](Keys<NodePage>& keys) { describe_item(keys); });
  if (!place.site.info_path.empty())
    return place.reading.error(place.node.place,
                               place.where + ": the transport has a nodeinfo already, at " + place.site.info_path);
  place.site.info_path = place.path;
}

void read_redirect(const ServicePlace& place) {
  RouteSettings route = begin_route(place);
  RedirectSettings& redirect = route.redirect.emplace();
  redirect.status = 302;
  redirect.located.renamed = {{"to", "url"}};
  read_into(redirect, place.node, place.where, place.reading, [](Keys<RedirectSettings>& keys) {
    describe_item(keys.located())
        .other("url", "URL", "a path or an http(s):// URL", "", "", "Where clients are sent", read_redirect_url)
        .required();
  });
  route.located = redirect.located;
  if (!redirect.to.empty()) add_route(place, std::move(route));
}

}  // namespace zeroway::crossbar
