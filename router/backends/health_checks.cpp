#include "router/backends/health_checks.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "router/backends/origin_head.h"
#include "router/route/text_hash.h"

namespace zeroway {

namespace {

using std::chrono::milliseconds;

}  // namespace

//   waiting ── interval ──▶ dialing ── connection ──▶ asking ── head of the reply ──▶ waiting
//      ▲                       └── failed, or the time is over ──┴────────────────────────┘
class HealthChecks::Check final : private ConnectionEvents, private ReplyEvents, private TurnEnd {
 public:
  Check(Loop& loop, ServersPool& pool, OriginDialer& dialer, std::size_t index, std::uint64_t random)
      : loop_(loop),
        pool_(pool),
        spec_(pool.spec().health),
        dialer_(dialer),
        index_(index),
        random_(random),
        authority_(authority_of(pool.server(index))),
        timer_(loop, [this] { ring(); }) {
    timer_.set(part_of(spec_.interval));
  }
  ~Check() override { loop_.forget_turn_end(*this); }

 private:
  // From 0 up to `time`.
  [[nodiscard]] milliseconds part_of(milliseconds time) {
    random_ = mixed(random_ + 1);
    return milliseconds(static_cast<std::int64_t>(random_ % static_cast<std::uint64_t>(time.count() + 1)));
  }

  void ring() {
    if (dialing_ || connection_) return judge("no answer within " + std::to_string(spec_.timeout.count()) + " ms");
    timer_.set(spec_.timeout);
    const OriginWish wish{.server = pool_.server(index_), .tls = pool_.tls(index_), .deadline = spec_.timeout};
    dialing_ = dialer_.dial(wish, [this](Result<DialedOrigin> result) { dialed(std::move(result)); });
  }

  void dialed(Result<DialedOrigin> result) {
    const std::unique_ptr<OriginDialing> done = std::move(dialing_);
    if (!result) return result.error().fault == Fault::router ? wait() : judge(result.error().detail);
    codec_ = std::move(result->codec);
    connection_ = std::move(result->connection);
    connection_->serve(*this);
    ask();
    loop_.at_turn_end(*this);
  }

  void ask() {
    const ServerSpec& server = pool_.server(index_);
    const bool is_https = server.scheme == ServerSpec::Scheme::https;
    const Head request{{":method", "GET"},
                       {":scheme", is_https ? "https" : "http"},
                       {":path", server.base_path + spec_.path},
                       {":authority", authority_},
                       {"user-agent", "zeroway-health-check"}};
    codec_->set_time(loop_.now());
    stream_ = codec_->open(request, Last::yes, Kind::request);
  }

  // nullopt = the server is well.
  void judge(std::optional<std::string> why_not) {
    MemberHealth& health = pool_.health(index_);
    const bool was_fit = health.is_fit(loop_.now());
    if (why_not) {
      health.probe_failed();
    } else {
      health.probe_succeeded();
    }
    pool_.tell_change(index_, was_fit, loop_.now(), why_not.value_or(""));
    wait();
  }

  // The connection may be the caller: it is closed at the turn's end.
  void wait() {
    dialing_.reset();
    stream_ = 0;
    is_done_ = connection_ != nullptr;
    if (is_done_) loop_.at_turn_end(*this);
    timer_.set(spec_.interval - spec_.interval / 20 + part_of(spec_.interval / 10));
  }

  void turn_end() override {
    if (std::exchange(is_done_, false)) {
      connection_.reset();
      codec_.reset();
    }
    if (!connection_ || codec_->output().empty()) return;
    const std::size_t size = codec_->output().size();
    if (!connection_->send(codec_->output())) return fail("the connection broke");
    codec_->written(size, *this);
  }

  void fail(std::string why) {
    if (stream_ != 0) judge(std::move(why));
  }

  // ConnectionEvents
  std::size_t received(Bytes bytes) override {
    if (stream_ == 0) return bytes.size();
    const std::size_t taken = codec_->read(bytes, *this);
    loop_.at_turn_end(*this);  // HTTP/2 answers SETTINGS
    return taken;
  }
  void input_ended() override { codec_->input_ended(ClientCodec::InputEnd::orderly, *this); }
  void hung_up() override {}
  void written() override {}
  void lost() override {
    codec_->input_ended(ClientCodec::InputEnd::broken, *this);
    fail("the connection broke");
  }

  // ReplyEvents
  void head(CodecStream, Head& head, Last) override {
    const int status = head.status();
    if (status < 200 || stream_ == 0) return;
    const bool is_good = std::any_of(spec_.expected.begin(), spec_.expected.end(), [status](const auto& range) {
      return range.first <= status && status <= range.last;
    });
    judge(is_good ? std::nullopt : std::optional("status " + std::to_string(status)));
  }
  void data(CodecStream, Bytes) override {}
  void piece(CodecStream, Bytes, MessageKind, Last) override {}
  void end(CodecStream, Head&) override {}
  void reset(CodecStream, const Error& error) override { fail(error.detail); }
  void credit(CodecStream, std::uint32_t) override {}

  Loop& loop_;
  ServersPool& pool_;
  const HealthSpec& spec_;
  OriginDialer& dialer_;
  const std::size_t index_;
  std::uint64_t random_;
  const std::string authority_;
  Timer timer_;             // waiting: the next check; else: the time is over
  CodecStream stream_ = 0;  // asking
  bool is_done_ = false;    // the connection is to be closed
  std::unique_ptr<OriginDialing> dialing_;
  std::unique_ptr<ClientCodec> codec_;
  std::unique_ptr<Connection> connection_;
};

HealthChecks::HealthChecks(Loop& loop, std::shared_ptr<ServersPool> pool, OriginDialer& dialer, std::uint64_t seed)
    : pool_(std::move(pool)) {
  if (!pool_->spec().health.is_active) return;
  for (std::size_t index = 0; index < pool_->size(); ++index) {
    checks_.push_back(std::make_unique<Check>(loop, *pool_, dialer, index, mixed(seed + index)));
  }
}

HealthChecks::~HealthChecks() = default;

}  // namespace zeroway
