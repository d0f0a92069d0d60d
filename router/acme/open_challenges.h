// The challenges of ACME that are open, over HTTP and by TLS.
//
// Owner: shared by all loops; never changed: a change makes a new object.   Thread: any.
// Not here: answering them (acme/http_challenges.h, net/tls_challenges.h).
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace zeroway {

using ChallengeDigest = std::array<std::uint8_t, 32>;

struct OpenChallenges {
  // Host, lower case -> the folder with the answers of its order.
  std::map<std::string, std::string, std::less<>> folders{};
  // Host, lower case -> what its certificate for acme-tls/1 holds; nothing while the ACME client has not said it yet.
  std::map<std::string, std::optional<ChallengeDigest>, std::less<>> digests{};

  [[nodiscard]] bool is_empty() const { return folders.empty() && digests.empty(); }
};

}  // namespace zeroway
