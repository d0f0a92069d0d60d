#include "router/backends/wamp/wamp_session.h"

#include <algorithm>
#include <string>
#include <utility>

#include "router/backends/close_words.h"
#include "router/backends/limits.h"
#include "router/plan/route.h"
#include "router/wamp/first_message.h"
#include "router/wamp/message_type.h"
#include "router/wamp/subprotocol.h"

namespace zeroway {

namespace {

bool says_why(std::uint16_t code) { return code > kCloseOfOneWhoGoes && code != kNoCloseCode; }

Farewell words(const SideEnd& end, Serializer serializer, std::string_view detail) {
  return {end.written(serializer, detail), message_kind(serializer), end.close_code, std::string(end.reason)};
}

}  // namespace

WampSession::WampSession(WampParts& parts, Serializer client, const BackendRequest& request, ReplyTo reply_to,
                         std::function<void()> over)
    : parts_(parts),
      place_(parts.book.add(*this, parts.loop.now())),
      reply_to_(reply_to),
      over_(std::move(over)),
      route_(request.route),
      client_(request.client),
      session_(parts.translator, client, most_for_client()),
      joining_(parts, client, request),
      timer_(parts.loop, [this] { expire(); }) {
  outgoing_.credit(kFirstReplyWindow);
}

WampSession::~WampSession() {
  parts_.book.remove(place_);
  if (realm_) realm_->leave({});
}

void WampSession::accept(bool has_subprotocol) {
  BackendEvents* exchange = reply_to_.find();
  if (exchange) exchange->accepted({kWampName, {}});
  Head head{{":status", "200"}};
  if (has_subprotocol) head.add("sec-websocket-protocol", subprotocol_of(session_.client()));
  if (!joining_.set_cookie().empty()) head.add("set-cookie", joining_.set_cookie());
  await_hello(kHelloTime);
  exchange = reply_to_.find();
  if (exchange) exchange->head(head, Last::no);
}

// --- The client's verbs

void WampSession::piece(Bytes bytes, MessageKind kind, Last last) {
  owed_ += message_credit(bytes.size());
  from_client_.bytes += bytes.size();
  if (last == Last::yes) ++from_client_.messages;
  if (outgoing_.is_ending()) return;
  if (incoming_.size_with(bytes) > most_from_client())
    return end(SessionEnd::too_large_of_client, "a message is too large");
  if (const auto message = incoming_.take(bytes, last)) {
    ++parts_.book.counts.from_clients;
    client_message(*message, kind);
  }
  if (!is_over_ && (realm_ == nullptr || !realm_->is_waiting())) take_owed();
}

void WampSession::closed() {
  BackendEvents* const exchange = reply_to_.find();
  reset();
  Head no_code;
  if (exchange) exchange->end(no_code);
}

void WampSession::reset() {
  leave_realm(words_for_backend(SessionEnd::client_lost));
  finish();
}

void WampSession::credit(std::uint32_t bytes) {
  outgoing_.credit(bytes);
  if (realm_ == nullptr || outgoing_.is_waiting()) return;
  realm_->withhold(false);
  realm_->take_owed();
}

void WampSession::shut_down() { end(SessionEnd::shutdown, ""); }

// The one that has logged out is closing.
bool WampSession::is_login_of(std::string_view cookie) const {
  return !session_.is_closing() && !is_aborted_ && joining_.is_login_of(cookie);
}

void WampSession::log_out() { end(SessionEnd::logged_out, ""); }

// --- The backend's

void WampSession::realm_opened() {
  timer_.clear();
  const std::string hello = joining_.take_hello();
  const RealmHost& host = joining_.host();
  act(session_.hello(as_bytes(hello), host.serializer_for(session_.client()), host.most), {});
}

void WampSession::realm_message(Bytes message, MessageKind kind) {
  if (is_aborted_) return;
  const bool is_joining = joining_.has_asked() && session_.joined() == Joined::no;
  const Passage passage = session_.from_backend(message, kind);
  act(is_joining ? joining_.answer(passage) : passage, message);
}

void WampSession::realm_message_too_large() {
  end(SessionEnd::violation_of_backend, "a message of the backend is too large");
}

void WampSession::realm_has_room() { take_owed(); }

// A code that says more than that the backend is going is the client's, too.
void WampSession::realm_closed(std::uint16_t code, const std::string& reason) {
  realm_ = nullptr;
  if (is_aborted_) return end_client({.code = says_why(code) ? code : kCloseInOrder, .reason = reason});
  end(SessionEnd::backend_lost, "the backend has closed",
      says_why(code) ? std::optional(BackendClose{code, reason}) : std::nullopt);
}

void WampSession::realm_lost(const Error& error) {
  realm_ = nullptr;
  if (is_aborted_) return end_client({});
  if (!joining_.is_asking()) return end(SessionEnd::backend_lost, "the backend is lost");
  if (joining_.may_ask_again(error)) return ask_realm();
  joining_.tell_refusal(error);
  end(SessionEnd::backend_unreachable, "nobody takes sessions of this realm now");
}

// --- The way into a session

// Until WELCOME the router asks, and no backend: messages of that time are for the router, but ABORT ends the session.
void WampSession::client_message(Bytes message, MessageKind kind) {
  const bool is_joining = joining_.has_asked() && !session_.is_between() && session_.joined() == Joined::no;
  if (!is_joining) joining_.look_at(message);
  if (!is_joining || kind != message_kind(session_.client())) return act(session_.from_client(message, kind), message);
  const bool gives_up = !joining_.is_challenged() && type_of(session_.client(), message) == message_type::kAbort;
  if (gives_up && realm_ && realm_->is_open()) return act(session_.from_client(message, kind), message);
  if (gives_up) return leave();
  take(joining_.authenticate(message));
}

void WampSession::take(JoinStep step) {
  switch (step.kind) {
    case JoinStep::Kind::challenge:
      timer_.set(joining_.challenge_timeout());
      return outgoing_.send(as_bytes(step.words.message), step.words.kind);
    case JoinStep::Kind::ask:
      timer_.clear();
      return ask_realm();
    case JoinStep::Kind::violate:
      leave_realm(words_for_backend(SessionEnd::violation_of_client));
      break;
    case JoinStep::Kind::refuse:
      break;
  }
  end_client(std::move(step.words));
}

void WampSession::ask_realm() {
  realm_ = joining_.ask(*this);
  if (realm_ == nullptr) end(SessionEnd::no_such_realm, "nobody has this realm");
}

// --- What passes

void WampSession::act(const Passage& passage, Bytes message) {
  switch (passage.action) {
    case Passage::Action::open:
      has_begun_ = true;
      return take(joining_.hello(passage.realm, message));
    case Passage::Action::to_client:
      ++parts_.book.counts.to_clients;
      outgoing_.send(passage.bytes, message_kind(session_.client()));
      if (realm_) realm_->withhold(outgoing_.is_waiting());
      break;
    case Passage::Action::to_backend:
      if (realm_ && realm_->is_open()) realm_->send(passage.bytes, message_kind(session_.backend()));
      break;
    case Passage::Action::nothing:
      if (!session_.is_over()) ++parts_.book.counts.dropped;
      break;
    case Passage::Action::end:
      return end(passage.why, passage.detail);
  }
  look_at_state(passage.action == Passage::Action::to_client ? Sender::backend : Sender::client);
}

// An ABORT has passed.
void WampSession::leave() {
  leave_realm({});
  end_client({});
}

void WampSession::await_close() {
  is_aborted_ = true;
  timer_.set(kAbortedTime);
}

void WampSession::look_at_state(Sender from) {
  if (is_over_) return;
  if (session_.is_over()) return from == Sender::client || realm_ == nullptr ? leave() : await_close();
  if (session_.joined() == Joined::yes && !std::exchange(is_welcomed_, true)) ++parts_.book.counts.joined;
  if (!session_.is_between() || realm_ == nullptr) return;
  leave_realm({});
  is_welcomed_ = false;
  await_hello(kNextHelloTime);
}

// --- Ends

void WampSession::end(SessionEnd why, std::string_view detail, std::optional<BackendClose> close) {
  if (is_over_ || outgoing_.is_ending()) return;
  count_end(why);
  Farewell to_client = words_for_client(why, detail);
  if (close) {
    to_client.code = close->code;
    to_client.reason = std::move(close->reason);
  }
  leave_realm(words_for_backend(why));
  end_client(std::move(to_client));
}

void WampSession::count_end(SessionEnd why) {
  switch (why) {
    case SessionEnd::no_such_realm:
    case SessionEnd::backend_unreachable:
      ++parts_.book.counts.refused;
      break;
    case SessionEnd::backend_lost:
      ++parts_.book.counts.lost;
      break;
    case SessionEnd::client_lost:
    case SessionEnd::backend_closed:
    case SessionEnd::logged_out:
    case SessionEnd::shutdown:
      break;
    default:
      ++parts_.book.counts.violations;
  }
}

// The backend has the last word behind what waits for it.
void WampSession::leave_realm(Farewell farewell) {
  joining_.forget();
  if (RealmStream* const realm = std::exchange(realm_, nullptr)) realm->leave(std::move(farewell));
}

void WampSession::end_client(Farewell farewell) {
  timer_.clear();
  outgoing_.end(std::move(farewell));
}

Farewell WampSession::words_for_client(SessionEnd why, std::string_view detail) const {
  // With nobody in a session there is nothing to say goodbye to.
  SideEnd end = end_for_client(why, session_.joined());
  if (session_.is_between() && why == SessionEnd::shutdown) end.message = SideEnd::Message::none;
  return words(end, session_.client(), detail);
}

Farewell WampSession::words_for_backend(SessionEnd why) const {
  const SideEnd end = end_for_backend(why, session_.joined());
  if (end.close_code == 0) return {};
  return words(end, session_.backend(), "");
}

void WampSession::await_hello(std::chrono::milliseconds time) { timer_.set(time); }

void WampSession::expire() {
  if (is_over_ || outgoing_.is_ending()) return;
  if (is_aborted_) return leave();
  if (joining_.is_challenged()) return take(joining_.expire());
  if (!has_begun_) return end(SessionEnd::violation_of_client, "no HELLO came in time");
  end_client({.code = kCloseInOrder, .reason = "no HELLO"});
}

void WampSession::take_owed() {
  if (owed_ == 0) return;
  if (BackendEvents* exchange = reply_to_.find()) exchange->credit(std::exchange(owed_, 0));
}

void WampSession::finish() {
  if (std::exchange(is_over_, true)) return;
  timer_.clear();
  parts_.book.remove(std::exchange(place_, 0));
  reply_to_.forget();
  over_();
}

void WampSession::take_piece(Bytes bytes, MessageKind kind, Last last) {
  to_client_.bytes += bytes.size();
  if (last == Last::yes) ++to_client_.messages;
  if (BackendEvents* exchange = reply_to_.find()) exchange->piece(bytes, kind, last);
}

void WampSession::take_end(std::uint16_t code, const std::string& reason) {
  BackendEvents* const exchange = reply_to_.find();
  finish();
  Head trailers = close_words(code, reason);
  if (exchange) exchange->end(trailers);
}

// --- For the operator

WampSessionFacts WampSession::facts() const {
  WampSessionFacts facts{.exchange = reply_to_.key,
                         .state = state(),
                         .serializer = session_.client(),
                         .from_client = from_client_,
                         .to_client = to_client_};
  joining_.tell_client(facts);
  if (realm_ == nullptr) return facts;
  joining_.tell_realm(*realm_, facts);
  if (realm_->is_open()) facts.backend = session_.backend();
  return facts;
}

bool WampSession::is_at(std::string_view member) const { return realm_ != nullptr && joining_.is_at(*realm_, member); }

void WampSession::close() {
  if (is_aborted_) return leave();
  end(SessionEnd::backend_closed, "");
}

WampSessionFacts::State WampSession::state() const {
  using State = WampSessionFacts::State;
  if (is_over_ || is_aborted_ || outgoing_.is_ending() || session_.is_closing()) return State::leaving;
  if (session_.is_between()) return State::waiting;
  if (joining_.is_challenged()) return State::challenged;
  return session_.joined() == Joined::yes ? State::joined : State::joining;
}

std::size_t WampSession::most_from_client() const {
  const std::uint64_t most = route_.web_sockets.max_message_size;
  return most > 0 ? std::min<std::uint64_t>(most, kMostWampMessage) : kMostWampMessage;
}

// Many clients of WebSockets take no longer messages than they may say; one of a RawSocket has said what it takes.
std::size_t WampSession::most_for_client() const {
  return client_.most_message > 0 ? client_.most_message : most_from_client();
}

}  // namespace zeroway
