// Any value of Authorization, cookies and queries: a login that is read can be written again, and is the same then.
#include <openssl/evp.h>

#include <string>
#include <string_view>

#include "router/access/authorization.h"
#include "router/access/base64.h"
#include "router/access/token_place.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

std::string to_base64(const std::string& text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto bytes = decode_base64(text)) must(to_base64(*bytes) == text);
  const Head head{{"authorization", text}, {"cookie", text}};
  const auto read = read_authorization(head);
  must(read.has_value() && read->has_value());
  if (const auto login = read_credentials((*read)->credentials)) {
    must(!login->user.empty() && login->user.find(':') == std::string::npos);
    must(to_base64(login->user + ":" + login->password) == (*read)->credentials);
  }
  const auto cookie = find_cookie(head, "token");
  if (cookie && *cookie) must((*cookie)->find(';') == std::string_view::npos);
  const auto parameter = find_parameter(text, "token");
  if (parameter && *parameter) must((*parameter)->find('&') == std::string_view::npos);
  return 0;
}
