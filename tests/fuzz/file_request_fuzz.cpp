// Any path and any conditional fields: a path names no file outside of the root, dates that are read can be written and
// read again, and the reply's length is that of the parts that follow it.
#include <array>
#include <string>

#include "router/backends/files/file_name.h"
#include "router/backends/files/file_reply.h"
#include "router/observe/http_date.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

constexpr std::array<std::string_view, 8> kNames{
    "range", "if-range",          "if-none-match",       "if-match",
    ":path", "if-modified-since", "if-unmodified-since", "accept-encoding"};

void check_name(std::string_view path) {
  for (const DotFiles dot_files : {DotFiles::hidden, DotFiles::shown}) {
    const auto name = file_name(path, dot_files);
    if (!name) continue;
    const std::string text = '/' + name->name + '/';
    must(text.find('\0') == std::string::npos && text.find("/../") == std::string::npos);
    must(text.find("/./") == std::string::npos && (name->name.empty() || text.find("//") == std::string::npos));
    must(dot_files == DotFiles::shown || text.find("/.") == std::string::npos ||
         text.find("/.well-known/") != std::string::npos);
    const std::string location = folder_location(name->name, "");
    must(location.starts_with("./") && location.find('/', 2) == location.size() - 1);
    must(location.find_first_of(":\\\r\n?#") == std::string::npos);
  }
}

void check_date(std::string_view text) {
  if (const auto seconds = read_http_date(text)) must(read_http_date(write_http_date(*seconds)) == seconds);
}

void check_reply(const Head& request, const Representation& file) {
  FileReply reply;
  reply_with_file(request, file, 1'000'000'000, "limit", reply);
  const int status = reply.head.status();
  must(status == 200 || status == 206 || status == 304 || status == 412 || status == 416);
  must(!reply.has_content() || status < 300);
  std::uint64_t length = reply.closing.size();
  for (const ReplyPart& part : reply.parts) {
    must(part.range.size > 0 && part.range.first < file.size && part.range.size <= file.size - part.range.first);
    length += part.text.size() + part.range.size;
  }
  must(status == 304 || reply.head.find("content-length") == std::to_string(length));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  Head request{{":method", "GET"}};
  std::string_view rest(reinterpret_cast<const char*>(data + 1), size - 1);
  while (!rest.empty()) {  // a byte for the name, then the value
    const std::string_view name = kNames[static_cast<std::uint8_t>(rest[0]) % kNames.size()];
    const std::size_t end = std::min(rest.find('\n', 1), rest.size());
    request.add(name, rest.substr(1, end - 1));
    check_name(rest.substr(1, end - 1));
    check_date(rest.substr(1, end - 1));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const CodingSet there = static_cast<CodingSet>(data[0] | coding_bit(Coding::identity)) & 0b1111;
  const Coding coding = choose_coding(request, there);
  must((there & coding_bit(coding)) != 0);
  Representation file;
  file.size = data[0];
  file.validators = {"\"v1\"", 784'111'777};
  file.coding = coding;
  check_reply(request, file);
  file.size = ~std::uint64_t{0} >> 1;
  check_reply(request, file);
  return 0;
}
