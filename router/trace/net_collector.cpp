#include "router/trace/net_collector.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "proto/limits.h"
#include "router/trace/trace_context.h"

namespace zeroway {

namespace {

constexpr std::string_view kTracesPath = "/v1/traces";

std::string authority_of(const MemberUrl& url) {
  const bool is_v6 = url.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

Head request_of(const TracingSettings& settings, std::uint64_t own_trace) {
  const bool is_https = settings.target.scheme == MemberScheme::https;
  const TraceParentText trace = write_traceparent({{own_trace, 1}, 1, false});
  Head head{{":method", "POST"},
            {":scheme", is_https ? "https" : "http"},
            {":path", traces_path(settings.target.base)},
            {":authority", authority_of(settings.target)},
            {"content-type", "application/json"},
            {"user-agent", "zeroway-traces"},
            {"traceparent", std::string_view(trace.data(), trace.size())}};
  for (const FieldRule& field : settings.headers) head.set(field.name, field.value);
  return head;
}

}  // namespace

std::string traces_path(const std::string& base) {
  return base.ends_with(kTracesPath) ? base : base + std::string(kTracesPath);
}

std::optional<std::chrono::seconds> read_retry_after(const Head& reply) {
  const auto text = reply.find("retry-after");
  if (!text || text->empty()) return std::nullopt;
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return std::chrono::seconds(seconds);
}

//   looking up ──▶ dialing ──▶ sending ── head of the reply ──▶ over
//        └── failed, or the time is over ──┴──────────────────────┘
class NetCollector::Call final : private ConnectionEvents, private ReplyEvents, private TurnEnd {
 public:
  Call(NetCollector& owner, const std::string& body, Done done)
      : owner_(owner), loop_(owner.loop_), body_(body), done_(std::move(done)), timer_(loop_, [this] { expire(); }) {
    timer_.set(owner_.timeout_);
    const MemberUrl& target = owner_.target_;
    lookup_ =
        owner_.resolver_.look_up(target.host, target.port, owner_.timeout_,
                                 [this](Result<std::vector<SocketAddress>> found) { looked_up(std::move(found)); });
  }
  ~Call() override { loop_.forget_turn_end(*this); }

 private:
  void expire() { finish({.why = "no answer within " + std::to_string(owner_.timeout_.count()) + " ms"}); }

  void looked_up(Result<std::vector<SocketAddress>> found) {
    if (!found) return finish({.why = found.error().detail});
    DialWish wish{.addresses = std::move(*found),
                  .tls = owner_.tls_ ? &*owner_.tls_ : nullptr,
                  .deadline = owner_.timeout_,
                  .first_bytes = {}};
    dialing_ = owner_.dialer_.dial(std::move(wish), [this](Result<Dialed> dialed) { connected(std::move(dialed)); });
  }

  void connected(Result<Dialed> dialed) {
    if (!dialed) return finish({.why = dialed.error().detail});
    connection_ = std::move(dialed->connection);
    codec_ = make_client_codec(Protocol::http1, owner_.codecs_);
    connection_->serve(*this);
    Head head = owner_.request_;
    head.add("content-length", std::to_string(body_.size()));
    codec_->set_time(loop_.now());
    stream_ = codec_->open(head, Last::no, Kind::request);
    give(kOpeningWindow);
    loop_.at_turn_end(*this);
  }

  // The next bytes of the body, and its end behind the last one.
  void give(std::size_t most) {
    const std::size_t size = std::min(most, body_.size() - given_);
    if (stream_ == 0 || has_ended_) return;
    codec_->data(stream_, as_bytes(std::string_view(body_).substr(given_, size)));
    given_ += size;
    if (given_ < body_.size()) return;
    has_ended_ = true;
    codec_->end(stream_, Head());
  }

  // The connection may be the caller: it is closed at the turn's end.
  void finish(CollectorAnswer answer) {
    if (!done_) return;
    timer_.clear();
    stream_ = 0;
    answer_ = std::move(answer);
    is_over_ = true;
    loop_.at_turn_end(*this);
  }

  // `done_` may begin the next call, which destroys this one.
  void turn_end() override {
    if (is_over_) {
      const Done done = std::exchange(done_, nullptr);
      const CollectorAnswer answer = std::move(answer_);
      is_over_ = false;
      dialing_.reset();
      connection_.reset();
      if (done) done(answer);
      return;
    }
    if (!connection_ || codec_->output().empty()) return;
    const std::size_t size = codec_->output().size();
    if (!connection_->send(codec_->output())) return finish({.why = "the connection broke"});
    codec_->written(size, *this);
    loop_.at_turn_end(*this);
  }

  // ConnectionEvents
  std::size_t received(Bytes bytes) override { return stream_ == 0 ? bytes.size() : codec_->read(bytes, *this); }
  void input_ended() override { codec_->input_ended(ClientCodec::InputEnd::orderly, *this); }
  void hung_up() override {}
  void written() override {}
  void lost() override { finish({.why = "the connection broke"}); }

  // ReplyEvents
  void head(CodecStream, Head& head, Last) override {
    if (head.status() >= 200) finish({.status = head.status(), .retry_after = read_retry_after(head)});
  }
  void data(CodecStream, Bytes) override {}
  void piece(CodecStream, Bytes, MessageKind, Last) override {}
  void end(CodecStream, Head&) override {}
  void reset(CodecStream, const Error& error) override { finish({.why = error.detail}); }
  void credit(CodecStream, std::uint32_t bytes) override { give(bytes); }

  NetCollector& owner_;
  Loop& loop_;
  const std::string body_;
  Done done_;  // none once it was called
  Timer timer_;
  std::size_t given_ = 0;  // bytes of the body
  bool has_ended_ = false;
  bool is_over_ = false;  // done_ is to be called
  CollectorAnswer answer_;
  CodecStream stream_ = 0;
  std::unique_ptr<Lookup> lookup_;
  std::unique_ptr<Dialing> dialing_;
  std::unique_ptr<ClientCodec> codec_;
  std::unique_ptr<Connection> connection_;
};

Result<std::unique_ptr<NetCollector>> NetCollector::make(Loop& loop, const TracingSettings& settings,
                                                         std::uint64_t own_trace) {
  std::optional<TlsClient> tls;
  if (settings.target.scheme == MemberScheme::https) {
    auto rules = TlsClient::load({.ca_file = settings.ca_file, .identity = {}, .protocols = {"http/1.1"}});
    if (!rules) return rules.error();
    tls = rules->named(settings.target.host);
  }
  return std::unique_ptr<NetCollector>(new NetCollector(loop, settings, std::move(tls), own_trace));
}

NetCollector::NetCollector(Loop& loop, const TracingSettings& settings, std::optional<TlsClient> tls,
                           std::uint64_t own_trace)
    : loop_(loop),
      target_(settings.target),
      timeout_(settings.timeout),
      tls_(std::move(tls)),
      request_(request_of(settings, own_trace)),
      resolver_(loop),
      dialer_(loop) {}

NetCollector::~NetCollector() = default;

void NetCollector::send(const std::string& body, Done done) {
  call_ = std::make_unique<Call>(*this, body, std::move(done));
}

}  // namespace zeroway
