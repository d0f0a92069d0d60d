// When a certificate in use stops being good, and what the operator is told about it.
//
// Owner: TlsContext keeps one for each file.   Thread: any.
// Not here: when it is told (net/tls_keeper.h).
#pragma once
#include <string>

#include "router/observe/wall_clock.h"

namespace zeroway {

struct CertificateEnd {
  std::string file;
  WallTime time;  // of the certificate in the file that ends first: clients check the whole chain
};

// Nothing while the certificate is good for longer than kExpiryNotice.
[[nodiscard]] std::string expiry_warning(const CertificateEnd& end, WallTime now);

}  // namespace zeroway
