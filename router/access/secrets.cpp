#include "router/access/secrets.h"

#include <algorithm>
#include <utility>

#include "router/access/limits.h"
#include "router/net/file_text.h"
#include "router/settings/line_ends.h"

namespace zeroway {

namespace {

template <class T>
Result<std::shared_ptr<const Secret>> shared(Result<T> read) {
  if (!read) return read.error();
  return std::shared_ptr<const Secret>(std::make_shared<Secret>(std::move(*read)));
}

Result<CookieKey> read_cookie_key(std::string_view text, const std::string& file) {
  text = without_line_ends(text);
  if (text.size() >= kLeastSecret) return CookieKey{std::string(text)};
  return file_error(file, "has " + std::to_string(text.size()) + " bytes; wants at least " +
                              std::to_string(kLeastSecret) + ": openssl rand -hex 32");
}

}  // namespace

Result<std::shared_ptr<const Secret>> read_secret(const SecretSpec& spec) {
  const auto text = read_file_text(spec.file, kMaxPasswordFile);
  if (!text) return text.error();
  switch (spec.kind) {
    case SecretSpec::Kind::passwords:
      return shared(PasswordFile::read(*text, spec.file));
    case SecretSpec::Kind::pem:
      return shared(JwtKeys::read_pem(*text, spec.file, spec.algorithms));
    case SecretSpec::Kind::hmac_secret:
      return shared(JwtKeys::read_secret(*text, spec.file, spec.algorithms));
    case SecretSpec::Kind::key_set:
      return shared(JwtKeys::read_set(*text, spec.file, spec.algorithms));
    case SecretSpec::Kind::cookie_key:
      return shared(read_cookie_key(*text, spec.file));
  }
  return file_error(spec.file, "of no kind");
}

Result<Secrets> read_secrets(const std::vector<SecretSpec>& specs) {
  Secrets secrets;
  std::string errors;
  for (const SecretSpec& spec : specs) {
    auto read = read_secret(spec);
    if (read) {
      secrets.push_back({spec, std::move(*read)});
    } else {
      errors.append(errors.empty() ? "" : "\n").append(read.error().detail);
    }
  }
  if (!errors.empty()) return Error{Fault::router, Code::internal, false, errors};
  return secrets;
}

const Secret* find_secret(const Secrets& secrets, const SecretSpec& spec) {
  const auto found =
      std::find_if(secrets.begin(), secrets.end(), [&](const NamedSecret& one) { return one.spec == spec; });
  return found == secrets.end() ? nullptr : found->secret.get();
}

}  // namespace zeroway
