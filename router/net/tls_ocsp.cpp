#include "router/net/tls_ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <array>

#include "router/net/limits.h"
#include "router/net/tls_files.h"
#include "router/net/tls_time.h"

namespace zeroway {

namespace {

struct FreeOcsp {
  void operator()(OCSP_REQUEST* one) const { OCSP_REQUEST_free(one); }
  void operator()(OCSP_RESPONSE* one) const { OCSP_RESPONSE_free(one); }
  void operator()(OCSP_BASICRESP* one) const { OCSP_BASICRESP_free(one); }
  void operator()(OCSP_CERTID* one) const { OCSP_CERTID_free(one); }
  void operator()(STACK_OF(OPENSSL_STRING) * one) const { X509_email_free(one); }
  void operator()(STACK_OF(X509) * one) const { sk_X509_free(one); }  // certificates are not its own
};

Error no_staple(const OcspQuestion& question, const std::string& why) {
  return {Fault::backend, Code::internal, true, question.url + " about " + question.file + ": " + why};
}

const X509* issuer_of(const TlsIdentity& identity) {
  for (const Certificate& one : identity.chain) {
    if (X509_check_issued(one.get(), identity.certificate.get()) == X509_V_OK) return one.get();
  }
  return nullptr;
}

std::string responder_of(X509* certificate) {
  const std::unique_ptr<STACK_OF(OPENSSL_STRING), FreeOcsp> urls(X509_get1_ocsp(certificate));
  for (int at = 0; at < sk_OPENSSL_STRING_num(urls.get()); ++at) {
    const std::string url = sk_OPENSSL_STRING_value(urls.get(), at);
    if (url.starts_with("http://")) return url;  // an answer is signed: https would only ask for another certificate
  }
  return {};
}

// Feature 5, status_request, in the extension TLS feature (RFC 7633).
bool must_staple(const X509* certificate) {
  auto* features = static_cast<TLS_FEATURE*>(X509_get_ext_d2i(certificate, NID_tlsfeature, nullptr, nullptr));
  bool is_must = false;
  for (int at = 0; at < sk_ASN1_INTEGER_num(features); ++at) {
    is_must = is_must || ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, at)) == 5;
  }
  TLS_FEATURE_free(features);
  return is_must;
}

std::string write_question(const TlsIdentity& identity, const X509* issuer) {
  const std::unique_ptr<OCSP_REQUEST, FreeOcsp> request(OCSP_REQUEST_new());
  OCSP_CERTID* id = OCSP_cert_to_id(nullptr, identity.certificate.get(), issuer);
  if (!request || !id) return {};
  if (!OCSP_request_add0_id(request.get(), id)) return OCSP_CERTID_free(id), std::string();
  unsigned char* der = nullptr;
  const int size = i2d_OCSP_REQUEST(request.get(), &der);
  std::string body;
  if (size > 0) body.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return body;
}

// The issuer signs, or a responder whose certificate the issuer has signed (RFC 6960 §4.2.2.2).
bool is_signed(OCSP_BASICRESP* answer, const TlsIdentity& identity) {
  const std::unique_ptr<X509_STORE, FreeOpenssl> store(X509_STORE_new());
  const std::unique_ptr<STACK_OF(X509), FreeOcsp> chain(sk_X509_new_null());
  if (!store || !chain) return false;
  for (const Certificate& one : identity.chain) {
    X509_STORE_add_cert(store.get(), one.get());
    sk_X509_push(chain.get(), one.get());
  }
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);  // our own chain is trusted, with its root or without
  return OCSP_basic_verify(answer, chain.get(), store.get(), 0) == 1;
}

}  // namespace

std::string certificate_digest(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> print{};
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha256(), print.data(), &size) != 1) return {};
  return std::string(reinterpret_cast<const char*>(print.data()), size);
}

std::optional<OcspQuestion> ask_about(const std::shared_ptr<const TlsIdentity>& identity) {
  X509* const certificate = identity->certificate.get();
  OcspQuestion question{.certificate = certificate_digest(certificate),
                        .file = identity->end.file,
                        .url = responder_of(certificate),
                        .is_must = must_staple(certificate),
                        .body = {},
                        .identity = identity};
  if (question.url.empty() && !question.is_must) return std::nullopt;
  if (const X509* issuer = issuer_of(*identity)) question.body = write_question(*identity, issuer);
  ERR_clear_error();
  return question;
}

Result<TlsStaple> judge_answer(const OcspQuestion& question, std::string_view answer, WallTime now) {
  const auto* at = reinterpret_cast<const unsigned char*>(answer.data());
  const std::unique_ptr<OCSP_RESPONSE, FreeOcsp> response(
      d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(answer.size())));
  ERR_clear_error();
  if (!response) return no_staple(question, "no answer of OCSP");
  const int status = OCSP_response_status(response.get());
  if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) return no_staple(question, OCSP_response_status_str(status));
  const std::unique_ptr<OCSP_BASICRESP, FreeOcsp> basic(OCSP_response_get1_basic(response.get()));
  const TlsIdentity& identity = *question.identity;
  if (!basic || !is_signed(basic.get(), identity))
    return no_staple(question, "not signed for it: " + take_openssl_error());
  const std::unique_ptr<OCSP_CERTID, FreeOcsp> id(
      OCSP_cert_to_id(nullptr, identity.certificate.get(), issuer_of(identity)));
  int verdict = V_OCSP_CERTSTATUS_UNKNOWN;
  ASN1_GENERALIZEDTIME *from = nullptr, *until = nullptr;
  if (OCSP_resp_find_status(basic.get(), id.get(), &verdict, nullptr, nullptr, &from, &until) != 1)
    return no_staple(question, "it is about another certificate");
  if (verdict != V_OCSP_CERTSTATUS_GOOD) return no_staple(question, OCSP_cert_status_str(verdict));
  const auto begin = wall_time_of(from), end = wall_time_of(until);
  if (!begin || *begin > now + kOcspSkew) return no_staple(question, "it is of the future");
  // Without nextUpdate newer news is always there (RFC 6960 §4.2.2.1).
  TlsStaple staple{std::string(answer), *begin, end.value_or(*begin + kOcspNoEnd)};
  if (staple.until <= now) return no_staple(question, "it is of the past");
  return staple;
}

const TlsStaple* TlsStaples::find(const std::string& certificate, WallTime now) const {
  const auto found = by_certificate_.find(certificate);
  return found == by_certificate_.end() || found->second.until <= now ? nullptr : &found->second;
}

}  // namespace zeroway
