// What the operator asks of TLS with clients.
//
// Owner: EdgeSettings (command line), or a listener of the plan (file).   Thread: any; never changed after the start.
// Not here: TLS with servers (router/net/tls_client.h), the keys' names (settings/description_tls.cpp).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "router/settings/web_socket_settings.h"

namespace zeroway {

// A certificate chain, which begins with the certificate itself, and the key; both PEM.
struct TlsFiles {
  std::string certificate;
  std::string key;
  bool is_renewed = false;           // by the router itself, in time
  std::vector<std::string> chain{};  // PEM: further certificates of the chain, behind those of `certificate`

  bool operator==(const TlsFiles&) const = default;
};

enum class TlsVersion : std::uint8_t { v1_2, v1_3 };

// What a connection to a site must fulfil.
struct TlsPolicy {
  std::vector<std::string> client_ca;  // files of CAs that sign clients' certificates; none = clients are not asked
  bool client_optional = false;        // a client may connect without a certificate
  TlsVersion min_version = TlsVersion::v1_2;
  std::vector<std::string> ciphers;  // OpenSSL's names, best first; of a version without one here: the router's own

  // `client_ca` as one text, so that two policies can be told apart; "" = clients are not asked.
  [[nodiscard]] std::string client_authorities() const {
    std::string all;
    for (const std::string& file : client_ca) all.append(file).push_back('\n');
    return all;
  }

  bool operator==(const TlsPolicy&) const = default;
};

// A site of a listener: its names choose its policy, and one of its certificates.
struct TlsSite {
  std::vector<std::string> hosts;  // lower case; may begin with "*."
  bool is_default = false;         // also for clients that name no site of the listener
  std::vector<TlsFiles> certificates;
  TlsPolicy policy;
  bool staples = true;  // clients get what the certificate's responder says of it (OCSP)

  bool operator==(const TlsSite&) const = default;
};

struct TlsSettings {
  std::uint16_t port = 9443;              // 0 = any free port, said in the log
  std::vector<TlsFiles> certificates;     // the first one is for clients that name none of the others
  std::string directory;                  // NAME.crt with NAME.key, or NAME.pem with both; "" = none
  TlsPolicy policy;                       // for clients that come to no site below
  std::vector<TlsSite> sites;             // of a file, instead of the three above
  Millis handshake_timeout{10'000};       // from accept to the end of the handshake: closed
  Millis ticket_rotation{12 * 3600'000};  // between new ticket keys; each key is accepted for two more such times

  [[nodiscard]] bool is_on() const { return !certificates.empty() || !directory.empty(); }

  bool operator==(const TlsSettings&) const = default;
};

}  // namespace zeroway
