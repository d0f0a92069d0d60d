// What clients write into targets and fields: percent-encoding, queries, cookies, parameters, ranges, dates and tags.
#include <string>

#include "tests/fuzz/must.h"
#include "worker-sdk/src/handlers/byte_range.h"
#include "worker-sdk/src/handlers/cookies.h"
#include "worker-sdk/src/handlers/http_date.h"
#include "worker-sdk/src/handlers/multipart_parser.h"
#include "worker-sdk/src/handlers/static_file.h"
#include "zeroway/errors.h"
#include "zeroway/url.h"

using namespace zeroway;

namespace {

bool is_below(const std::string& path) {
  return path.starts_with("folder/") && (path + "/").find("/../") == std::string::npos &&
         path.find('\0') == std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  must(percent_decode(percent_encode(text), PlusIsSpace::yes) == text);
  must(has_valid_escapes(percent_encode(text)));
  must(percent_decode(text).size() <= text.size());

  for (const auto& [name, value] : read_query(text)) {
    const auto all = find_all_in_query(text, name);
    must(!all.empty());
    must(find_in_query(text, name) == all.front());
  }
  const std::string_view name = text.substr(0, text.find('='));
  if (const auto cookie = find_cookie(text, name)) must(cookie->size() <= text.size());
  (void)find_parameter(text, "name");
  (void)names_tag(text, "\"tag\"");
  if (const auto time = read_http_date(text)) must(read_http_date(write_http_date(*time)) == time);

  const std::uint64_t content = size * 7;
  const ByteRange range = read_range("bytes=" + std::string(text), content);
  if (range.kind == ByteRange::Kind::part) must(range.first <= range.last && range.last < content);
  try {
    must(is_below(path_below("folder", text)));
  } catch (const StatusError& error) {
    must(error.status() == 404);
  }
  return 0;
}
