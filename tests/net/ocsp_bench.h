// An authority with a certificate that names a responder, and the answers of that responder.
//
// Owner: the test.   Thread: its own.
// Not here: the network (tests/e2e/test_tls_stapling.py).
#pragma once
#include <openssl/ocsp.h>

#include <memory>
#include <string>

#include "router/net/tls_ocsp.h"
#include "tests/net/tls_bench.h"

namespace zeroway {

inline constexpr long kHour = 3'600;

// An authority and a certificate that it has signed, which names a responder.
struct Signed {
  explicit Signed(const std::string& extensions = "") {
    auto made = std::make_shared<TlsIdentity>();
    ca_key.reset(EVP_EC_gen("P-256"));
    made->key.reset(EVP_EC_gen("P-256"));
    made->chain.push_back(make("ca", ca_key.get(), nullptr, ca_key.get(), ""));
    made->certificate = make("leaf", made->key.get(), made->chain.front().get(), ca_key.get(), extensions);
    made->end.file = "leaf.crt";
    identity = made;
  }

  static Certificate make(const char* name, EVP_PKEY* key, const X509* issuer, EVP_PKEY* by, const std::string& more) {
    Certificate owner(X509_new());
    X509* one = owner.get();
    X509_set_version(one, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(one), issuer ? 2 : 1);
    X509_gmtime_adj(X509_getm_notBefore(one), -kHour);
    X509_gmtime_adj(X509_getm_notAfter(one), 100 * kHour);
    X509_set_pubkey(one, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(one, X509_get_subject_name(issuer ? issuer : one));
    const auto add = [one](int kind, const char* value) {
      X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
      REQUIRE(extension);
      X509_add_ext(one, extension, -1);
      X509_EXTENSION_free(extension);
    };
    if (!issuer) add(NID_basic_constraints, "critical,CA:TRUE");
    if (issuer) add(NID_info_access, "OCSP;URI:http://ocsp.test/x");
    if (!more.empty()) add(NID_tlsfeature, more.c_str());
    REQUIRE(X509_sign(one, by, EVP_sha256()) > 0);
    return owner;
  }

  struct Answer {
    int verdict = V_OCSP_CERTSTATUS_GOOD;
    long from = -kHour, until = kHour;  // from now; 0 = none
    bool is_of_other = false, is_signed_by_stranger = false;
  };
  [[nodiscard]] std::string answer(const Answer& said) const {
    OCSP_BASICRESP* basic = OCSP_BASICRESP_new();
    X509* ca = identity->chain.front().get();
    OCSP_CERTID* id = OCSP_cert_to_id(nullptr, said.is_of_other ? ca : identity->certificate.get(), ca);
    ASN1_TIME* from = X509_gmtime_adj(nullptr, said.from);
    ASN1_TIME* until = said.until == 0 ? nullptr : X509_gmtime_adj(nullptr, said.until);
    ASN1_TIME* revoked = said.verdict == V_OCSP_CERTSTATUS_REVOKED ? X509_gmtime_adj(nullptr, -kHour) : nullptr;
    OCSP_basic_add1_status(basic, id, said.verdict, 0, revoked, from, until);
    const PrivateKey other(EVP_EC_gen("P-256"));
    const Certificate stranger = make("ca", other.get(), nullptr, other.get(), "");
    OCSP_basic_sign(basic, said.is_signed_by_stranger ? stranger.get() : ca,
                    said.is_signed_by_stranger ? other.get() : ca_key.get(), EVP_sha256(), nullptr, 0);
    OCSP_RESPONSE* response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    unsigned char* der = nullptr;
    const int size = i2d_OCSP_RESPONSE(response, &der);
    std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    OCSP_RESPONSE_free(response);
    OCSP_BASICRESP_free(basic);
    OCSP_CERTID_free(id);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    ASN1_TIME_free(revoked);
    return text;
  }

  // "good", or why there is no staple.
  [[nodiscard]] std::string judged(const std::string& text) const {
    const auto staple = judge_answer(*ask_about(identity), text, std::chrono::system_clock::now());
    return staple ? "good" : staple.error().detail;
  }

  PrivateKey ca_key;
  std::shared_ptr<const TlsIdentity> identity;
};

}  // namespace zeroway
