// CURVE keys as files and as text (Z85, 40 characters).
//
// Owner: nobody; free functions.   Thread: any.
// Not here: making keys (tools/keygen).
#pragma once
#include <string>

namespace zeroway {

struct WorkerKeys {
  std::string secret;
  std::string own_public;
  std::string router_public;
};

// A key file has one key to a line, alone or after a label; where labels name "secret" and "public", the wanted one is
// taken, else the first. Throws std::invalid_argument naming the file or the key that is wrong.
[[nodiscard]] WorkerKeys read_worker_keys(const std::string& key_file, const std::string& router_key);

}  // namespace zeroway
