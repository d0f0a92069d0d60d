#include "router/backends/files/mime_types.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "proto/ascii.h"

namespace zeroway {

namespace {

// What a page needs, for a system without a table.
constexpr std::string_view kOwnTable =
    "text/html html htm\n"
    "text/css css\n"
    "text/javascript js mjs\n"
    "text/plain txt log\n"
    "text/markdown md\n"
    "text/csv csv\n"
    "application/json json map\n"
    "application/manifest+json webmanifest\n"
    "application/xml xml\n"
    "application/pdf pdf\n"
    "application/wasm wasm\n"
    "application/zip zip\n"
    "application/gzip gz\n"
    "image/png png\n"
    "image/jpeg jpg jpeg\n"
    "image/gif gif\n"
    "image/webp webp\n"
    "image/avif avif\n"
    "image/svg+xml svg\n"
    "image/vnd.microsoft.icon ico\n"
    "font/woff woff\n"
    "font/woff2 woff2\n"
    "font/ttf ttf\n"
    "audio/mpeg mp3\n"
    "audio/ogg ogg\n"
    "video/mp4 mp4\n"
    "video/webm webm\n";

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = to_lower(c);
  return lower;
}

std::string_view take_word(std::string_view& line) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t start = line.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  line.remove_prefix(start);
  const std::size_t end = std::min(line.find_first_of(kSpace), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

}  // namespace

MimeTypes MimeTypes::read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  MimeTypes types;
  types.read_lines(text);
  if (types.types_.empty()) types.read_lines(kOwnTable);
  return types;
}

MimeTypes MimeTypes::over(const MimeTypes& below) {
  MimeTypes types;
  types.below_ = &below;
  return types;
}

void MimeTypes::read_lines(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    read_line(line.substr(0, line.find('#')));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void MimeTypes::read_line(std::string_view line) {
  const std::string_view type = take_word(line);
  for (std::string_view end = take_word(line); !end.empty(); end = take_word(line)) set(end, type);
}

void MimeTypes::set(std::string_view end, std::string_view type) {
  std::string value(type);
  if (in_lower_case(type).starts_with("text/") && type.find(';') == std::string_view::npos) value += "; charset=utf-8";
  types_.insert_or_assign(in_lower_case(end.substr(end.starts_with('.') ? 1 : 0)), std::move(value));
}

std::string_view MimeTypes::type_of(std::string_view file_name) const {
  std::string name = in_lower_case(file_name.substr(file_name.rfind('/') + 1));
  std::string_view rest = name;
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    rest.remove_prefix(dot + 1);
    if (const auto found = types_.find(rest); found != types_.end()) return found->second;
  }
  return below_ == nullptr ? std::string_view() : below_->type_of(file_name);
}

}  // namespace zeroway
