#include "router/net/tls_challenges.h"

#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "proto/bytes.h"
#include "router/net/limits.h"
#include "router/net/tls_files.h"
#include "router/net/tls_hello.h"
#include "router/route/host_name.h"

namespace zeroway {

namespace {

constexpr const char* kAcmeIdentifier = "1.3.6.1.5.5.7.1.31";  // RFC 8737 §6.1

Error openssl_error(const std::string& name) {
  return {Fault::router, Code::internal, false, "the challenge for " + name + ": " + take_openssl_error()};
}

struct FreeParts {
  void operator()(X509_EXTENSION* one) const { X509_EXTENSION_free(one); }
  void operator()(ASN1_OCTET_STRING* one) const { ASN1_OCTET_STRING_free(one); }
  void operator()(ASN1_OBJECT* one) const { ASN1_OBJECT_free(one); }
};

bool add_name(X509* certificate, const std::string& name) {
  const std::unique_ptr<X509_EXTENSION, FreeParts> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + name).c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// The extension's value is an OCTET STRING of the digest, inside the OCTET STRING of every extension.
bool add_digest(X509* certificate, const std::array<std::uint8_t, 32>& digest) {
  std::array<std::uint8_t, 34> inner{V_ASN1_OCTET_STRING, static_cast<std::uint8_t>(digest.size())};
  std::copy(digest.begin(), digest.end(), inner.begin() + 2);
  const std::unique_ptr<ASN1_OCTET_STRING, FreeParts> value(ASN1_OCTET_STRING_new());
  const std::unique_ptr<ASN1_OBJECT, FreeParts> kind(OBJ_txt2obj(kAcmeIdentifier, 1));
  if (!value || !kind || ASN1_OCTET_STRING_set(value.get(), inner.data(), inner.size()) != 1) return false;
  const std::unique_ptr<X509_EXTENSION, FreeParts> extension(
      X509_EXTENSION_create_by_OBJ(nullptr, kind.get(), 1, value.get()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Certificate sign(const TlsChallenge& challenge, EVP_PKEY* key) {
  Certificate owner(X509_new());
  X509* const one = owner.get();
  const bool is_made =
      one && X509_set_version(one, X509_VERSION_3) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(one), 1) == 1 &&
      X509_gmtime_adj(X509_getm_notBefore(one), -kChallengeLife.count()) &&
      X509_gmtime_adj(X509_getm_notAfter(one), kChallengeLife.count()) && X509_set_pubkey(one, key) == 1 &&
      X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_ASC,
                                 reinterpret_cast<const unsigned char*>("acme challenge"), -1, -1, 0) == 1 &&
      X509_set_issuer_name(one, X509_get_subject_name(one)) == 1 && add_name(one, challenge.name) &&
      add_digest(one, challenge.digest) && X509_sign(one, key, EVP_sha256()) > 0;
  return is_made ? std::move(owner) : Certificate();
}

int on_protocols(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char*, unsigned int, void*) {
  *chosen = as_bytes(kAcmeProtocol).data();
  *size = static_cast<unsigned char>(kAcmeProtocol.size());
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void TlsChallenges::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

TlsChallenges::~TlsChallenges() = default;

Result<std::shared_ptr<const TlsChallenges>> TlsChallenges::make(const std::vector<TlsChallenge>& open,
                                                                 const std::vector<std::string>& awaited) {
  const std::shared_ptr<TlsChallenges> made(new TlsChallenges);
  for (const std::string& name : awaited) made->by_name_.emplace(HostName(name).text(), nullptr);
  for (const TlsChallenge& challenge : open) {
    const HostName name(challenge.name);
    const PrivateKey key(EVP_EC_gen("P-256"));
    const Certificate certificate = key ? sign(challenge, key.get()) : Certificate();
    std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_server_method()));
    const bool is_ready = certificate && context && SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
                          SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1;
    if (!is_ready) return openssl_error(challenge.name);
    SSL_CTX_set_alpn_select_cb(context.get(), on_protocols, nullptr);
    made->by_name_.insert_or_assign(std::string(name.text()), std::move(context));
  }
  return std::shared_ptr<const TlsChallenges>(made);
}

ssl_ctx_st* TlsChallenges::find(std::string_view name) const {
  const auto found = by_name_.find(HostName(name).text());
  return found == by_name_.end() ? nullptr : found->second.get();
}

bool TlsChallenges::is_awaited(std::string_view name) const {
  const auto found = by_name_.find(HostName(name).text());
  return found != by_name_.end() && found->second == nullptr;
}

}  // namespace zeroway
