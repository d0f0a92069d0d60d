#include "router/stapling/ocsp_fetch.h"

#include <utility>

#include "router/settings/member_url.h"
#include "router/stapling/limits.h"

namespace zeroway {

namespace {

std::string authority_of(const ServerSpec& server) {
  const std::string host = server.host.find(':') == std::string::npos ? server.host : "[" + server.host + "]";
  return server.port == 80 ? host : host + ":" + std::to_string(server.port);
}

}  // namespace

OcspFetch::OcspFetch(Loop& loop, OriginDialer& dialer, const OcspQuestion& question, Done done)
    : loop_(loop),
      dialer_(dialer),
      url_(question.url),
      body_(question.body),
      done_(std::move(done)),
      result_(std::string()),
      timer_(loop, [this] { fail("no answer in time"); }) {
  timer_.set(kOcspTimeout);
  dial();
}

OcspFetch::~OcspFetch() { loop_.forget_turn_end(*this); }

void OcspFetch::dial() {
  const auto url = read_member_url(url_);
  if (!url || url->scheme != MemberScheme::http) return fail("its URL " + (url ? "is not http" : url.error().detail));
  server_.name = url_;
  server_.host = url->host;
  server_.port = url->port;
  path_ = url->base + (url->base.empty() || url_.ends_with('/') ? "/" : "");
  const OriginWish wish{.server = server_, .only_http1 = true, .deadline = kOcspTimeout};
  dialing_ = dialer_.dial(wish, [this](Result<DialedOrigin> result) { dialed(std::move(result)); });
}

void OcspFetch::dialed(Result<DialedOrigin> result) {
  const std::unique_ptr<OriginDialing> done = std::move(dialing_);
  if (!result) return fail(result.error().detail);
  codec_ = std::move(result->codec);
  connection_ = std::move(result->connection);
  connection_->serve(*this);
  ask();
  loop_.at_turn_end(*this);
}

// Short: within the window that every request has from the start.
void OcspFetch::ask() {
  const Head request{{":method", "POST"},
                     {":scheme", "http"},
                     {":path", path_},
                     {":authority", authority_of(server_)},
                     {"user-agent", "zeroway"},
                     {"accept", "application/ocsp-response"},
                     {"content-type", "application/ocsp-request"},
                     {"content-length", std::to_string(body_.size())}};
  codec_->set_time(loop_.now());
  stream_ = codec_->open(request, Last::no, Kind::request);
  codec_->data(stream_, as_bytes(body_));
  codec_->end(stream_, {});
}

void OcspFetch::fail(const std::string& why) {
  finish(Error{Fault::backend, Code::worker_lost, true, url_ + ": " + why});
}

void OcspFetch::finish(Result<std::string> result) {
  if (std::exchange(has_result_, true)) return;
  stream_ = 0;
  result_ = std::move(result);
  loop_.at_turn_end(*this);
}

void OcspFetch::turn_end() {
  if (has_result_) {
    const Done done = std::move(done_);
    return done(std::move(result_));
  }
  if (!connection_ || codec_->output().empty()) return;
  const std::size_t size = codec_->output().size();
  if (!connection_->send(codec_->output())) return fail("the connection broke");
  codec_->written(size, *this);
}

// --- events

std::size_t OcspFetch::received(Bytes bytes) {
  if (stream_ == 0) return bytes.size();
  const std::size_t taken = codec_->read(bytes, *this);
  loop_.at_turn_end(*this);
  return taken;
}

void OcspFetch::input_ended() { codec_->input_ended(ClientCodec::InputEnd::orderly, *this); }

void OcspFetch::lost() {
  codec_->input_ended(ClientCodec::InputEnd::broken, *this);
  fail("the connection broke");
}

void OcspFetch::head(CodecStream, Head& head, Last last) {
  const int status = head.status();
  if (status < 200) return;
  if (status != 200 || last == Last::yes) fail("status " + std::to_string(status) + ", without an answer");
}

void OcspFetch::data(CodecStream stream, Bytes bytes) {
  if (has_result_) return;
  if (answer_.size() + bytes.size() > kMaxOcspAnswer)
    return fail("the answer has more than " + std::to_string(kMaxOcspAnswer) + " bytes");
  answer_.append(as_text(bytes));
  codec_->credit(stream, static_cast<std::uint32_t>(bytes.size()));
}

void OcspFetch::end(CodecStream, Head&) { finish(std::move(answer_)); }

void OcspFetch::reset(CodecStream, const Error& error) { fail(error.detail); }

}  // namespace zeroway
