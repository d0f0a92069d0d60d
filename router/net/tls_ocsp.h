// What a responder says of our own certificates (OCSP, RFC 6960): the question, and which answers may be stapled.
//
// Owner: nobody; values, and free functions. TlsStaples is shared by all loops and never changed.   Thread: any.
// Not here: asking over the network (router/stapling), giving staples to clients (net/tls_context.cpp).
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/bytes.h"
#include "proto/error.h"
#include "router/observe/wall_clock.h"

struct x509_st;

namespace zeroway {

struct TlsIdentity;

// Everything that is needed to ask about one certificate, and to judge the answer.
struct OcspQuestion {
  std::string certificate;                      // its SHA-256
  std::string file;                             // for the log
  std::string url;                              // of the responder; "" = the certificate names none
  bool is_must = false;                         // clients refuse the certificate without a staple (RFC 7633)
  std::string body;                             // the question in DER; "" = the issuer is not in the certificate's file
  std::shared_ptr<const TlsIdentity> identity;  // chain and certificate
};

// An answer that says "good".
struct TlsStaple {
  std::string answer;  // in DER, as clients get it
  WallTime from;       // thisUpdate
  WallTime until;      // nextUpdate: later it is never given
};

// Nothing for a certificate that names no responder and does not ask for a staple.
[[nodiscard]] std::optional<OcspQuestion> ask_about(const std::shared_ptr<const TlsIdentity>& identity);
// The staple, when `answer` is verified, about this certificate, "good" and of this time. The error says why it is
// none.
[[nodiscard]] Result<TlsStaple> judge_answer(const OcspQuestion& question, std::string_view answer, WallTime now);
// SHA-256 of the certificate.
[[nodiscard]] std::string certificate_digest(const x509_st* certificate);

class TlsStaples {
 public:
  explicit TlsStaples(std::map<std::string, TlsStaple> by_certificate) : by_certificate_(std::move(by_certificate)) {}
  // Null when there is none that is good at `now`.
  [[nodiscard]] const TlsStaple* find(const std::string& certificate, WallTime now) const;

 private:
  std::map<std::string, TlsStaple> by_certificate_;
};

}  // namespace zeroway
