#include "router/backends/wamp/wamp_backend.h"

#include <algorithm>
#include <utility>

#include "router/backends/wamp/status_page.h"
#include "router/wamp/subprotocol.h"

namespace zeroway {

namespace {

constexpr StreamKey kMostKey = StreamKey{1} << 31;

// What all fields of this name say, as one list (RFC 9110 §5.3).
std::string joined_fields(const Head& head, std::string_view name) {
  std::string all;
  for (const Field field : head) {
    if (field.name != name) continue;
    if (!all.empty()) all += ',';
    all += field.value;
  }
  return all;
}

bool is_served(SubprotocolChoice::Verdict verdict) {
  return verdict == SubprotocolChoice::Verdict::chosen || verdict == SubprotocolChoice::Verdict::assumed;
}

}  // namespace

WampBackend::WampBackend(Loop& loop, WampSpec spec, std::vector<std::shared_ptr<Backend>> dialled, RealmSource* workers,
                         WampBook& book, std::unique_ptr<const WampDoor> door)
    : loop_(loop),
      spec_(std::move(spec)),
      realms_(spec_, std::move(dialled), workers),
      door_(std::move(door)),
      parts_{loop_,
             realms_,
             translator_,
             book,
             [this](const RealmHost& host, const BackendRequest& request, RealmStreamEvents& events) {
               return open_realm(host, request, events);
             },
             door_.get()} {
  if (door_ && door_->cookies())
    logouts_.emplace(loop_, door_->cookies(), [this](const std::string& cookie) { log_out(cookie); });
}

WampBackend::~WampBackend() {
  is_ending_ = true;
  loop_.forget_turn_end(*this);
  sessions_.clear();
  for (const auto& [key, stream] : streams_) stream->drop();
}

BackendStream WampBackend::open(const BackendRequest& request, ReplyTo reply_to) {
  if (request.kind == Kind::web_socket) return open_session(request, reply_to);
  const std::string_view method = request.head.method();
  if (spec_.has_status_page && (method == "GET" || method == "HEAD"))
    return open_page(status_page(spec_.serializers), request, reply_to);
  return promise({.key = next_key(), .reply_to = reply_to, .is_upgrade_required = true});
}

BackendStream WampBackend::open_session(const BackendRequest& request, ReplyTo reply_to) {
  const auto choice = choose_subprotocol(joined_fields(request.head, "sec-websocket-protocol"), spec_.serializers,
                                         spec_.requires_subprotocol ? RequireSubprotocol::yes : RequireSubprotocol::no);
  if (!is_served(choice.verdict)) {
    Page refusal{.content = subprotocol_refusal(choice.verdict, spec_.serializers) + "\n",
                 .type = "text/plain; charset=utf-8",
                 .status = 400};
    return open_page(std::move(refusal), request, reply_to);
  }
  const StreamKey key = next_key();
  sessions_.emplace(key, std::make_unique<WampSession>(parts_, choice.serializer, request, reply_to,
                                                       [this, key] { remove_session(key); }));
  const bool has_subprotocol = choice.verdict == SubprotocolChoice::Verdict::chosen;
  return promise({.key = key, .reply_to = reply_to, .has_subprotocol = has_subprotocol});
}

BackendStream WampBackend::open_page(Page page, const BackendRequest& request, ReplyTo reply_to) {
  page_ = std::move(page);
  return pages_.open(request, reply_to);
}

StreamKey WampBackend::next_key() {
  do last_session_ = last_session_ % (kMostKey - 1) + 1;
  while (sessions_.contains(last_session_));
  return last_session_;
}

BackendStream WampBackend::promise(const Answer& answer) {
  answers_.push_back(answer);
  loop_.at_turn_end(*this);
  return {this, answer.key};
}

void WampBackend::data(StreamKey, Bytes bytes) { static_cast<void>(bytes); }

void WampBackend::piece(StreamKey key, Bytes bytes, MessageKind kind, Last last) {
  if (WampSession* session = session_of(key)) session->piece(bytes, kind, last);
}

void WampBackend::end(StreamKey key, const Head&) {
  if (WampSession* session = session_of(key)) session->closed();
}

void WampBackend::reset(StreamKey key, ResetCode) {
  std::erase_if(answers_, [key](const Answer& said) { return said.key == key; });
  if (WampSession* session = session_of(key)) session->reset();
}

void WampBackend::credit(StreamKey key, std::uint32_t bytes) {
  if (WampSession* session = session_of(key)) session->credit(bytes);
}

void WampBackend::shut_down() {
  std::vector<StreamKey> keys;
  for (const auto& [key, session] : sessions_) keys.push_back(key);
  for (const StreamKey key : keys)
    if (WampSession* session = session_of(key)) session->shut_down();
}

void WampBackend::log_out(const std::string& cookie) {
  std::vector<StreamKey> keys;
  for (const auto& [key, session] : sessions_)
    if (session->is_login_of(cookie)) keys.push_back(key);
  for (const StreamKey key : keys)
    if (WampSession* session = session_of(key)) session->log_out();
}

std::optional<std::size_t> WampBackend::claimed(std::string_view, std::string_view path) const {
  return realms_.has_workers() ? std::optional(path.size()) : std::nullopt;
}

BackendEvents* WampBackend::find(ExchangeKey key) {
  const auto found = streams_.find(key);
  return found == streams_.end() ? nullptr : found->second.get();
}

RealmStream* WampBackend::open_realm(const RealmHost& host, const BackendRequest& request, RealmStreamEvents& events) {
  const ExchangeKey key = ++last_stream_;
  auto& stream =
      streams_.emplace(key, std::make_unique<RealmStream>(loop_, host.most, [this, key] { remove_stream(key); }))
          .first->second;
  RealmStream* const opened = stream.get();
  ExchangeFinder& finder = *this;
  opened->open(*host.backend, request, {&finder, key}, events);
  return opened;
}

WampSession* WampBackend::session_of(StreamKey key) const {
  const auto found = sessions_.find(key);
  return found == sessions_.end() ? nullptr : found->second.get();
}

void WampBackend::remove_session(StreamKey key) {
  const auto found = sessions_.find(key);
  if (is_ending_ || found == sessions_.end()) return;
  over_sessions_.push_back(std::move(found->second));
  sessions_.erase(found);
  loop_.at_turn_end(*this);
}

void WampBackend::remove_stream(ExchangeKey key) {
  const auto found = streams_.find(key);
  if (is_ending_ || found == streams_.end()) return;
  over_streams_.push_back(std::move(found->second));
  streams_.erase(found);
  loop_.at_turn_end(*this);
}

void WampBackend::turn_end() {
  for (const Answer& said : std::exchange(answers_, {})) answer(said);
  over_sessions_.clear();
  over_streams_.clear();
}

void WampBackend::answer(const Answer& said) {
  if (!said.is_upgrade_required) {
    if (WampSession* session = session_of(said.key)) session->accept(said.has_subprotocol);
    return;
  }
  if (BackendEvents* exchange = said.reply_to.find())
    exchange->reset(
        {Fault::client, Code::upgrade_required, false, "a request that opens no WebSocket, at a path of WAMP"});
}

}  // namespace zeroway
