#include "router/plan/wamp_auth_maker.h"

#include "router/settings/wamp_auth_checks.h"

namespace zeroway {

namespace {

WampPrincipal principal(const PrincipalSettings& said) { return {said.authid, said.role, said.realm}; }

AnonymousSpec anonymous(const AnonymousSettings& said) { return {{said.authid, said.role, said.realm}}; }

CraSpec wampcra(const WampCraSettings& said) {
  return {principal(said.who), said.secret, said.salt, said.iterations, said.keylen};
}

ScramSpec scram(const ScramSettings& said) {
  return {principal(said.who), said.kdf, said.salt, said.iterations, said.memory, said.stored_key, said.server_key};
}

CertificateLoginSpec certificate(const WampTlsSettings& said) {
  return {principal(said.who), bare_fingerprint(said.fingerprint), said.common_name};
}

WampCookieSpec cookie(const WampCookieSettings& said) {
  return {said.name, said.length, std::chrono::duration_cast<std::chrono::seconds>(said.max_age), said.file};
}

}  // namespace

WampAuthSpec make_wamp_auth(const WampAuthSettings& said) {
  WampAuthSpec spec;
  spec.challenge_timeout = said.challenge_timeout;
  if (said.anonymous) spec.anonymous = anonymous(*said.anonymous);
  for (const TicketSettings& one : said.ticket) spec.ticket.push_back({principal(one.who), one.ticket});
  for (const WampCraSettings& one : said.wampcra) spec.wampcra.push_back(wampcra(one));
  for (const ScramSettings& one : said.scram) spec.scram.push_back(scram(one));
  for (const CryptosignSettings& one : said.cryptosign)
    spec.cryptosign.push_back({principal(one.who), one.authorized_keys});
  for (const WampTlsSettings& one : said.tls) spec.tls.push_back(certificate(one));
  if (said.cookie) spec.cookie = cookie(*said.cookie);
  return spec;
}

}  // namespace zeroway
