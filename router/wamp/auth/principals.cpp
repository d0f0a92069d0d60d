#include "router/wamp/auth/principals.h"

namespace zeroway {

std::string salt_text(const std::string& bytes, std::size_t count) {
  std::string text = base64_of(bytes);
  text.resize(count, 'A');
  return text;
}

}  // namespace zeroway
