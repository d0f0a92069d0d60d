// Any text as a file of passwords: what is read are users whose hashes libcrypt takes; errors never repeat a hash.
#include <string>
#include <string_view>

#include "router/access/password_file.h"
#include "router/access/password_hash.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = PasswordFile::read(text, "f");
  if (!read) {
    must(!read.error().detail.empty());
    return 0;
  }
  must((read->any_hash(size) == nullptr) == (read->size() == 0));
  if (const std::string* hash = read->any_hash(size)) must(check_hash(*hash).has_value());
  must(read->find("") == nullptr);
  return 0;
}
