#include "router/backends/tunnel_backend.h"

#include <algorithm>
#include <string>
#include <utility>

#include "router/backends/close_words.h"
#include "router/backends/limits.h"
#include "router/backends/tunnel_head.h"

namespace zeroway {

namespace {

constexpr int kUnsupported = 1003;
constexpr StreamKey kSlotBits = 20;  // of a key: a million WebSockets of one loop at once
constexpr StreamKey kMostSlots = StreamKey{1} << kSlotBits;
constexpr StreamKey kMostGenerations = (StreamKey{1} << (31 - kSlotBits)) - 1;

bool offers_binary(const Head& head) {
  for (const Field field : head) {
    if (field.name != "sec-websocket-protocol") continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      std::string_view one = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      while (one.starts_with(' ')) one.remove_prefix(1);
      while (one.ends_with(' ')) one.remove_suffix(1);
      if (one == "binary") return true;
    }
  }
  return false;
}

}  // namespace

// One WebSocket with its tunnel.
//
//     asked ── accepted ──▶ open ── the client closes in order ──▶ ending ── the server ends, or kTunnelEnd ──▶ over
//       └── refused: its reply passes ──▶ refused ──▶ over       └── either side ends otherwise ──▶ over
class TunnelBackend::Joint final : public BackendEvents {
 public:
  enum class Stage : std::uint8_t { asked, open, refused, ending, over };

  Joint(TunnelBackend& owner, std::size_t slot)
      : owner_(owner), timer_(owner.loop_, [this] { expire(); }), slot_(slot) {}

  void begin(ReplyTo reply_to) {
    reply_to_ = reply_to;
    stage_ = Stage::asked;
    inner_ = {};
    offers_binary_ = false;
    error_.reset();
  }
  void finish() {
    stage_ = Stage::over;
    timer_.clear();
    inner_ = {};
    reply_to_.forget();
    generation_ = generation_ % kMostGenerations + 1;
  }
  // The backend ends with its plan.
  void drop() {
    if (inner_.is_open()) inner_.reset(ResetCode::cancel);
    inner_ = {};
  }
  [[nodiscard]] StreamKey key() const { return generation_ << kSlotBits | static_cast<StreamKey>(slot_); }
  [[nodiscard]] std::size_t slot() const { return slot_; }
  [[nodiscard]] bool is_over() const { return stage_ == Stage::over; }

  void open(const BackendRequest& request) {
    offers_binary_ = offers_binary(request.head);
    const Head head = tunnel_head(request.head);
    BackendRequest tunnel{.head = head,
                          .last = Last::no,
                          .kind = Kind::tunnel,
                          .attempt = request.attempt,
                          .route = request.route,
                          .client = request.client,
                          .silent = request.silent,
                          .failed = nullptr,
                          .affinity = request.affinity};
    ExchangeFinder& finder = owner_;
    inner_ = owner_.inner_->open(tunnel, {&finder, key()});
  }
  void refuse_later(Error error) { error_ = std::move(error); }
  void tell_error() {
    if (!error_) return;
    const Error error = std::move(*error_);
    BackendEvents* const exchange = reply_to_.find();
    owner_.remove(*this);
    if (exchange) exchange->reset(error);
  }

  // from the client
  void client_piece(Bytes bytes, MessageKind kind) {
    if (stage_ != Stage::open) return;
    if (kind == MessageKind::text) return refuse_text();
    if (bytes.empty()) {  // the end of a message, whose bytes are on their way
      if (BackendEvents* exchange = reply_to_.find()) exchange->credit(message_credit(0));
      return;
    }
    inner_.data(bytes);
  }
  void client_ended(const Head& trailers) {
    if (stage_ != Stage::open) return;
    BackendEvents* const exchange = reply_to_.find();
    reply_to_.forget();
    if (is_orderly_close(trailers)) {
      end_inner();
    } else {
      reset_inner(ResetCode::cancel);
    }
    Head no_code;
    if (exchange) exchange->end(no_code);
  }
  void client_reset(ResetCode code) {
    reply_to_.forget();
    // The server has ended: the client's side ends in order, too.
    if (code == ResetCode::no_error && stage_ == Stage::ending) return end_inner();
    reset_inner(code);
  }
  void client_credit(std::uint32_t bytes) { inner_.credit(bytes); }

  // from the tunnel
  void accepted(const Holder& holder) override {
    if (BackendEvents* exchange = reply_to_.find()) exchange->accepted(holder);
  }
  void head(Head& head, Last last) override {
    BackendEvents* const exchange = reply_to_.find();
    if (head.status() == 200) {
      stage_ = Stage::open;
      Head accepted{{":status", "200"}};
      if (offers_binary_) accepted.add("sec-websocket-protocol", "binary");
      if (exchange) exchange->head(accepted, Last::no);
      return;
    }
    if (head.status() > 200) stage_ = Stage::refused;
    if (exchange) exchange->head(head, last);
  }
  void data(Bytes bytes) override {
    if (stage_ == Stage::ending) return inner_.credit(static_cast<std::uint32_t>(bytes.size()));  // nobody reads it
    BackendEvents* const exchange = reply_to_.find();
    if (!exchange) return;
    if (stage_ == Stage::open) return exchange->piece(bytes, MessageKind::binary, Last::yes);
    exchange->data(bytes);
  }
  void end(Head& trailers) override {
    BackendEvents* const exchange = reply_to_.find();
    if (stage_ == Stage::ending || !exchange || stage_ == Stage::refused) {
      owner_.remove(*this);
      if (exchange) exchange->end(trailers);
      return;
    }
    stage_ = Stage::ending;  // until the exchange has let go of the client's direction
    Head close{{"close-code", "1000"}};
    exchange->end(close);
  }
  void reset(const Error& error) override {
    BackendEvents* const exchange = reply_to_.find();
    owner_.remove(*this);
    if (exchange) exchange->reset(error);
  }
  void credit(std::uint32_t bytes) override {
    if (BackendEvents* exchange = reply_to_.find()) exchange->credit(bytes);
  }

 private:
  void refuse_text() {
    BackendEvents* const exchange = reply_to_.find();
    reply_to_.forget();
    reset_inner(ResetCode::cancel);
    Head close{{"close-code", std::to_string(kUnsupported)}, {"close-reason", "binary messages only"}};
    if (exchange) exchange->end(close);
  }
  void end_inner() {
    const bool has_server_ended = stage_ == Stage::ending;
    stage_ = Stage::ending;
    const BackendStream inner = inner_;
    if (has_server_ended) owner_.remove(*this);  // its last verb: the tunnel knows that both directions have ended
    if (!has_server_ended) timer_.set(kTunnelEnd);
    if (inner.is_open()) inner.end({});
  }
  void reset_inner(ResetCode code) {
    const BackendStream inner = inner_;
    owner_.remove(*this);
    if (inner.is_open()) inner.reset(code);
  }
  void expire() { reset_inner(ResetCode::cancel); }

  TunnelBackend& owner_;
  ReplyTo reply_to_;
  BackendStream inner_;
  Timer timer_;
  const std::size_t slot_;
  StreamKey generation_ = 1;
  Stage stage_ = Stage::over;
  bool offers_binary_ = false;
  std::optional<Error> error_;  // to be told at the end of the turn
};

TunnelBackend::TunnelBackend(Loop& loop, std::shared_ptr<Backend> inner) : loop_(loop), inner_(std::move(inner)) {}

TunnelBackend::~TunnelBackend() {
  for (const auto& joint : joints_)
    if (!joint->is_over()) joint->drop();
  loop_.forget_turn_end(*this);
}

BackendStream TunnelBackend::open(const BackendRequest& request, ReplyTo reply_to) {
  Joint& joint = new_joint(reply_to);
  const StreamKey key = joint.key();
  if (request.kind == Kind::web_socket) {
    joint.open(request);
  } else {
    tell_later(joint, {Fault::client, Code::upgrade_required, false, "a request on a route of tunnels"});
  }
  return {this, key};
}

void TunnelBackend::piece(StreamKey key, Bytes bytes, MessageKind kind, Last) {
  if (Joint* joint = joint_of(key)) joint->client_piece(bytes, kind);
}

void TunnelBackend::end(StreamKey key, const Head& trailers) {
  if (Joint* joint = joint_of(key)) joint->client_ended(trailers);
}

void TunnelBackend::reset(StreamKey key, ResetCode code) {
  if (Joint* joint = joint_of(key)) joint->client_reset(code);
}

void TunnelBackend::credit(StreamKey key, std::uint32_t bytes) {
  if (Joint* joint = joint_of(key)) joint->client_credit(bytes);
}

BackendEvents* TunnelBackend::find(ExchangeKey key) { return joint_of(static_cast<StreamKey>(key)); }

TunnelBackend::Joint* TunnelBackend::joint_of(StreamKey key) {
  const std::size_t slot = key & (kMostSlots - 1);
  if (slot >= joints_.size()) return nullptr;
  Joint& joint = *joints_[slot];
  return !joint.is_over() && joint.key() == key ? &joint : nullptr;
}

TunnelBackend::Joint& TunnelBackend::new_joint(ReplyTo reply_to) {
  if (free_.empty()) {
    free_.push_back(joints_.size());
    joints_.push_back(std::make_unique<Joint>(*this, joints_.size()));
  }
  Joint& joint = *joints_[free_.back()];
  free_.pop_back();
  joint.begin(reply_to);
  ++open_;
  return joint;
}

void TunnelBackend::remove(Joint& joint) {
  if (joint.is_over()) return;
  joint.finish();
  --open_;
  gone_.push_back(joint.slot());
  loop_.at_turn_end(*this);
}

// open() may be running.
void TunnelBackend::tell_later(Joint& joint, Error error) {
  joint.refuse_later(std::move(error));
  to_tell_.push_back(joint.key());
  loop_.at_turn_end(*this);
}

void TunnelBackend::turn_end() {
  for (const StreamKey key : std::exchange(to_tell_, {}))
    if (Joint* joint = joint_of(key)) joint->tell_error();
  free_.insert(free_.end(), gone_.begin(), gone_.end());
  gone_.clear();
}

}  // namespace zeroway
