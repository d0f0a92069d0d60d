#include "router/backends/raw_socket_backend.h"

#include <algorithm>
#include <string>
#include <utility>

#include "proto/limits.h"
#include "router/backends/close_words.h"
#include "router/backends/limits.h"
#include "router/backends/tunnel_head.h"
#include "router/wamp/raw_socket_reader.h"
#include "router/wamp/raw_socket_writer.h"
#include "router/wamp/subprotocol.h"

namespace zeroway {

namespace {

constexpr StreamKey kMostKey = 0x7fff'ffff;

std::optional<Serializer> serializer_of(const Head& head) {
  const auto offered = head.find("sec-websocket-protocol");
  for (const Serializer serializer : kSerializers)
    if (offered == subprotocol_of(serializer)) return serializer;
  return std::nullopt;
}

}  // namespace

// One session with its RawSocket.
//
//     asked ── the handshake's answer ──▶ open ── the server ends between two messages ──▶ over
//       │                                  ├── the client closes in order, or its message is too long ──▶ closing
//       │                                  └── a broken rule, either side resets ──▶ over     │
//       ├── refused tunnel: its reply passes ──▶ refused ──▶ over          all is sent, and the server ends ──▶ over
//       └── no answer in time, a refusal, either side resets ──▶ over      kTunnelEnd ──▶ over
class RawSocketBackend::Joint final : public BackendEvents, private RawSocketEvents {
 public:
  using BackendEvents::piece;  // beside that of RawSocketEvents
  enum class Stage : std::uint8_t { asked, refused, open, closing, over };

  Joint(RawSocketBackend& owner, StreamKey key, ReplyTo reply_to)
      : owner_(owner),
        key_(key),
        reply_to_(reply_to),
        timer_(owner.loop_, [this] { expire(); }),
        reader_(*this, raw_socket_limit(owner.terms_.most)),
        began_(owner.loop_.now()) {}

  void open(const BackendRequest& request, Serializer serializer) {
    serializer_ = serializer;
    const Head head = tunnel_head(request.head);
    const BackendRequest tunnel{.head = head,
                                .last = Last::no,
                                .kind = Kind::tunnel,
                                .attempt = request.attempt,
                                .route = request.route,
                                .client = request.client,
                                .silent = request.silent,
                                .failed = nullptr,
                                .affinity = request.affinity};
    ExchangeFinder& finder = owner_;
    inner_ = owner_.inner_->open(tunnel, {&finder, key_});
    const RawSocketWord offer = raw_socket_offer({serializer, raw_socket_limit(owner_.terms_.most)});
    room_ -= static_cast<std::uint32_t>(offer.size());
    inner_.data(offer);
  }
  void refuse_later(Error error) { refusal_ = std::move(error); }
  void tell_refusal() {
    if (refusal_) fail(std::move(*refusal_));
  }
  [[nodiscard]] StreamKey key() const { return key_; }
  void drop() {
    if (inner_.is_open()) inner_.reset(ResetCode::cancel);
  }

  // from the client
  void client_piece(Bytes bytes, Last last) {
    if (stage_ != Stage::open) return;
    if (!writer_->piece(bytes, last)) return close_too_long();
    owed_to_client_ += message_credit(bytes.size());
    flush();
  }
  void client_ended(const Head& trailers) {
    if (stage_ == Stage::closing) return;
    if (stage_ != Stage::open || !is_orderly_close(trailers)) return leave(ResetCode::cancel);
    BackendEvents* const exchange = reply_to_.find();
    begin_closing();
    Head no_code;
    if (exchange) exchange->end(no_code);
  }
  void client_reset(ResetCode code) {
    if (stage_ != Stage::closing) leave(code);
  }
  void client_credit(std::uint32_t bytes) {
    if (stage_ == Stage::closing || !inner_.is_open()) return;
    lent_ -= std::min<std::uint64_t>(lent_, bytes);
    inner_.credit(bytes);
  }

  // from the tunnel
  void accepted(const Holder& holder) override {
    server_ = holder.name;
    if (BackendEvents* exchange = reply_to_.find()) exchange->accepted(holder);
  }
  void head(Head& head, Last last) override {
    if (stage_ != Stage::asked || head.status() < 200) return;
    if (head.status() == 200) return timer_.set(time_for_answer());
    stage_ = Stage::refused;
    if (BackendEvents* exchange = reply_to_.find()) exchange->head(head, last);
  }
  void data(Bytes bytes) override {
    if (stage_ == Stage::asked) return take_answer(bytes);
    if (stage_ == Stage::open) return read(bytes);
    if (stage_ == Stage::closing) return inner_.credit(static_cast<std::uint32_t>(bytes.size()));  // nobody reads it
    if (BackendEvents* exchange = reply_to_.find()) exchange->data(bytes);
  }
  void end(Head& trailers) override {
    if (stage_ == Stage::asked) return fail(lost("closed before it answered the handshake of RawSocket"));
    if (stage_ == Stage::open && !reader_.is_between_frames()) return fail(lost("closed inside a frame"));
    BackendEvents* const exchange = reply_to_.find();
    const bool is_open = stage_ == Stage::open;
    const BackendStream inner = std::exchange(inner_, {});
    owner_.remove(*this);
    if (!std::exchange(has_ended_, true)) inner.end({});  // its last verb: both directions have ended
    Head close{{"close-code", "1000"}};
    if (exchange) exchange->end(is_open ? close : trailers);
  }
  void reset(const Error& error) override {
    BackendEvents* const exchange = reply_to_.find();
    owner_.remove(*this);
    if (exchange) exchange->reset(error);
  }
  void credit(std::uint32_t bytes) override {
    room_ += bytes;
    flush();
  }

  // Ignores every verb from now on.
  void finish() {
    stage_ = Stage::over;
    timer_.clear();
    reply_to_.forget();
  }

 private:
  // --- the handshake

  // The dial was bounded by the pool.
  [[nodiscard]] std::chrono::milliseconds time_for_answer() const {
    const auto left = owner_.terms_.connect - (owner_.loop_.now() - began_);
    return std::max(kLeastHandshake, std::chrono::ceil<std::chrono::milliseconds>(left));
  }
  void take_answer(Bytes bytes) {
    const Bytes taken = bytes.first(std::min(bytes.size(), answer_.size() - answered_));
    std::copy(taken.begin(), taken.end(), answer_.begin() + static_cast<std::ptrdiff_t>(answered_));
    answered_ += taken.size();
    const bool is_foreign = answered_ > 0 && answer_[0] != kRawSocketStart;
    if (answered_ < answer_.size() && !is_foreign) return pay_server(taken.size());
    const auto most = read_raw_socket_reply(answer_, serializer_);
    if (!most) return fail(of_server(most.error()));
    accept(*most);
    if (stage_ == Stage::over) return;
    pay_server(taken.size());
    if (taken.size() < bytes.size()) data(bytes.subspan(taken.size()));
  }
  void accept(std::size_t most) {
    stage_ = Stage::open;
    timer_.clear();
    writer_.emplace(most);
    Head accepted{{":status", "200"}, {"sec-websocket-protocol", subprotocol_of(serializer_)}};
    if (BackendEvents* exchange = reply_to_.find()) exchange->head(accepted, Last::no);
  }

  // --- from the server

  // What is no message costs the server's credit, and nobody else gives it back.
  void read(Bytes bytes) {
    const std::uint64_t told_before = told_;
    const bool is_good = reader_.take(bytes);
    if (stage_ == Stage::over) return;
    const std::uint64_t told = told_ - told_before;
    pay_server(bytes.size() - told);
    if (stage_ == Stage::closing) return;
    if (!is_good) return fail(of_server({Fault::backend, Code::backend_protocol, false, reader_.what()}));
    flush();
  }
  void piece(Bytes bytes, Last last) override {
    BackendEvents* const exchange = reply_to_.find();
    if (stage_ != Stage::open || !exchange) return;
    told_ += message_credit(bytes.size());
    lent_ += message_credit(bytes.size());
    exchange->piece(bytes, message_kind(serializer_), last);
  }
  void ping(Bytes payload) override {
    if (stage_ == Stage::open) writer_->pong(payload);
  }
  void pong(Bytes) override {}

  // --- to the server

  // Frames leave as the server's credit allows; behind the last one the tunnel ends.
  void flush() {
    if (is_flushing_ || !writer_) return;
    is_flushing_ = true;
    while (inner_.is_open() && stage_ != Stage::over && room_ > 0 && has_unsent()) send_some();
    is_flushing_ = false;
    if (stage_ == Stage::over) return;
    if (stage_ == Stage::closing) return end_when_sent();
    pay();
  }
  [[nodiscard]] bool has_unsent() { return unsent() > 0; }
  [[nodiscard]] std::size_t unsent() { return sending_.size() - sent_ + writer_->output().size(); }
  // `sending_` stays as it is while the wrapped backend reads it: a client that gets credit meanwhile may say more.
  void send_some() {
    if (sent_ == sending_.size()) {
      sending_.clear();
      if (sending_.capacity() > kUnsentFrames) std::string().swap(sending_);
      sending_.swap(writer_->output());
      sent_ = 0;
    }
    const std::size_t size = std::min<std::size_t>(room_, sending_.size() - sent_);
    const Bytes some = as_bytes(sending_).subspan(sent_, size);
    room_ -= static_cast<std::uint32_t>(size);
    sent_ += size;
    inner_.data(some);
  }
  void pay() {
    if (unsent() > kUnsentFrames) return;
    pay_server(0);
    BackendEvents* const exchange = reply_to_.find();
    if (const std::uint32_t owed = std::exchange(owed_to_client_, 0); owed > 0 && exchange) exchange->credit(owed);
  }
  // A server that lets our pongs wait gets no credit for more pings.
  void pay_server(std::size_t bytes) {
    owed_to_server_ += static_cast<std::uint32_t>(bytes);
    const bool may_pay = stage_ == Stage::closing || !writer_ || unsent() <= kUnsentFrames;
    if (owed_to_server_ > 0 && may_pay) inner_.credit(std::exchange(owed_to_server_, 0));
  }

  // --- the end

  void close_too_long() {
    BackendEvents* const exchange = reply_to_.find();
    begin_closing();
    Head close{{"close-code", "1009"}, {"close-reason", "a message longer than the server takes"}};
    if (exchange) exchange->end(close);
  }
  // The client is told nothing more, and what the server still says is read by nobody.
  void begin_closing() {
    stage_ = Stage::closing;
    reply_to_.forget();
    writer_->drop_message();
    timer_.set(kTunnelEnd);
    pay_server(std::exchange(lent_, 0));
    flush();
  }
  void end_when_sent() {
    if (has_unsent() || std::exchange(has_ended_, true)) return;
    inner_.end({});
  }
  [[nodiscard]] Error of_server(Error error) const {
    error.detail = (server_.empty() ? "the server " : "server " + server_ + ": ") + error.detail;
    return error;
  }
  [[nodiscard]] Error lost(std::string_view why) const {
    return of_server({Fault::backend, Code::backend_lost, false, std::string(why)});
  }
  void fail(const Error& error) {
    BackendEvents* const exchange = reply_to_.find();
    leave(ResetCode::cancel);
    if (exchange) exchange->reset(error);
  }
  void leave(ResetCode code) {
    const BackendStream inner = std::exchange(inner_, {});
    owner_.remove(*this);
    if (inner.is_open()) inner.reset(code);
  }
  void expire() {
    if (stage_ != Stage::asked) return leave(ResetCode::cancel);
    fail(of_server(
        {Fault::backend, Code::backend_timeout, false,
         "no answer to the handshake of RawSocket within " + std::to_string(owner_.terms_.connect.count()) + " ms"}));
  }

  RawSocketBackend& owner_;
  const StreamKey key_;
  ReplyTo reply_to_;
  BackendStream inner_;
  Timer timer_;
  Serializer serializer_ = Serializer::json;
  RawSocketWord answer_{};
  std::size_t answered_ = 0;  // bytes of it that have come
  RawSocketReader reader_;
  std::optional<RawSocketWriter> writer_;  // none before the answer
  const Time began_;
  std::string server_;
  std::string sending_;                  // frames that the server gets now,
  std::size_t sent_ = 0;                 // so much of them it has got
  std::uint32_t room_ = kOpeningWindow;  // bytes that the server takes
  std::uint32_t owed_to_client_ = 0;     // credit, until less waits for the server
  std::uint32_t owed_to_server_ = 0;     // the same
  std::uint64_t told_ = 0;               // to the client in pieces, ever
  std::uint64_t lent_ = 0;               // of it, what the client has not credited
  Stage stage_ = Stage::asked;
  bool has_ended_ = false;  // the tunnel's direction to the server
  bool is_flushing_ = false;
  std::optional<Error> refusal_;  // to be told at the end of the turn
};

RawSocketBackend::RawSocketBackend(Loop& loop, std::shared_ptr<Backend> inner, const RawSocketTerms& terms)
    : loop_(loop), inner_(std::move(inner)), terms_(terms) {}

RawSocketBackend::~RawSocketBackend() {
  for (const auto& [key, joint] : joints_) joint->drop();
  loop_.forget_turn_end(*this);
}

BackendStream RawSocketBackend::open(const BackendRequest& request, ReplyTo reply_to) {
  do last_key_ = last_key_ % kMostKey + 1;
  while (joints_.contains(last_key_));
  Joint& joint = *joints_.emplace(last_key_, std::make_unique<Joint>(*this, last_key_, reply_to)).first->second;
  const StreamKey key = joint.key();
  const auto serializer = serializer_of(request.head);
  if (request.kind == Kind::web_socket && serializer) {
    joint.open(request, *serializer);
  } else {
    joint.refuse_later({Fault::client, Code::upgrade_required, false, "no WebSocket of one subprotocol of WAMP"});
    to_tell_.push_back(key);
    loop_.at_turn_end(*this);
  }
  return {this, key};
}

void RawSocketBackend::piece(StreamKey key, Bytes bytes, MessageKind, Last last) {
  if (Joint* joint = joint_of(key)) joint->client_piece(bytes, last);
}

void RawSocketBackend::end(StreamKey key, const Head& trailers) {
  if (Joint* joint = joint_of(key)) joint->client_ended(trailers);
}

void RawSocketBackend::reset(StreamKey key, ResetCode code) {
  if (Joint* joint = joint_of(key)) joint->client_reset(code);
}

void RawSocketBackend::credit(StreamKey key, std::uint32_t bytes) {
  if (Joint* joint = joint_of(key)) joint->client_credit(bytes);
}

BackendEvents* RawSocketBackend::find(ExchangeKey key) { return joint_of(static_cast<StreamKey>(key)); }

RawSocketBackend::Joint* RawSocketBackend::joint_of(StreamKey key) {
  const auto found = joints_.find(key);
  return found == joints_.end() ? nullptr : found->second.get();
}

void RawSocketBackend::remove(Joint& joint) {
  const auto found = joints_.find(joint.key());
  if (found == joints_.end()) return;
  joint.finish();
  gone_.push_back(std::move(found->second));
  joints_.erase(found);
  loop_.at_turn_end(*this);
}

void RawSocketBackend::turn_end() {
  for (const StreamKey key : std::exchange(to_tell_, {}))
    if (Joint* joint = joint_of(key)) joint->tell_refusal();
  gone_.clear();
}

}  // namespace zeroway
