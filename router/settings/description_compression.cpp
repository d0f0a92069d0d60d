#include "router/settings/description.h"

namespace zeroway {

namespace {

bool is_coding(const std::string& text) { return text == "zstd" || text == "br" || text == "gzip"; }

// "html" or "text/html": a token, or two with a slash.
bool is_body_type(const std::string& text) {
  return !text.empty() && text.find_first_of(" \t,;\"") == std::string::npos && text.front() != '/' &&
         text.back() != '/' && text.find('/') == text.rfind('/');
}

}  // namespace

void describe_compression(Keys<CompressionSettings>& keys) {
  using S = CompressionSettings;
  keys.flag("enabled", &S::enabled, "Whether replies are compressed for clients that accept it")
      .list("types", &S::types, is_body_type, "types, as html, text/html or text/*", "",
            "Types of bodies that are compressed; a word stands for each type that ends in it")
      .list("codings", &S::codings, is_coding, "codings: zstd, br, gzip", "",
            "Codings that are used; a client that likes several equally gets the first of them")
      .number("level", &S::level, 0, 9, "0 = no compression, 9 = smallest")
      .number("br_level", &S::br_level, 0, 9, "level of br; 0 = made from level")
      .number("zstd_level", &S::zstd_level, 0, 12, "level of zstd; 0 = made from level")
      .size("min_size", &S::min_size, 0, 1 << 30, "Smaller bodies are sent as they are");
}

}  // namespace zeroway
