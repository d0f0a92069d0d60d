// TLS on one connection without a socket: takes the bytes of the peer, returns plaintext and the bytes to send.
//
// Owner: a TlsStream, or a test.   Thread: one loop.
// Buffers belong to the caller: between two calls an engine holds no more than a record that is not complete yet.
// Not here: when to send (net/tls_stream.h), certificates (net/tls_context.h, net/tls_client.h).
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "proto/bytes.h"
#include "router/net/tls_challenges.h"
#include "router/net/tls_context.h"
#include "router/net/tls_ocsp.h"
#include "router/net/tls_tickets.h"

struct ssl_st;
struct ssl_session_st;

namespace zeroway {

class TlsSessions;

// What a client's TLS connection begins with; kept until the end of its handshake.
struct TlsTerms {
  std::shared_ptr<const TlsContext> context;
  std::shared_ptr<const TicketKeys> keys;
  std::shared_ptr<const TlsChallenges> challenges = {};  // null = none is open
  std::shared_ptr<const TlsStaples> staples = {};        // null = none is there
};

struct FreeSsl {
  void operator()(ssl_st* ssl) const;
};
using Ssl = std::unique_ptr<ssl_st, FreeSsl>;

// What a TLS connection that we dialled begins with: net/tls_client.h makes it.
struct TlsClientStart {
  Ssl ssl;                                // knows the rules, and the server's name
  std::shared_ptr<TlsSessions> sessions;  // gets the server's tickets
  std::string session_key;
};

enum class TlsState : std::uint8_t {
  handshake,
  open,
  ended,   // the peer said close_notify: nothing more comes, writing still works
  failed,  // an alert may be in the output; only destruction is left
};

class TlsEngine {
 public:
  explicit TlsEngine(TlsTerms terms);        // the server's role
  explicit TlsEngine(TlsClientStart start);  // the client's role: the first read(), of nothing, begins the handshake
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  // Takes all of `input`. Writes the plaintext into `plain` and returns its size; `plain` must have at least kTlsPlain
  // bytes for each kReadSize of input. Appends to `output` the bytes that must be sent.
  [[nodiscard]] std::size_t read(Bytes input, std::span<std::uint8_t> plain, std::string& output);
  // Whether the handshake waits for the digest of a challenge. After use() it goes on with the next read(), of nothing.
  [[nodiscard]] bool awaits_challenge() const;
  void use(std::shared_ptr<const TlsChallenges> challenges) { terms_.challenges = std::move(challenges); }
  // Appends `plain`, encrypted, to `output`. Only when open or ended.
  void write(Bytes plain, std::string& output);
  // Appends close_notify, once.
  void close(std::string& output);

  [[nodiscard]] TlsState state() const { return state_; }
  [[nodiscard]] std::string_view failure() const { return failure_; }  // why, when failed
  [[nodiscard]] std::string_view protocol() const;                     // by ALPN, or empty
  // "TLSv1.3", and OpenSSL's name of the cipher, as "TLS_AES_128_GCM_SHA256": texts of OpenSSL's own, good for ever.
  // Only after the handshake.
  [[nodiscard]] std::string_view version() const;
  [[nodiscard]] std::string_view cipher() const;
  [[nodiscard]] bool is_resumed() const;
  [[nodiscard]] std::string_view server_name() const;  // that the client asked for; "" = it named none
  [[nodiscard]] bool has_client_certificate() const;   // a verified one
  // The subject of the client's certificate, as RFC 4514 writes it, in printable ASCII; empty without a certificate.
  [[nodiscard]] std::string client_subject() const;
  // More of that certificate: the issuer as the subject is written, the serial number and the SHA-256 of the whole in
  // hex, and the certificate itself in base64.
  [[nodiscard]] std::string client_issuer() const;
  [[nodiscard]] std::string client_serial() const;
  [[nodiscard]] std::string client_fingerprint() const;
  [[nodiscard]] std::string client_certificate() const;
  // TlsPolicy::client_authorities() of the site that the client came to. Empty before the handshake is done.
  [[nodiscard]] const std::string& client_authorities() const { return client_authorities_; }

  // For OpenSSL's callbacks.
  [[nodiscard]] static TlsEngine& of(const ssl_st* ssl);
  [[nodiscard]] const TicketKeys* ticket_keys() const { return terms_.keys.get(); }
  [[nodiscard]] const TlsStaple* staple(const std::string& certificate) const {
    return terms_.staples ? terms_.staples->find(certificate, std::chrono::system_clock::now()) : nullptr;
  }
  [[nodiscard]] ssl_ctx_st* challenge(std::string_view name) const {
    return terms_.challenges ? terms_.challenges->find(name) : nullptr;
  }
  [[nodiscard]] bool is_challenge_awaited(std::string_view name) const {
    return terms_.challenges && terms_.challenges->is_awaited(name);
  }
  void keep_session(ssl_session_st* session);

 private:
  struct Pipe;  // OpenSSL's way to our input and output
  TlsEngine(Ssl ssl, TlsTerms terms);
  void shake_hands();
  void check_client();
  void fail(std::string why);

  TlsTerms terms_;
  Bytes input_;                    // during a call
  std::string* output_ = nullptr;  // during a call
  Ssl ssl_;
  std::shared_ptr<TlsSessions> sessions_;  // the client's role
  std::string session_key_;
  std::string client_authorities_;
  std::string failure_;
  TlsState state_ = TlsState::handshake;
};

}  // namespace zeroway
