#include "router/backends/files/folder_listing.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>

#include "router/backends/files/limits.h"
#include "router/observe/http_date.h"

namespace zeroway {

namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

// A link is followed beneath the root; anything else is looked at where it is.
std::optional<ListedEntry> look_at(const RootFolder& root, const std::string& folder, DIR* in, const char* name) {
  struct stat found {};
  if (::fstatat(::dirfd(in), name, &found, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  ListedEntry entry{.name = name};
  FileFacts facts = facts_of(found);
  entry.is_folder = S_ISDIR(found.st_mode);
  if (S_ISLNK(found.st_mode)) {
    const Opened target = root.open(folder.empty() ? name : folder + '/' + name, OpenFor::facts);
    if (target.find != Find::file && target.find != Find::folder) return std::nullopt;
    entry.is_folder = target.find == Find::folder;
    facts = target.facts;
  } else if (!S_ISREG(found.st_mode) && !entry.is_folder) {
    return std::nullopt;
  }
  entry.size = facts.size;
  entry.modified = facts.modified_seconds();
  return entry;
}

bool is_before(const ListedEntry& one, const ListedEntry& other) {
  return one.is_folder != other.is_folder ? one.is_folder : one.name < other.name;
}

void append_html(std::string& page, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '<':
        page += "&lt;";
        break;
      case '>':
        page += "&gt;";
        break;
      case '&':
        page += "&amp;";
        break;
      case '"':
        page += "&quot;";
        break;
      case '\'':
        page += "&#39;";
        break;
      default:
        page += c;
    }
  }
}

// "1.5 MiB".
std::string size_text(std::uint64_t size) {
  constexpr std::array<const char*, 7> kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto number = static_cast<double>(size);
  std::size_t unit = 0;
  for (; number >= 1'024 && unit + 1 < kUnits.size(); ++unit) number /= 1'024;
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", number, kUnits[unit]);
  return text.data();
}

void append_entry(std::string& page, const ListedEntry& entry) {
  const std::string_view slash = entry.is_folder ? "/" : "";
  page.append("<tr><td><a href=\"./").append(escaped_segment(entry.name)).append(slash).append("\">");
  append_html(page, entry.name);
  page.append(slash).append("</a></td><td>").append(entry.is_folder ? "" : size_text(entry.size));
  page.append("</td><td>").append(write_http_date(entry.modified)).append("</td></tr>\n");
}

}  // namespace

FolderContents read_folder(const RootFolder& root, const std::string& name, Descriptor folder, DotFiles dot_files) {
  FolderContents contents;
  const OpenFolder open(::fdopendir(folder.fd()));
  if (!open) return contents;
  static_cast<void>(folder.release());
  std::size_t count = 0;
  while (const dirent* found = ::readdir(open.get())) {
    const std::string_view entry = found->d_name;
    if (entry == "." || entry == "..") continue;
    contents.has_more = ++count > kMostListed;  // hidden ones count too: it is their number that takes time
    if (contents.has_more) break;
    if (!is_shown(entry, dot_files)) continue;
    if (auto listed = look_at(root, name, open.get(), found->d_name)) contents.entries.push_back(std::move(*listed));
  }
  std::sort(contents.entries.begin(), contents.entries.end(), is_before);
  return contents;
}

std::string write_listing(std::string_view name, const FolderContents& contents) {
  std::string title;
  append_html(title, name.empty() ? "/" : '/' + std::string(name) + '/');
  std::string page = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>" + title + "</title>\n";
  page += "<style>body{font-family:sans-serif}td{padding-right:2em}</style>\n<h1>" + title + "</h1>\n<table>\n";
  if (!name.empty()) page += "<tr><td><a href=\"../\">../</a></td></tr>\n";
  for (const ListedEntry& entry : contents.entries) append_entry(page, entry);
  page += "</table>\n";
  if (contents.has_more)
    page += "<p>The folder has more than " + std::to_string(kMostListed) + " entries; not all are here.</p>\n";
  return page += "</html>\n";
}

}  // namespace zeroway
