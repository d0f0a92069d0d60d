#include "router/settings/description_content.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "router/settings/checks.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

using S = ArchiveSettings;

constexpr std::size_t kHashDigits = 64;  // SHA-256

bool is_hash(const std::string& text) {
  return text.size() == kHashDigits && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

}  // namespace

bool is_web_url(const std::string& text) {
  const auto url = read_member_url(text);
  return url && (url->scheme == MemberScheme::http || url->scheme == MemberScheme::https);
}

Fit read_hashes(std::vector<std::string>& target, const Value& value) {
  const Fit fit = read_texts(value, is_hash, "64 hex digits: a SHA-256", target);
  for (std::string& hash : target) hash = lower_case(hash);
  return fit;
}

Fit read_mime_types(std::vector<std::pair<std::string, std::string>>& target, const Value& value) {
  if (value.node.kind != Node::Kind::table) return Fit::no;
  for (const Node& child : value.node.children) {
    const auto slash = child.kind == Node::Kind::text ? child.text.find('/') : std::string::npos;
    if (slash == std::string::npos || slash == 0 || slash + 1 == child.text.size()) {
      value.reading.misfit(child, value.reading.join(value.where, child.key), "a media type, as text/javascript");
      return Fit::said;
    }
    target.emplace_back(child.key, child.text);
  }
  return Fit::yes;
}

void describe_archive(Keys<S>& keys) {
  keys.located()
      .text("path", &S::path, is_path, "a path from / on", "/library", "Path of the archive's members")
      .required()
      .path("file", &S::file, "library.zip", "A ZIP archive; it is unpacked in state_dir when it is used first")
      .required()
      .text("origin", &S::origin, is_web_url, "an http:// or https:// URL", "https://example.com/library.zip",
            "Where the archive comes from")
      .flag("download", &S::download, "Fetch the archive from origin at the start when file is not there")
      .other("hashes", "[TEXT, …]", "a list of SHA-256 hashes, each 64 hex digits", "",
             "[\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"]",
             "The archive must have one of them; without any, every archive is served",
             [](S& archive, const Value& value) { return read_hashes(archive.hashes, value); })
      .text("object_prefix", &S::object_prefix, is_path_below, "a folder of the archive", "library-1.2",
            "Folder of the archive whose members are served; by default all are")
      .list("index_files", &S::index_files, is_file_name, "a member's name", "", "Members that stand for their folder")
      .text("fallback", &S::fallback, is_path_below, "a path below object_prefix", "index.html",
            "Member for paths that no member has")
      .other("mime_types", "{ END = TYPE, … }", "a table of ends of names and media types", "",
             "{ \".jgz\" = \"text/javascript\" }", "Media types by the end of the name, before the system's",
             [](S& archive, const Value& value) { return read_mime_types(archive.mime_types, value); });
}

void check_archives(const SiteSettings& site, Reading& reading) {
  std::map<std::string, FilePlace> known;
  for (const S& archive : site.archives) {
    if (archive.download && archive.origin.empty())
      reading.error(archive.located.place_of("download"), archive.located.name_of("download") + ": wants origin, too");
    const auto [first, is_new] = known.emplace(archive.path, archive.located.place_of("path"));
    if (!is_new)
      reading.error(archive.located.place_of("path"), archive.located.name_of("path") + " = \"" + archive.path +
                                                          "\": the archive of " + Reading::line_of(first->second) +
                                                          " has this path, too");
  }
}

}  // namespace zeroway
