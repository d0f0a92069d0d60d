#include "router/net/tls_context.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <set>

#include "proto/bytes.h"
#include "router/net/limits.h"
#include "router/net/tls_challenges.h"
#include "router/net/tls_engine.h"
#include "router/net/tls_files.h"
#include "router/net/tls_hello.h"
#include "router/net/tls_tickets.h"

namespace zeroway {

namespace {

// Mozilla's "intermediate" list without finite-field DHE, which costs us much and an attacker nothing (D(HE)at).
// No client that knows TLS 1.2 needs DHE.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kCipherSuites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kGroups = "X25519:P-256:P-384";

Error openssl_error(const std::string& what) {
  return {Fault::router, Code::internal, false, what + ": " + take_openssl_error()};
}

// The ciphers of one kind as OpenSSL wants them: those of TLS 1.3 begin with "TLS_".
std::string list_of(const std::vector<std::string>& ciphers, bool is_v1_3, const char* usual) {
  std::string list;
  for (const std::string& one : ciphers) {
    if (one.starts_with("TLS_") == is_v1_3) list.append(list.empty() ? "" : ":").append(one);
  }
  return list.empty() ? usual : list;
}

int number_of(TlsVersion version) { return version == TlsVersion::v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION; }

Bytes extension_of(SSL* ssl, unsigned int kind) {
  const unsigned char* begin = nullptr;
  std::size_t size = 0;
  return SSL_client_hello_get0_ext(ssl, kind, &begin, &size) == 1 ? Bytes(begin, size) : Bytes();
}

using Digest = std::array<unsigned char, 32>;

bool write_digest(std::string_view text, Digest& digest) {
  unsigned int size = 0;
  return EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1;
}

// Without it OpenSSL would not confirm the name to the client (RFC 6066 §3).
int on_name(SSL* ssl, int*, void*) {
  return SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

// Without a protocol in common, the router answers without ALPN and speaks HTTP/1.1. RFC 7301 §3.2 would end the
// handshake. That would refuse clients that offer an older name of their protocol: `curl --http1.0` offers http/1.0
// alone.
int on_protocols(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* theirs,
                 unsigned int their_size, void* context) {
  const Bytes ours = as_bytes(static_cast<const TlsContext*>(context)->protocols());
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, size, ours.data(), static_cast<unsigned>(ours.size()), theirs, their_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

// The connection ends when the handshake has shown the certificate.
bool take_challenge(SSL* ssl, SSL_CTX* challenge) {
  const std::string_view session = kAcmeProtocol;  // no session of a site is good here
  SSL_set_SSL_CTX(ssl, challenge);
  SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
  return SSL_set_session_id_context(ssl, as_bytes(session).data(), static_cast<unsigned>(session.size())) == 1;
}

// Called when the client asks for a staple, and the certificate is chosen.
int on_status(SSL* ssl, void*) {
  const X509* certificate = SSL_get_certificate(ssl);
  const TlsStaple* staple = certificate ? TlsEngine::of(ssl).staple(certificate_digest(certificate)) : nullptr;
  if (!staple) return SSL_TLSEXT_ERR_NOACK;
  void* copy = OPENSSL_memdup(staple->answer.data(), staple->answer.size());  // OpenSSL frees it
  if (!copy) return SSL_TLSEXT_ERR_NOACK;
  SSL_set_tlsext_status_ocsp_resp(ssl, static_cast<unsigned char*>(copy), static_cast<long>(staple->answer.size()));
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

// A policy as OpenSSL needs it. Each SSL_CTX points to the one that it was made for.
struct TlsContext::Rules {
  int verify = SSL_VERIFY_NONE;
  int min_version = TLS1_2_VERSION;
  std::string client_authorities;
  std::string ciphers, cipher_suites;
  std::string identity;  // equal policies have equal ones
  std::vector<Certificate> client_ca;
  std::unique_ptr<X509_STORE, FreeOpenssl> store;

  [[nodiscard]] static const Rules& of(const SSL_CTX* context) {
    return *static_cast<const Rules*>(SSL_CTX_get_app_data(context));
  }

  // OpenSSL took most of its rules from the first context when the connection began, and SSL_set_SSL_CTX leaves them.
  // The session's context is the policy and the name. OpenSSL compares it before it resumes a session, with TLS 1.3
  // only if it is set now: later is too late (CVE-2025-23419).
  [[nodiscard]] bool apply(SSL* ssl, std::string_view name) const {
    Digest session{};
    return SSL_set_min_proto_version(ssl, min_version) == 1 &&
           write_digest(identity + std::string(HostName(name).text()), session) &&
           SSL_set_session_id_context(ssl, session.data(), session.size()) == 1 &&
           (SSL_set_verify(ssl, verify, nullptr), true);
  }
};

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

void TlsContext::FreeRules::operator()(Rules* rules) const { delete rules; }

TlsContext::~TlsContext() = default;

// Called for the client's first message, before OpenSSL acts on it; and for a second one after HelloRetryRequest.
int TlsContext::on_hello(SSL* ssl, int* alert, void* self) {
  const std::string_view name = read_server_name(extension_of(ssl, TLSEXT_TYPE_server_name));
  const Bytes protocols = extension_of(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation);
  if (offers_protocol(protocols, kAcmeProtocol)) {
    if (TlsEngine::of(ssl).is_challenge_awaited(name)) return SSL_CLIENT_HELLO_RETRY;
    SSL_CTX* const challenge = TlsEngine::of(ssl).challenge(name);
    if (challenge && take_challenge(ssl, challenge)) return SSL_CLIENT_HELLO_SUCCESS;
    *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
    return SSL_CLIENT_HELLO_ERROR;
  }
  SSL_CTX* const wanted = static_cast<const TlsContext*>(self)->find(name);
  if (wanted != SSL_get_SSL_CTX(ssl)) SSL_set_SSL_CTX(ssl, wanted);
  if (Rules::of(wanted).apply(ssl, name)) return SSL_CLIENT_HELLO_SUCCESS;
  *alert = SSL_AD_INTERNAL_ERROR;
  return SSL_CLIENT_HELLO_ERROR;
}

const std::string& TlsContext::client_authorities(const SSL* ssl) {
  return Rules::of(SSL_get_SSL_CTX(ssl)).client_authorities;
}

// Builds a TlsContext. When something is wrong, the whole object is discarded.
struct TlsContext::Loader {
  using Set = std::vector<std::size_t>;  // identities, by their places

  // A site while it is read.
  struct Site {
    TlsSite said;
    Set identities;  // of its certificates
    const Rules* rules = nullptr;
  };

  Loader(const TlsSettings& with_settings, TlsContext& for_made) : settings(with_settings), made(for_made) {}

  [[nodiscard]] Result<> load() {
    if (auto read = read_sites(); !read) return read;
    const auto is_default = [](const Site& site) { return site.said.is_default; };
    auto usual = std::find_if(sites.begin(), sites.end(), is_default);
    if (usual == sites.end()) usual = sites.begin();
    for (const Site& site : sites) {
      auto added = add(site, sets_of(site.identities));
      if (!added) return added.error();
      for (const std::string& host : site.said.hosts) static_cast<void>(made.by_host_.add(host, *added));
    }
    std::map<std::string, Set> sets = sets_of(usual->identities);
    sets.merge(sets_of_all());
    auto added = add(*usual, sets);
    if (!added) return added.error();
    made.usual_ = *added;
    ask_for_staples();
    return {};
  }

  [[nodiscard]] Result<> read_sites() {
    if (settings.is_on()) {
      TlsSite base;
      base.certificates = settings.certificates;
      base.policy = settings.policy;
      if (!settings.directory.empty()) {
        const auto listed = list_pairs(settings.directory);
        if (!listed) return listed.error();
        base.certificates.insert(base.certificates.end(), listed->begin(), listed->end());
      }
      sites.push_back({std::move(base), {}});
    }
    for (const TlsSite& site : settings.sites) sites.push_back({site, {}});
    for (Site& site : sites) {
      if (auto read = read_site(site); !read) return read;
    }
    return sites.empty() ? Result<>(Error{Fault::router, Code::internal, false, "TLS: no certificate"}) : Result<>();
  }

  [[nodiscard]] Result<> read_site(Site& site) {
    for (const TlsFiles& files : site.said.certificates) {
      const auto place = place_of(files);
      if (!place) return place.error();
      site.identities.push_back(*place);
    }
    if (site.identities.empty()) return Error{Fault::router, Code::internal, false, "TLS: a site without certificate"};
    const auto rules = rules_of(site.said.policy);
    if (!rules) return rules.error();
    site.rules = *rules;
    return {};
  }

  void ask_for_staples() {
    std::set<std::size_t> asked;
    for (const Site& site : sites) {
      if (site.said.staples) asked.insert(site.identities.begin(), site.identities.end());
    }
    for (const std::size_t index : asked) {
      if (auto question = ask_about(identities[index])) made.questions_.push_back(std::move(*question));
    }
  }

  // Of the identity in these files, which is read once.
  [[nodiscard]] Result<std::size_t> place_of(const TlsFiles& files) {
    const auto known = std::find(read_files.begin(), read_files.end(), files);
    if (known != read_files.end()) return static_cast<std::size_t>(known - read_files.begin());
    auto identity = read_identity(files);
    if (!identity) return identity.error();
    made.ends_.push_back(identity->end);
    identities.push_back(std::make_shared<const TlsIdentity>(std::move(*identity)));
    read_files.push_back(files);
    return identities.size() - 1;
  }

  // --- policies

  [[nodiscard]] Result<const Rules*> rules_of(const TlsPolicy& policy) {
    const auto known = std::find(policies.begin(), policies.end(), policy);
    if (known != policies.end()) return made.rules_[static_cast<std::size_t>(known - policies.begin())].get();
    std::unique_ptr<Rules, FreeRules> rules(new Rules);
    rules->min_version = number_of(policy.min_version);
    rules->ciphers = list_of(policy.ciphers, false, kCiphers);
    rules->cipher_suites = list_of(policy.ciphers, true, kCipherSuites);
    rules->client_authorities = policy.client_authorities();
    rules->identity = std::to_string(rules->min_version) + rules->ciphers + "/" + rules->cipher_suites + "/";
    if (auto read = read_client_ca(policy, *rules); !read) return read.error();
    policies.push_back(policy);
    made.rules_.push_back(std::move(rules));
    return made.rules_.back().get();
  }

  // A file that cannot be read, or has no certificate, is an error: the system's authorities never stand in for it.
  [[nodiscard]] static Result<> read_client_ca(const TlsPolicy& policy, Rules& rules) {
    if (policy.client_ca.empty()) return {};
    rules.verify = SSL_VERIFY_PEER | (policy.client_optional ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    rules.identity += policy.client_optional ? "optional" : "require";
    rules.store.reset(X509_STORE_new());
    for (const std::string& file : policy.client_ca) {
      auto read = read_certificates(file);
      if (!read) return read.error();
      for (Certificate& one : *read) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> print{};
        unsigned int size = 0;
        const bool is_added = X509_STORE_add_cert(rules.store.get(), one.get()) == 1 &&
                              X509_digest(one.get(), EVP_sha256(), print.data(), &size) == 1;
        if (!is_added) return openssl_error(file);
        rules.identity.append(reinterpret_cast<const char*>(print.data()), size);
        rules.client_ca.push_back(std::move(one));
      }
    }
    return {};
  }

  // --- contexts

  // A name may have certificates of several kinds (ECDSA, RSA): one context holds all of them, and OpenSSL takes the
  // certificate that the client can verify. Of two certificates of the same kind the first one counts.
  [[nodiscard]] Result<const Certificates*> add(const Site& site, const std::map<std::string, Set>& sets) {
    const TlsIdentity& first = *identities[site.identities.front()];
    const Set first_set = first.names.empty() ? Set{site.identities.front()} : sets.at(first.names.front());
    auto certificates = std::make_unique<Certificates>();
    const auto context = context_of(*site.rules, first_set);
    if (!context) return context.error();
    certificates->first = *context;
    for (const auto& [name, set] : sets) {
      const auto named = context_of(*site.rules, set);
      if (!named) return named.error();
      certificates->by_name.emplace(name, *named);
    }
    made.sites_.push_back(std::move(certificates));
    return made.sites_.back().get();
  }

  [[nodiscard]] std::map<std::string, Set> sets_of(const Set& all) const {
    std::map<std::string, Set> by_name;
    for (const std::size_t index : all) {
      for (const std::string& name : identities[index]->names) add_kind(by_name[name], index);
    }
    return by_name;
  }

  [[nodiscard]] std::map<std::string, Set> sets_of_all() const {
    Set all(identities.size());
    for (std::size_t index = 0; index < all.size(); ++index) all[index] = index;
    return sets_of(all);
  }

  void add_kind(Set& set, std::size_t index) const {
    const auto kind = [this](std::size_t one) { return EVP_PKEY_get_base_id(identities[one]->key.get()); };
    const bool is_new = std::none_of(set.begin(), set.end(), [&](std::size_t one) { return kind(one) == kind(index); });
    if (is_new) set.push_back(index);
  }

  [[nodiscard]] Result<SSL_CTX*> context_of(const Rules& rules, const Set& set) {
    const auto known = contexts.find({&rules, set});
    if (known != contexts.end()) return known->second;
    auto context = make_context(rules, set);
    if (context) contexts.emplace(std::pair{&rules, set}, *context);
    return context;
  }

  [[nodiscard]] Result<SSL_CTX*> make_context(const Rules& rules, const Set& set) {
    std::unique_ptr<SSL_CTX, Free> owner(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const context = owner.get();
    if (!context) return openssl_error("TLS");
    SSL_CTX_set_app_data(context, const_cast<Rules*>(&rules));
    SSL_CTX_set_min_proto_version(context, rules.min_version);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_max_cert_list(context, static_cast<long>(kMaxCertList));
    const bool is_set = SSL_CTX_set_cipher_list(context, rules.ciphers.c_str()) == 1 &&
                        SSL_CTX_set_ciphersuites(context, rules.cipher_suites.c_str()) == 1 &&
                        SSL_CTX_set1_groups_list(context, kGroups) == 1;
    if (!is_set) return openssl_error("TLS: the ciphers");
    set_up_sessions(context);
    if (auto set_up = set_up_clients(context, rules); !set_up) return set_up.error();
    SSL_CTX_set_client_hello_cb(context, on_hello, &made);
    SSL_CTX_set_tlsext_servername_callback(context, on_name);
    SSL_CTX_set_tlsext_status_cb(context, on_status);
    if (!made.protocols_.empty()) SSL_CTX_set_alpn_select_cb(context, on_protocols, &made);
    for (const std::size_t index : set) {
      if (auto used = use(context, *identities[index]); !used) return used.error();
    }
    made.owned_.push_back(std::move(owner));
    return context;
  }

  [[nodiscard]] static Result<> use(SSL_CTX* context, const TlsIdentity& identity) {
    const bool is_used = SSL_CTX_use_certificate(context, identity.certificate.get()) == 1 &&
                         SSL_CTX_use_PrivateKey(context, identity.key.get()) == 1;
    if (!is_used) return openssl_error(identity.end.file);
    for (const Certificate& one : identity.chain) {
      if (SSL_CTX_add1_chain_cert(context, one.get()) != 1) return openssl_error(identity.end.file);
    }
    return {};
  }

  // Clients keep sessions as tickets; the router keeps no session.
  void set_up_sessions(SSL_CTX* context) const {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    const auto lifetime = std::chrono::duration_cast<std::chrono::seconds>(2 * settings.ticket_rotation);
    SSL_CTX_set_timeout(context, static_cast<long>(lifetime.count()));
    SSL_CTX_set_num_tickets(context, 1);
    use_ticket_keys(context);
  }

  [[nodiscard]] static Result<> set_up_clients(SSL_CTX* context, const Rules& rules) {
    if (!rules.store) return {};
    SSL_CTX_set_verify(context, rules.verify, nullptr);
    if (SSL_CTX_set1_verify_cert_store(context, rules.store.get()) != 1) return openssl_error("clients' certificates");
    for (const Certificate& one : rules.client_ca) {
      if (SSL_CTX_add_client_CA(context, one.get()) != 1) return openssl_error("clients' certificates");
    }
    return {};
  }

  const TlsSettings& settings;
  TlsContext& made;
  std::vector<Site> sites;
  std::vector<TlsPolicy> policies;  // of made.rules_
  std::vector<TlsFiles> read_files;
  std::vector<std::shared_ptr<const TlsIdentity>> identities;  // of read_files
  std::map<std::pair<const Rules*, Set>, SSL_CTX*> contexts;
};

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsSettings& settings,
                                                           const std::vector<std::string>& protocols) {
  const std::shared_ptr<TlsContext> made(new TlsContext);
  for (const std::string& protocol : protocols) {
    made->protocols_.push_back(static_cast<char>(protocol.size()));
    made->protocols_.append(protocol);
  }
  if (auto loaded = Loader(settings, *made).load(); !loaded) return loaded.error();
  return std::shared_ptr<const TlsContext>(made);
}

ssl_ctx_st* TlsContext::find(std::string_view name) const {
  const Certificates* const* site = by_host_.find(name);
  const Certificates& certificates = site ? **site : *usual_;
  std::string wanted(HostName(name).text());
  if (const auto at = certificates.by_name.find(wanted); at != certificates.by_name.end()) return at->second;
  const std::size_t dot = wanted.find('.');
  if (dot == std::string::npos || dot == 0) return certificates.first;
  wanted.replace(0, dot, "*");
  const auto at = certificates.by_name.find(wanted);
  return at != certificates.by_name.end() ? at->second : certificates.first;
}

}  // namespace zeroway
