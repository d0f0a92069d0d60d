// Times in certificates and in what responders say of them.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: the certificates (net/tls_files.h).
#pragma once
#include <openssl/asn1.h>

#include <optional>

#include "router/observe/wall_clock.h"

namespace zeroway {

// Nothing for a time that is missing or broken. Certificates without a last day have one in the year 9999 (RFC 5280
// §4.1.2.5): the last one that WallTime has stands for it.
[[nodiscard]] std::optional<WallTime> wall_time_of(const ASN1_TIME* time);

}  // namespace zeroway
