#include "router/http/tcp_client_codec.h"

#include <algorithm>
#include <utility>

namespace zeroway {

namespace {

constexpr CodecStream kTunnel = 1;

}  // namespace

CodecStream TcpClientCodec::open(const Head&, Last last, Kind) {
  stage_ = Stage::open;
  has_output_ended_ = last == Last::yes;
  return kTunnel;
}

bool TcpClientCodec::is_open(CodecStream stream) const { return stream == kTunnel && stage_ == Stage::open; }

void TcpClientCodec::data(CodecStream stream, Bytes bytes) {
  if (is_open(stream) && !has_output_ended_) output_.append(as_text(bytes));
}

void TcpClientCodec::end(CodecStream stream, const Head&) {
  if (!is_open(stream)) return;
  has_output_ended_ = true;
  settle();
}

// Whatever the code: half a tunnel is of no use to the server.
void TcpClientCodec::reset(CodecStream stream, ResetCode) {
  if (!is_open(stream)) return;
  stage_ = Stage::over;
  is_reset_ = true;
  output_.clear();
}

void TcpClientCodec::credit(CodecStream stream, std::uint32_t bytes) {
  if (is_open(stream)) credit_ += bytes;
}

void TcpClientCodec::accept(ReplyEvents& events) {
  if (stage_ != Stage::open || is_accepted_) return;
  is_accepted_ = true;
  Head head{{":status", "200"}};
  events.head(kTunnel, head, Last::no);
}

std::size_t TcpClientCodec::read(Bytes input, ReplyEvents& events) {
  if (stage_ == Stage::fresh) return 0;  // a server that speaks first waits for its client
  accept(events);
  if (stage_ != Stage::open) return input.size();
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), credit_));
  if (size == 0) return 0;
  has_input_ = true;
  credit_ -= size;
  events.data(kTunnel, input.first(size));
  return size;
}

void TcpClientCodec::input_ended(InputEnd how, ReplyEvents& events) {
  accept(events);
  if (stage_ != Stage::open) return;
  if (how == InputEnd::broken) {  // also when the server had ended before
    stage_ = Stage::over;
    return events.reset(kTunnel, {Fault::backend, Code::backend_lost, false, "the server reset the connection"});
  }
  if (std::exchange(has_input_ended_, true)) return;
  settle();
  Head no_trailers;
  events.end(kTunnel, no_trailers);
}

void TcpClientCodec::written(std::size_t bytes, ReplyEvents& events) {
  accept(events);
  if (stage_ == Stage::open && bytes > 0) events.credit(kTunnel, static_cast<std::uint32_t>(bytes));
}

Time TcpClientCodec::tick(Time, ReplyEvents& events) {
  accept(events);
  return Time::max();
}

void TcpClientCodec::settle() {
  if (has_input_ended_ && has_output_ended_) stage_ = Stage::over;
}

}  // namespace zeroway
