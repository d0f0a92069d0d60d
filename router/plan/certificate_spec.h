// A certificate that the router gets by itself, and keeps in its state directory.
//
// Owner: the plan (router/plan/plan.h), which never changes.   Thread: any.
// One certificate for each name: when one name fails, the others have theirs.
// Not here: getting it (router/acme/certificate_keeper.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "router/settings/sites.h"

namespace zeroway {

enum class CertificateSource : std::uint8_t { acme, internal };

struct CertificateSpec {
  std::string name;    // lower case
  std::string folder;  // of its authority, in the state directory
  CertificateSource source = CertificateSource::acme;
  // Of an ACME authority:
  bool is_ordered = true;  // else only what is stored is served
  std::string directory_url;
  std::string ca_file;  // whose root signs the authority's own certificate; "" = the system's store
  std::string email;
  bool has_http = false;     // a listener of the plan speaks HTTP without TLS, where the name may be asked for
  std::string key_id, hmac;  // the account that the authority knows already; "" = none
  AcmeChallenge challenge = AcmeChallenge::automatic;

  [[nodiscard]] std::string file() const { return folder + "/" + name + ".pem"; }  // key and chain

  bool operator==(const CertificateSpec&) const = default;
};

// The folder of an authority below the state directory: each directory URL has its own, so that a certificate for
// tests is never taken for a real one.
[[nodiscard]] inline std::string authority_folder(const std::string& state_dir, std::string_view directory_url) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789.-";
  std::string folder = state_dir + "/acme/";
  if (directory_url.starts_with("https://")) directory_url.remove_prefix(8);
  for (const char letter : directory_url) {
    const auto byte = static_cast<unsigned char>(letter);
    if (kPlain.find(letter) != std::string_view::npos) {
      folder += letter;
    } else {
      folder.append("%").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
    }
  }
  return folder;
}

[[nodiscard]] inline std::string internal_folder(const std::string& state_dir) { return state_dir + "/internal"; }

}  // namespace zeroway
