// The common name in the subject of a certificate.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: the certificate (net/tls_stream.h).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// Of a name as RFC 4514 writes it: "CN=joe,O=Example" has "joe". "" when it has none, or several: then nobody can say
// which one is meant.
[[nodiscard]] std::string common_name_of(std::string_view subject);

}  // namespace zeroway
