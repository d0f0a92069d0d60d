#include "router/backends/wamp/wamp_joining.h"

#include <utility>

#include "router/backends/close_words.h"
#include "router/observe/escape.h"
#include "router/observe/log.h"
#include "router/plan/realm_url.h"
#include "router/plan/route.h"
#include "router/wamp/first_message.h"
#include "router/wamp/message_type.h"
#include "router/wamp/own_messages.h"
#include "router/wamp/subprotocol.h"

namespace zeroway {

namespace {

constexpr std::uint16_t kProtocolError = 1002;

Passage broken(std::string_view detail) {
  return {.action = Passage::Action::end, .why = SessionEnd::violation_of_backend, .detail = detail};
}

}  // namespace

WampJoining::WampJoining(WampParts& parts, Serializer client, const BackendRequest& request)
    : parts_(parts), client_(client), route_(request.route), info_(request.client), head_(request.head) {
  if (parts_.door) guest_ = parts_.door->guest_of(request.head, request.client);
}

// --- Who the client is

JoinStep WampJoining::hello(const std::string& realm, Bytes message) {
  if (!parts_.door) return offers_proxy(client_, message) ? refuse_proxy() : choose(realm, message);
  auth_.emplace(parts_.door->doorkeeper(), client_, guest_.client);
  hello_ = as_text(message);
  return step_of(auth_->hello(message, parts_.door->now()));
}

// The backend may believe whoever comes from a router, and this is a client.
JoinStep WampJoining::refuse_proxy() {
  ++parts_.book.counts.denied;
  std::string abort = abort_message(client_, auth_error::kNoMethod, "only a router may say who a client is");
  return {JoinStep::Kind::refuse, {std::move(abort), message_kind(client_), kCloseInOrder, ""}};
}

std::chrono::milliseconds WampJoining::challenge_timeout() const {
  return parts_.door->doorkeeper().challenge_timeout();
}

JoinStep WampJoining::authenticate(Bytes message) { return step_of(auth_->authenticate(message, parts_.door->now())); }

JoinStep WampJoining::expire() { return step_of(auth_->expire()); }

JoinStep WampJoining::step_of(AuthVerdict verdict) {
  Farewell words{std::move(verdict.message), message_kind(client_), kCloseInOrder, ""};
  switch (verdict.kind) {
    case AuthVerdict::Kind::challenged:
      return {JoinStep::Kind::challenge, std::move(words)};
    case AuthVerdict::Kind::admitted: {
      const std::string hello = auth_->backend_hello(as_bytes(hello_));
      return choose(auth_->admission().realm, as_bytes(hello));
    }
    case AuthVerdict::Kind::refused:
      ++parts_.book.counts.denied;
      return {JoinStep::Kind::refuse, std::move(words)};
    case AuthVerdict::Kind::violation:
      ++parts_.book.counts.violations;
      words.code = kProtocolError;
      words.reason = "wamp.error.protocol_violation";
      return {JoinStep::Kind::violate, std::move(words)};
    case AuthVerdict::Kind::left:
      break;
  }
  return {JoinStep::Kind::refuse, {}};
}

// --- Who has the realm

JoinStep WampJoining::choose(std::string realm, Bytes hello) {
  realm_ = std::move(realm);
  hello_ = as_text(hello);
  attempts_ = 0;
  return {JoinStep::Kind::ask, {}};
}

RealmStream* WampJoining::ask(RealmStreamEvents& events) {
  host_ = parts_.realms.find(realm_);
  if (!host_) return nullptr;
  ++attempts_;
  const Head head = head_for(*host_);
  const BackendRequest request{.head = head,
                               .last = Last::no,
                               .kind = Kind::web_socket,
                               .attempt = attempts_ == 1 ? Attempt::first : Attempt::again,
                               .route = route_,
                               .client = info_};
  return parts_.open(*host_, request, events);
}

// A worker sees the client's request. A server that is dialled sees who the client is, and nothing else of it.
Head WampJoining::head_for(const RealmHost& host) const {
  Head head;
  if (host.spec) {
    head = {{":method", "CONNECT"},
            {":protocol", "websocket"},
            {":scheme", "http"},
            {":authority", host.spec->host},
            {":path", host.spec->path}};
    for (const Field field : head_)
      if (field.name.starts_with("x-forwarded-") || field.name == "forwarded") head.add(field.name, field.value);
  } else {
    for (const Field field : head_)
      if (!field.name.starts_with("sec-websocket-")) head.add(field.name, field.value);
    if (parts_.door) parts_.door->hide_cookie(head);
  }
  head.add("sec-websocket-protocol", subprotocol_of(host.serializer_for(client_)));
  return head;
}

bool WampJoining::may_ask_again(const Error& error) const {
  const bool was_nothing_said = error.code == Code::backend_lost || error.code == Code::backend_refused ||
                                error.code == Code::backend_reset ||
                                error.code == Code::no_route;  // its last worker has left
  return was_nothing_said && attempts_ <= route_.retries;
}

void WampJoining::tell_refusal(const Error& error) const {
  std::string line = "a session of realm '";
  append_escaped(line, realm_);
  log::warning(line + "' for " + (info_.address.empty() ? "a local process" : info_.address) +
               " is refused: " + error.detail);
}

std::string WampJoining::take_hello() { return std::exchange(hello_, {}); }

Passage WampJoining::answer(Passage passage) {
  if (passage.action != Passage::Action::to_client) return passage;
  const auto type = type_of(client_, passage.bytes);
  if (type == message_type::kChallenge)
    return broken("the backend asks who the client is; it has to take anonymous-proxy");
  if (type != message_type::kWelcome) return passage;
  welcome_ = auth_->client_welcome(passage.bytes);
  if (welcome_.empty()) return broken("a WELCOME without details");
  passage.bytes = as_bytes(welcome_);
  return passage;
}

// --- The end, and the operator

void WampJoining::look_at(Bytes message) const {
  if (auth_) auth_->look_at(message);
}

bool WampJoining::is_login_of(std::string_view cookie) const {
  return guest_.client.cookie == cookie && auth_ && auth_->is_admitted() && auth_->admission().method != "anonymous";
}

void WampJoining::forget() {
  hello_.clear();
  welcome_.clear();
  auth_.reset();
}

void WampJoining::tell_client(WampSessionFacts& facts) const {
  if (!auth_ || !auth_->is_admitted()) return;
  facts.authid = auth_->admission().authid;
  facts.authrole = auth_->admission().role;
}

void WampJoining::tell_realm(const RealmStream& stream, WampSessionFacts& facts) const {
  facts.realm = realm_;
  facts.worker = host_->spec != nullptr ? url_of(*host_->spec) : stream.holder();
}

bool WampJoining::is_at(const RealmStream& stream, std::string_view member) const {
  return stream.holder() == member || (host_->spec != nullptr && url_of(*host_->spec) == member);
}

}  // namespace zeroway
