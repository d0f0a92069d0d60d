#include "router/acme/certificate_maker.h"

#include <openssl/ec.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "router/acme/limits.h"
#include "router/acme/openssl_objects.h"
#include "router/acme/stored_pair.h"
#include "router/net/tls_time.h"

namespace zeroway {

namespace {

constexpr const char* kAuthority = "Zeroway local authority";

// What a new certificate says.
struct Wish {
  std::string common_name;
  std::string organization;
  WallTime from, until;
  std::vector<std::pair<int, std::string>> extensions;  // by OpenSSL's number, in its notation
};

struct Signer {
  X509* certificate;  // null: the new certificate signs itself
  EVP_PKEY* key;
};

struct FreeExtension {
  void operator()(X509_EXTENSION* one) const { X509_EXTENSION_free(one); }
};

WallTime end_of(const X509* certificate) {
  return wall_time_of(X509_get0_notAfter(certificate)).value_or(WallTime::min());
}

bool add_name(X509_NAME* subject, const char* field, const std::string& text) {
  return text.empty() ||
         X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

// 127 random bits (RFC 5280 §4.1.2.2: positive, at most 20 bytes).
bool add_serial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] &= 0x7f;
  BIGNUM* const number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  const bool is_set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
  return is_set;
}

bool add_extensions(X509* certificate, X509* issuer, const Wish& wish) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  return std::all_of(wish.extensions.begin(), wish.extensions.end(), [&](const auto& wanted) {
    const std::unique_ptr<X509_EXTENSION, FreeExtension> extension(
        X509V3_EXT_conf_nid(nullptr, &context, wanted.first, wanted.second.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
  });
}

bool set_times(X509* certificate, const Wish& wish) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), std::chrono::system_clock::to_time_t(wish.from)) &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), std::chrono::system_clock::to_time_t(wish.until));
}

Certificate sign(const Wish& wish, EVP_PKEY* key, Signer signer) {
  Certificate owner(X509_new());
  X509* const made = owner.get();
  if (!made) return {};
  X509* const issuer = signer.certificate ? signer.certificate : made;
  X509_NAME* const subject = X509_get_subject_name(made);
  // Keys before extensions: two of them are made of the keys.
  const bool is_made = X509_set_version(made, X509_VERSION_3) == 1 && add_serial(made) && set_times(made, wish) &&
                       add_name(subject, "O", wish.organization) && add_name(subject, "CN", wish.common_name) &&
                       X509_set_pubkey(made, key) == 1 &&
                       X509_set_issuer_name(made, X509_get_subject_name(issuer)) == 1 &&
                       add_extensions(made, issuer, wish) && X509_sign(made, signer.key, EVP_sha256()) > 0;
  return is_made ? std::move(owner) : Certificate();
}

std::string pem_of(EVP_PKEY* key) {
  const OpensslText writer(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(writer.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(writer);
}

std::string pem_of(X509* certificate) {
  const OpensslText writer(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(writer.get(), certificate);
  return text_of(writer);
}

bool is_address(const std::string& host) {
  ASN1_OCTET_STRING* const address = a2i_IPADDRESS(host.c_str());
  ASN1_OCTET_STRING_free(address);
  static_cast<void>(take_openssl_error());
  return address != nullptr;
}

// A common name has at most 64 characters (RFC 5280, ub-common-name), and clients read the alternative name anyway.
Wish wish_for(const std::string& host, WallTime now, WallTime until) {
  return {host.size() <= 64 ? host : "",
          "",
          now - kClockSkew,
          until,
          {{NID_basic_constraints, "critical,CA:FALSE"},
           {NID_key_usage, "critical,digitalSignature"},
           {NID_ext_key_usage, "serverAuth"},
           {NID_subject_key_identifier, "hash"},
           {NID_subject_alt_name, (is_address(host) ? "IP:" : "DNS:") + host}}};
}

Result<Issuer> make_issuer(const Wish& wish, Signer signer) {
  const PrivateKey key(EVP_EC_gen("P-256"));
  if (!key) return openssl_error("a key");
  if (!signer.key) signer.key = key.get();
  const Certificate made = sign(wish, key.get(), signer);
  if (!made) return openssl_error(wish.common_name);
  return Issuer{pem_of(made.get()), pem_of(key.get())};
}

}  // namespace

Result<std::string> make_temporary_pair(const std::string& host, WallTime now) {
  const PrivateKey key(EVP_EC_gen("P-256"));
  if (!key) return openssl_error("a key");
  Wish wish = wish_for(host, now, now + kTemporaryLife);
  wish.organization = kTemporaryMark;
  const Certificate made = sign(wish, key.get(), {nullptr, key.get()});
  if (!made) return openssl_error("a certificate for " + host);
  return pem_of(key.get()) + pem_of(made.get());
}

Result<Issuer> make_root(WallTime now) {
  const Wish wish{kAuthority,
                  "",
                  now - kClockSkew,
                  now + kRootLife,
                  {{NID_basic_constraints, "critical,CA:TRUE,pathlen:1"},
                   {NID_key_usage, "critical,keyCertSign,cRLSign"},
                   {NID_subject_key_identifier, "hash"}}};
  return make_issuer(wish, {nullptr, nullptr});
}

Result<Issuer> make_intermediate(const Issuer& root, WallTime now) {
  const Certificate above = read_certificate_text(root.certificate);
  const PrivateKey key = read_key_text(root.key);
  if (!above || !key) return openssl_error("the root of the local authority");
  const Wish wish{std::string(kAuthority) + ", intermediate",
                  "",
                  now - kClockSkew,
                  std::min(now + kIntermediateLife, end_of(above.get())),
                  {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                   {NID_key_usage, "critical,keyCertSign,cRLSign"},
                   {NID_subject_key_identifier, "hash"},
                   {NID_authority_key_identifier, "keyid"}}};
  return make_issuer(wish, {above.get(), key.get()});
}

Result<std::string> make_leaf(const Issuer& intermediate, const std::string& host, WallTime now) {
  const Certificate above = read_certificate_text(intermediate.certificate);
  const PrivateKey above_key = read_key_text(intermediate.key);
  const PrivateKey key(EVP_EC_gen("P-256"));
  if (!above || !above_key || !key) return openssl_error("the local authority");
  Wish wish = wish_for(host, now, std::min(now + kLeafLife, end_of(above.get())));
  wish.extensions.emplace_back(NID_authority_key_identifier, "keyid");
  const Certificate made = sign(wish, key.get(), {above.get(), above_key.get()});
  if (!made) return openssl_error("a certificate for " + host);
  return pem_of(key.get()) + pem_of(made.get()) + intermediate.certificate;
}

bool is_issued_by(const Issuer& one, const Issuer& by) {
  const Certificate made = read_certificate_text(one.certificate);
  const Certificate above = read_certificate_text(by.certificate);
  const bool is_so = made && above && X509_verify(made.get(), X509_get0_pubkey(above.get())) == 1;
  static_cast<void>(take_openssl_error());
  return is_so;
}

WallTime end_of_issuer(const Issuer& issuer) {
  const Certificate made = read_certificate_text(issuer.certificate);
  static_cast<void>(take_openssl_error());
  return made ? end_of(made.get()) : WallTime::min();
}

bool is_whole(const Issuer& issuer) {
  const Certificate made = read_certificate_text(issuer.certificate);
  const PrivateKey key = read_key_text(issuer.key);
  const bool is_so = made && key && X509_check_private_key(made.get(), key.get()) == 1;
  static_cast<void>(take_openssl_error());
  return is_so;
}

}  // namespace zeroway
