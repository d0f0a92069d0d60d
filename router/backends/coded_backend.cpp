#include "router/backends/coded_backend.h"

#include <algorithm>
#include <string>
#include <utility>

#include "router/backends/coded_body.h"
#include "router/backends/limits.h"
#include "router/coding/choose_coding.h"
#include "router/coding/coded_head.h"

namespace zeroway {

namespace {

Error broken(std::string detail) { return {Fault::backend, Code::backend_protocol, false, std::move(detail)}; }
Error internal(std::string detail) { return {Fault::router, Code::internal, false, std::move(detail)}; }

// Only requests with a reply that has a body of bytes: what passes through sockets and calls is not ours to change.
bool may_apply(const BackendRequest& request) { return request.kind == Kind::request && !is_grpc(request.head); }

Coding wanted_coding(const Head& request, const CodingTerms& terms) {
  return forbids_transform(request) ? Coding::identity : choose_coding(request, terms.codings);
}

}  // namespace

struct CodedBackend::Stream final : BackendEvents {
  enum class Stage : std::uint8_t { waiting, relaying, coding };

  explicit Stream(CodedBackend& with) : owner(with) {}

  void accepted(const Holder& holder) override {
    if (BackendEvents* to = reply_to.find()) to->accepted(holder);
  }
  void hand_over() override {
    if (BackendEvents* to = reply_to.find()) to->hand_over();
  }
  void routes_changed() override {
    if (BackendEvents* to = reply_to.find()) to->routes_changed();
  }
  void head(Head& head, Last last) override { owner.reply_head(*this, head, last); }
  void data(Bytes bytes) override { owner.reply_data(*this, bytes); }
  void end(Head& with) override { owner.reply_end(*this, with); }
  void reset(const Error& error) override { owner.reply_reset(*this, error); }
  void credit(std::uint32_t bytes) override {
    if (BackendEvents* to = reply_to.find()) to->credit(bytes);
  }

  CodedBackend& owner;
  StreamKey key = 0;
  ReplyTo reply_to;
  BackendStream inner;  // none: the wrapped backend has said all
  Stage stage = Stage::waiting;
  Coding wanted = Coding::identity;
  bool is_head_request = false;
  bool knows_weak_tags = false;  // the client has a tag that may be one we made weak
  bool is_ready = false;         // in ready_
  std::size_t run = 0;           // cost of coding since it came to the front
  // while it is coding
  CodedBody body;
  std::optional<std::uint64_t> length_left;  // that the backend has promised
  SendWindow window{kFirstReplyWindow};
  Head trailers;
};

CodedBackend::CodedBackend(Loop& loop, CoderPool& coders, std::shared_ptr<Backend> inner, CodingTerms terms)
    : loop_(loop), coders_(coders), inner_(std::move(inner)), terms_(std::move(terms)) {}

// Coders outlive this object: those that are lent go back.
CodedBackend::~CodedBackend() {
  loop_.forget_turn_end(*this);
  for (auto& [key, stream] : streams_) over_.push_back(std::move(stream));
  recycle();
}

// --- The request's verbs ------------------------------------------------------------------------------------------

BackendStream CodedBackend::open(const BackendRequest& request, ReplyTo reply_to) {
  if (!may_apply(request)) return inner_->open(request, reply_to);
  Stream& stream = new_stream(request, reply_to);
  const ReplyTo to_us{this, stream.key};
  if (!stream.knows_weak_tags) {
    stream.inner = inner_->open(request, to_us);
  } else {
    scratch_ = request.head;
    add_strong_tags(scratch_);
    stream.inner = inner_->open({.head = scratch_,
                                 .last = request.last,
                                 .kind = request.kind,
                                 .attempt = request.attempt,
                                 .route = request.route,
                                 .client = request.client,
                                 .silent = request.silent,
                                 .failed = request.failed,
                                 .affinity = request.affinity},
                                to_us);
  }
  return {this, stream.key};
}

// A reply may be complete before its request. The client must not wait for credit to send the rest of it.
void CodedBackend::data(StreamKey key, Bytes bytes) {
  Stream* stream = stream_of(key);
  if (stream == nullptr) return;
  if (stream->inner.is_open()) return stream->inner.data(bytes);
  stream->credit(static_cast<std::uint32_t>(bytes.size()));
}

void CodedBackend::end(StreamKey key, const Head& trailers) {
  const Stream* stream = stream_of(key);
  if (stream != nullptr && stream->inner.is_open()) stream->inner.end(trailers);
}

void CodedBackend::reset(StreamKey key, ResetCode code) {
  Stream* stream = stream_of(key);
  if (stream == nullptr) return;
  const BackendStream inner = stream->inner;
  remove(*stream);
  if (inner.is_open()) inner.reset(code);
}

void CodedBackend::credit(StreamKey key, std::uint32_t bytes) {
  Stream* stream = stream_of(key);
  if (stream == nullptr) return;
  if (stream->stage != Stream::Stage::coding) {
    if (stream->inner.is_open()) stream->inner.credit(bytes);
    return;
  }
  if (!stream->window.add(bytes)) return fail(*stream, internal("credit over 2^31-1"));
  make_ready(*stream);
}

// --- The reply's verbs --------------------------------------------------------------------------------------------

BackendEvents* CodedBackend::find(ExchangeKey key) { return stream_of(static_cast<StreamKey>(key)); }

void CodedBackend::reply_head(Stream& stream, Head& head, Last last) {
  const bool is_final = head.status() >= 200;
  if (is_final && stream.stage == Stream::Stage::waiting) reply_final(stream, head, last);
  if (BackendEvents* to = stream.reply_to.find()) to->head(head, last);
}

// A head that promises content and has none is left to the exchange, which refuses it.
void CodedBackend::reply_final(Stream& stream, Head& head, Last last) {
  stream.stage = Stream::Stage::relaying;
  if (head.status() == 304 && stream.knows_weak_tags) {
    weaken_tag(head);
    mark_varying(head);
  }
  if (last == Last::yes && !stream.is_head_request) return;
  const CodingVerdict verdict = judge_reply(head, last, terms_);
  if (verdict == CodingVerdict::never) return;
  mark_varying(head);
  if (verdict == CodingVerdict::fit && stream.wanted != Coding::identity) begin_coding(stream, head);
}

void CodedBackend::begin_coding(Stream& stream, Head& head) {
  if (stream.is_head_request) return mark_coded(head, stream.wanted);  // as GET would be answered
  const CoderKind kind = coder_kind(stream.wanted, body_kind(head), terms_);
  if (!coders_.book(kind)) return;  // too many replies are coded now: this one stays as it is
  stream.stage = Stream::Stage::coding;
  ++coders_.counts.replies[static_cast<std::size_t>(stream.wanted)];
  stream.body.begin(kind, coders_);
  stream.length_left = said_length(head).bytes;
  mark_coded(head, stream.wanted);
}

// The exchange cannot see any more whether the backend keeps its promise about the length.
void CodedBackend::reply_data(Stream& stream, Bytes bytes) {
  if (stream.stage != Stream::Stage::coding) {
    if (BackendEvents* to = stream.reply_to.find()) to->data(bytes);
    return;
  }
  if (stream.length_left) {
    if (bytes.size() > *stream.length_left) return fail(stream, broken("more content than its content-length"));
    *stream.length_left -= bytes.size();
  }
  if (!stream.body.take(bytes)) return fail(stream, broken("more content than its credit"));
  coders_.counts.bytes_in += bytes.size();
  make_ready(stream);
}

void CodedBackend::reply_end(Stream& stream, Head& trailers) {
  if (stream.stage != Stream::Stage::coding) {
    const ReplyTo reply_to = stream.reply_to;
    remove(stream);
    if (BackendEvents* to = reply_to.find()) to->end(trailers);
    return;
  }
  if (stream.length_left.value_or(0) > 0) return fail(stream, broken("less content than its content-length"));
  stream.inner = {};
  std::swap(stream.trailers, trailers);
  stream.body.end();
  make_ready(stream);
}

void CodedBackend::reply_reset(Stream& stream, const Error& error) {
  stream.inner = {};
  fail(stream, error);
}

// --- Turns --------------------------------------------------------------------------------------------------------

void CodedBackend::make_ready(Stream& stream) {
  if (stream.is_ready) return;
  stream.is_ready = true;
  ready_.push_back(stream.key);
  loop_.at_turn_end(*this);
}

void CodedBackend::turn_end() {
  serve_ready();
  recycle();
}

// A turn ends several times: what a client took at its end is credit, and credit makes a stream ready.
void CodedBackend::serve_ready() {
  if (const Time turn = loop_.now(); turn != turn_) {
    turn_ = turn;
    left_ = kTurnCost;
  }
  while (!ready_.empty() && left_ > 0) {
    const StreamKey key = ready_.front();
    left_ -= std::min(left_, serve(key));
  }
  if (!ready_.empty()) go_on_next_turn();
}

// To ask for the end of a turn inside the end of a turn means this turn; sockets must be read and written in between.
void CodedBackend::go_on_next_turn() {
  if (std::exchange(is_posted_, true)) return;
  loop_.post([this, life = std::weak_ptr<bool>(life_)] {
    if (life.expired()) return;
    is_posted_ = false;
    loop_.at_turn_end(*this);
  });
}

// Serves the stream in front, and returns the cost. A small body is coded at one go, also over several turns: its coder
// then is in the processor's cache, and the next stream uses it again. Each verb may end the stream: it is looked for
// again behind each.
std::size_t CodedBackend::serve(StreamKey key) {
  send(key);
  const std::size_t cost = code(key);
  if (cost > 0) send(key);
  Stream* stream = stream_of(key);
  if (stream != nullptr && stream->body.is_due() && stream->run < kLongestRun) {
    stream->run += cost;
    return cost;
  }
  ready_.pop_front();
  if (stream == nullptr) return cost;
  stream->is_ready = false;
  stream->run = 0;
  if (stream->body.is_over()) {
    finish(*stream);
  } else if (stream->body.is_due()) {
    make_ready(*stream);  // behind the other streams
  }
  return cost;
}

std::size_t CodedBackend::code(StreamKey key) {
  Stream* stream = stream_of(key);
  if (stream == nullptr || !stream->body.is_due()) return 0;
  const std::size_t cost = stream->body.next_cost();
  if (!stream->body.code()) {
    fail(*stream, internal("no memory to code a reply"));
  } else if (const std::uint32_t credit = stream->body.credit(); credit > 0 && stream->inner.is_open()) {
    stream->inner.credit(credit);
  }
  return cost;
}

void CodedBackend::send(StreamKey key) {
  Stream* stream = stream_of(key);
  if (stream == nullptr) return;
  const Bytes ready = stream->body.ready();
  const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(ready.size(), stream->window.left()));
  if (size == 0) return;
  static_cast<void>(stream->window.take(size));
  coders_.counts.bytes_out += size;
  if (BackendEvents* to = stream->reply_to.find()) to->data(ready.first(size));
  stream = stream_of(key);
  if (stream != nullptr) stream->body.sent(size);
}

void CodedBackend::finish(Stream& stream) {
  const ReplyTo reply_to = stream.reply_to;
  Head trailers;
  std::swap(trailers, stream.trailers);
  remove(stream);
  if (BackendEvents* to = reply_to.find()) to->end(trailers);
}

void CodedBackend::fail(Stream& stream, const Error& error) {
  const ReplyTo reply_to = stream.reply_to;
  const BackendStream inner = stream.inner;
  remove(stream);
  if (inner.is_open()) inner.reset(ResetCode::protocol_error);
  if (BackendEvents* to = reply_to.find()) to->reset(error);
}

// --- Streams ------------------------------------------------------------------------------------------------------

CodedBackend::Stream* CodedBackend::stream_of(StreamKey key) const {
  const auto found = streams_.find(key);
  return found == streams_.end() ? nullptr : found->second.get();
}

CodedBackend::Stream& CodedBackend::new_stream(const BackendRequest& request, ReplyTo reply_to) {
  do {
    ++last_key_;
  } while (last_key_ == 0 || streams_.contains(last_key_));
  std::unique_ptr<Stream> made;
  if (spare_.empty()) {
    made = std::make_unique<Stream>(*this);
  } else {
    made = std::move(spare_.back());
    spare_.pop_back();
  }
  Stream& stream = *made;
  stream.key = last_key_;
  stream.reply_to = reply_to;
  stream.stage = Stream::Stage::waiting;
  stream.wanted = wanted_coding(request.head, terms_);
  stream.is_head_request = request.head.method() == "HEAD";
  stream.knows_weak_tags = lists_weak_tag(request.head);
  stream.is_ready = false;
  stream.run = 0;
  stream.length_left.reset();
  stream.window = SendWindow(kFirstReplyWindow);
  streams_.emplace(last_key_, std::move(made));
  return stream;
}

// The bytes of its body may still be read by the verb that ends it: they stay until the turn ends.
void CodedBackend::remove(Stream& stream) {
  const auto found = streams_.find(stream.key);
  stream.inner = {};
  stream.reply_to.forget();
  over_.push_back(std::move(found->second));
  streams_.erase(found);
  loop_.at_turn_end(*this);
}

void CodedBackend::recycle() {
  for (std::unique_ptr<Stream>& stream : over_) {
    stream->body.clear();
    stream->trailers.clear();
    if (spare_.size() < kSpareCodedStreams) spare_.push_back(std::move(stream));
  }
  over_.clear();
}

}  // namespace zeroway
