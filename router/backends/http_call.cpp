#include "router/backends/http_call.h"

#include <algorithm>
#include <utility>

#include "proto/limits.h"

namespace zeroway {

HttpCall::HttpCall(Loop& loop, OriginDialer& dialer, const OriginWish& wish, HttpQuestion question, Done done)
    : loop_(loop),
      question_(std::move(question)),
      done_(std::move(done)),
      timer_(loop, [this] { fail("no answer within " + std::to_string(question_.timeout.count()) + " ms"); }) {
  timer_.set(question_.timeout);
  OriginWish timed = wish;
  timed.deadline = question_.timeout;
  dialing_ = dialer.dial(timed, [this](Result<DialedOrigin> result) { dialed(std::move(result)); });
}

HttpCall::~HttpCall() { loop_.forget_turn_end(*this); }

void HttpCall::dialed(Result<DialedOrigin> result) {
  const std::unique_ptr<OriginDialing> done = std::move(dialing_);
  if (!result) return finish(result.error());
  codec_ = std::move(result->codec);
  connection_ = std::move(result->connection);
  connection_->serve(*this);
  ask();
  loop_.at_turn_end(*this);
}

void HttpCall::ask() {
  codec_->set_time(loop_.now());
  if (question_.body.empty()) {
    stream_ = codec_->open(question_.head, Last::yes, Kind::request);
    return;
  }
  question_.head.add("content-length", std::to_string(question_.body.size()));
  stream_ = codec_->open(question_.head, Last::no, Kind::request);
  give(kOpeningWindow);
}

// The next bytes of the question's body, and its end behind the last one.
void HttpCall::give(std::size_t most) {
  const std::size_t left = question_.body.size() - given_;
  if (stream_ == 0 || left == 0) return;
  const std::size_t size = std::min(most, left);
  codec_->data(stream_, as_bytes(std::string_view(question_.body).substr(given_, size)));
  given_ += size;
  if (size == left) codec_->end(stream_, {});
  loop_.at_turn_end(*this);
}

void HttpCall::fail(const std::string& why) { finish(Error{Fault::backend, Code::backend_lost, true, why}); }

void HttpCall::finish(Result<HttpAnswer> result) {
  if (std::exchange(has_result_, true)) return;
  timer_.clear();
  stream_ = 0;
  result_ = std::move(result);
  loop_.at_turn_end(*this);
}

void HttpCall::turn_end() {
  if (has_result_) {
    const Done done = std::move(done_);
    dialing_.reset();
    connection_.reset();
    return done(std::move(result_));
  }
  if (!connection_ || codec_->output().empty()) return;
  const std::size_t size = codec_->output().size();
  if (!connection_->send(codec_->output())) return fail("the connection broke");
  codec_->written(size, *this);
}

// --- events

std::size_t HttpCall::received(Bytes bytes) {
  if (stream_ == 0) return bytes.size();
  const std::size_t taken = codec_->read(bytes, *this);
  loop_.at_turn_end(*this);  // HTTP/2 answers SETTINGS
  return taken;
}

void HttpCall::input_ended() { codec_->input_ended(ClientCodec::InputEnd::orderly, *this); }

void HttpCall::lost() {
  codec_->input_ended(ClientCodec::InputEnd::broken, *this);
  fail("the connection broke");
}

void HttpCall::head(CodecStream, Head& head, Last) {
  if (has_result_ || head.status() < 200) return;
  answer_.head = head;
  if (question_.most_body == 0) finish(std::move(answer_));
}

void HttpCall::data(CodecStream stream, Bytes bytes) {
  if (has_result_) return;
  if (question_.piece && question_.piece(answer_.head, as_text(bytes))) {
    timer_.set(question_.timeout);
    return codec_->credit(stream, static_cast<std::uint32_t>(bytes.size()));
  }
  if (answer_.body.size() + bytes.size() > question_.most_body)
    return fail("the answer has more than " + std::to_string(question_.most_body) + " bytes");
  answer_.body.append(as_text(bytes));
  codec_->credit(stream, static_cast<std::uint32_t>(bytes.size()));
}

void HttpCall::end(CodecStream, Head&) { finish(std::move(answer_)); }

void HttpCall::reset(CodecStream, const Error& error) { fail(error.detail); }

void HttpCall::credit(CodecStream, std::uint32_t bytes) { give(bytes); }

}  // namespace zeroway
