// The authority of this machine: a root, an intermediate and certificates, for sites with auto_cert = "internal".
//
// Owner: a CertificateKeeper.   Thread: its loop.
// The root is made once, and changes only by hand: an operator may put another root.crt and root.key into the folder.
// The intermediate is renewed before its rest is shorter than the life of a certificate.
// Not here: when certificates are renewed (acme/renewal.h), how programs come to trust the root (acme/trust_text.h).
#pragma once
#include <string>

#include "proto/error.h"
#include "router/acme/certificate_maker.h"

namespace zeroway {

class LocalAuthority {
 public:
  // `folder` is made when the first certificate is.
  explicit LocalAuthority(std::string folder) : folder_(std::move(folder)) {}

  // A pair for `host`. The error names the file that cannot be read or written.
  [[nodiscard]] Result<std::string> issue(const std::string& host, WallTime now);

 private:
  [[nodiscard]] Result<Issuer> root(WallTime now) const;
  [[nodiscard]] Result<Issuer> intermediate(WallTime now) const;

  std::string folder_;
};

}  // namespace zeroway
