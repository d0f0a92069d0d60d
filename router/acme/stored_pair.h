// A certificate of the state directory: the key, the certificate and its chain, in one file, so that they never differ.
//
// Owner: nobody; a free function.   Thread: any.
// A pair that cannot be read is as good as none: the caller gets another one.
// Not here: writing it (acme/file_store.h), serving it (net/tls_context.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/observe/wall_clock.h"

namespace zeroway {

struct StoredPair {
  WallTime from, until;       // `until`: when the first certificate of the chain ends
  bool is_temporary = false;  // the router made it, for the time until there is another one
};

// The organization in the subject of a temporary certificate.
inline constexpr const char* kTemporaryMark = "Zeroway temporary certificate";

// Whether `pem` is a pair whose key is the certificate's and whose certificate is for `host`, a name or an address.
[[nodiscard]] Result<StoredPair> read_pair(std::string_view pem, const std::string& host);

}  // namespace zeroway
