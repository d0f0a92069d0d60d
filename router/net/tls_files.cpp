#include "router/net/tls_files.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <filesystem>

#include "router/net/file_text.h"
#include "router/net/limits.h"
#include "router/net/tls_time.h"

namespace zeroway {

namespace {

struct FreeBio {
  void operator()(BIO* one) const { BIO_free(one); }
};
using Reader = std::unique_ptr<BIO, FreeBio>;

Reader reader_of(const std::string& text) {
  return Reader(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// For a key with a password: no person is there to type the password.
int no_password(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Result<PrivateKey> read_key(const std::string& file) {
  const auto text = read_file_text(file, kMaxPemFile);
  if (!text) return text.error();
  const Reader reader = reader_of(*text);
  bool wants_password = false;
  PrivateKey key(PEM_read_bio_PrivateKey(reader.get(), nullptr, no_password, &wants_password));
  if (!key) {
    const std::string why = take_openssl_error();
    return file_error(
        file, wants_password ? "the private key is encrypted: take its password off" : "no private key: " + why);
  }
  return key;
}

void add_name(std::vector<std::string>& names, const ASN1_STRING* text) {
  const auto* begin = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
  std::string name(begin, begin + ASN1_STRING_length(text));
  // Some readers stop at a zero byte: text with such a byte is no name.
  if (name.empty() || name.find('\0') != std::string::npos) return;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  names.push_back(std::move(name));
}

// The names in subjectAltName. Only a certificate without that, as they were made long ago, has the common name as its
// name.
std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  auto* alternatives =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int index = 0; index < sk_GENERAL_NAME_num(alternatives); ++index) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives, index);
    if (name->type == GEN_DNS) add_name(names, name->d.dNSName);
  }
  GENERAL_NAMES_free(alternatives);
  if (alternatives) return names;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0) add_name(names, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  return names;
}

WallTime end_of(const X509* certificate) {
  return wall_time_of(X509_get0_notAfter(certificate)).value_or(WallTime::max());
}

// When the certificate of `identity` or its chain expires, whichever is first.
WallTime end_of(const TlsIdentity& identity) {
  WallTime end = end_of(identity.certificate.get());
  for (const Certificate& one : identity.chain) end = std::min(end, end_of(one.get()));
  return end;
}

}  // namespace

std::string take_openssl_error() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  if (error == 0) return "no reason given";
  const char* reason = ERR_reason_error_string(error);
  return reason ? reason : "error " + std::to_string(error);
}

Result<std::vector<Certificate>> read_certificates(const std::string& file) {
  const auto text = read_file_text(file, kMaxPemFile);
  if (!text) return text.error();
  const Reader reader = reader_of(*text);
  std::vector<Certificate> certificates;
  while (X509* one = PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)) certificates.emplace_back(one);
  // OpenSSL reports the end of the file as an error, too.
  const bool is_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string why = take_openssl_error();
  if (!is_end) return file_error(file, "certificate " + std::to_string(certificates.size() + 1) + ": " + why);
  if (certificates.empty()) return file_error(file, "no certificate in it");
  return certificates;
}

Result<TlsIdentity> read_identity(const TlsFiles& files) {
  auto certificates = read_certificates(files.certificate);
  if (!certificates) return certificates.error();
  for (const std::string& file : files.chain) {
    auto more = read_certificates(file);
    if (!more) return more.error();
    std::move(more->begin(), more->end(), std::back_inserter(*certificates));
  }
  auto key = read_key(files.key);
  if (!key) return key.error();
  TlsIdentity identity;
  identity.certificate = std::move(certificates->front());
  std::move(certificates->begin() + 1, certificates->end(), std::back_inserter(identity.chain));
  identity.key = std::move(*key);
  if (X509_check_private_key(identity.certificate.get(), identity.key.get()) != 1) {
    ERR_clear_error();
    return file_error(files.key, "is not the key of " + files.certificate);
  }
  identity.names = names_of(identity.certificate.get());
  identity.end = {files.certificate, end_of(identity), files.is_renewed};
  return identity;
}

Result<std::vector<TlsFiles>> list_pairs(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code failure;
  std::vector<TlsFiles> pairs;
  for (fs::directory_iterator at(directory, failure), end; !failure && at != end; at.increment(failure)) {
    const fs::path path = at->path();
    const std::string ending = path.extension().string();
    if (ending == ".pem") pairs.push_back({path.string(), path.string()});
    if (ending != ".crt") continue;
    const fs::path key = fs::path(path).replace_extension(".key");
    std::error_code missing;
    if (!fs::exists(key, missing)) return file_error(path.string(), "has no " + key.filename().string() + " beside it");
    pairs.push_back({path.string(), key.string()});
  }
  if (failure) return file_error(directory, failure.message());
  if (pairs.empty()) return file_error(directory, "no NAME.crt with NAME.key, and no NAME.pem in it");
  if (pairs.size() > kMaxTlsPairs)
    return file_error(directory, "more than " + std::to_string(kMaxTlsPairs) + " certificates");
  std::sort(pairs.begin(), pairs.end(),
            [](const TlsFiles& one, const TlsFiles& other) { return one.certificate < other.certificate; });
  return pairs;
}

}  // namespace zeroway
