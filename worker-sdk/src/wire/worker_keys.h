// CURVE keys as files and as text (Z85, 40 characters).
//
// Owner: nobody; free functions.   Thread: any.
// Not here: making keys (tools/keygen).
#pragma once
#include <string>

#include "proto/zmtp/curve_keys.h"

namespace zeroway {

struct WorkerKeys {
  std::string secret;
  std::string own_public;
  std::string router_public;
};

// A key file has one key to a line, alone or after a label. The key after the label "secret" or "public" is taken, else
// the first one without a label. Throws std::invalid_argument that names the option and the file, when the file cannot
// be read, holds no key, or holds the wrong half of a key pair (as far as that can be detected).
[[nodiscard]] WorkerKeys read_worker_keys(const std::string& key_file, const std::string& router_key);

// The same as bytes.
[[nodiscard]] CurveKeys raw_keys(const WorkerKeys& keys);

}  // namespace zeroway
