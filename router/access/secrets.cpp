#include "router/access/secrets.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "router/access/limits.h"

namespace zeroway {

namespace {

Error bad_file(const std::string& file, const std::string& why) {
  return {Fault::router, Code::internal, false, file + ": " + why};
}

Result<std::string> read_text(const std::string& file) {
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(file, failure);  // fails for a directory, too
  if (failure) return bad_file(file, failure.message());
  if (size > kMaxPasswordFile) return bad_file(file, "is larger than " + std::to_string(kMaxPasswordFile) + " bytes");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return bad_file(file, std::strerror(errno));
  std::string text(size, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

template <class T>
Result<std::shared_ptr<const Secret>> shared(Result<T> read) {
  if (!read) return read.error();
  return std::shared_ptr<const Secret>(std::make_shared<Secret>(std::move(*read)));
}

}  // namespace

Result<std::shared_ptr<const Secret>> read_secret(const SecretSpec& spec) {
  const auto text = read_text(spec.file);
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
  }
  return bad_file(spec.file, "of no kind");
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
