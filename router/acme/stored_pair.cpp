#include "router/acme/stored_pair.h"

#include <algorithm>
#include <array>
#include <vector>

#include "router/acme/limits.h"
#include "router/acme/openssl_objects.h"
#include "router/net/tls_time.h"

namespace zeroway {

namespace {

Error no_pair(const std::string& why) {
  static_cast<void>(take_openssl_error());
  return {Fault::router, Code::internal, false, why};
}

std::vector<Certificate> read_chain(std::string_view pem) {
  const OpensslText reader = reader_of(pem);
  std::vector<Certificate> chain;
  while (X509* one = PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)) chain.emplace_back(one);
  static_cast<void>(take_openssl_error());  // the end of the text is an error to OpenSSL
  return chain;
}

bool is_for(X509* certificate, const std::string& host) {
  return X509_check_host(certificate, host.data(), host.size(), 0, nullptr) == 1 ||
         X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
}

bool is_temporary(X509* certificate) {
  std::array<char, 64> organization{};
  const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_organizationName,
                                             organization.data(), static_cast<int>(organization.size()));
  return size > 0 && std::string_view(organization.data(), static_cast<std::size_t>(size)) == kTemporaryMark &&
         X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
}

}  // namespace

Result<StoredPair> read_pair(std::string_view pem, const std::string& host) {
  if (pem.size() > kMostPair) return no_pair("is larger than " + std::to_string(kMostPair) + " bytes");
  const std::vector<Certificate> chain = read_chain(pem);
  if (chain.empty()) return no_pair("has no certificate");
  const PrivateKey key = read_key_text(pem);
  if (!key) return no_pair("has no private key");
  X509* const leaf = chain.front().get();
  if (X509_check_private_key(leaf, key.get()) != 1) return no_pair("has a key that is not the certificate's");
  if (!is_for(leaf, host)) return no_pair("is not for " + host);
  static_cast<void>(take_openssl_error());
  StoredPair pair{wall_time_of(X509_get0_notBefore(leaf)).value_or(WallTime::max()), WallTime::max(),
                  is_temporary(leaf)};
  for (const Certificate& one : chain) {
    pair.until = std::min(pair.until, wall_time_of(X509_get0_notAfter(one.get())).value_or(WallTime::min()));
  }
  if (pair.from > pair.until) return no_pair("has no time in which it is good");
  return pair;
}

}  // namespace zeroway
