#include "router/http/tcp_codec.h"

#include <algorithm>

#include "router/http/client_hello.h"

namespace zeroway {

namespace {

constexpr CodecStream kTunnel = 1;  // the one stream of the connection

}  // namespace

// The path is the service's own: its route puts it in place of this one.
TcpCodec::TcpCodec(std::string_view scheme, std::string_view authority, Greeting greeting)
    : greeting_(greeting),
      head_{{":method", "CONNECT"},
            {":protocol", "tcp"},
            {":scheme", scheme},
            {":authority", authority},
            {":path", "/"}} {}

void TcpCodec::begin(CodecEvents& events) {
  if (stage_ != Stage::fresh) return;
  stage_ = Stage::greeting;
  if (greeting_ == Greeting::none) ask(events);
}

void TcpCodec::ask(CodecEvents& events) {
  stage_ = Stage::asked;
  static_cast<void>(events.head(kTunnel, head_, Last::no, Kind::tunnel));
}

// False while the ClientHello is not whole. Its bytes stay where they are: they are the first of the tunnel.
bool TcpCodec::greet(Bytes input, CodecEvents& events) {
  const ClientHello hello = read_client_hello(input);
  if (hello.state == ClientHello::State::more) return false;
  if (hello.state == ClientHello::State::wrong) {
    refuse(hello.failure, events);
    return true;
  }
  if (!hello.name.empty()) head_.set(":authority", hello.name);
  ask(events);
  return true;
}

void TcpCodec::refuse(const char* why, CodecEvents& events) {
  stage_ = Stage::broken;
  events.broken({Fault::client, Code::bad_request, false, why}, Breach::mistake);
}

void TcpCodec::timed_out(CodecEvents& events) {
  if (stage_ == Stage::greeting) refuse("its ClientHello took too long", events);
}

std::size_t TcpCodec::read(Bytes input, CodecEvents& events) {
  if (stage_ == Stage::greeting && !greet(input, events)) return 0;
  if (stage_ == Stage::broken) return input.size();
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), credit_));
  if (size == 0) return 0;
  credit_ -= size;
  events.data(kTunnel, input.first(size));
  return size;
}

void TcpCodec::input_ended(CodecEvents& events) {
  if (stage_ == Stage::greeting) return refuse("it ended before its ClientHello", events);
  if (stage_ == Stage::broken || has_input_ended_) return;
  has_input_ended_ = true;
  Head no_trailers;
  events.end(kTunnel, no_trailers);
}

void TcpCodec::head(CodecStream stream, Head& head, Last last) {
  if (stream != kTunnel || stage_ != Stage::asked || head.status() < 200) return;
  stage_ = head.status() == 200 ? Stage::open : Stage::broken;
  if (stage_ == Stage::open && last == Last::yes) has_output_ended_ = true;
}

void TcpCodec::data(CodecStream stream, Bytes bytes) {
  if (stream == kTunnel && stage_ == Stage::open && !has_output_ended_) output_.append(as_text(bytes));
}

void TcpCodec::end(CodecStream stream, Head&) {
  if (stream == kTunnel && stage_ == Stage::open) has_output_ended_ = true;
}

void TcpCodec::reset(CodecStream stream, const Error&) {
  if (stream == kTunnel) stage_ = Stage::broken;
}

void TcpCodec::credit(CodecStream stream, std::uint32_t bytes) {
  if (stream == kTunnel) credit_ += bytes;
}

// An open tunnel has no timers here, however long it is silent.
CodecPhase TcpCodec::phase() const {
  if (stage_ == Stage::broken || (has_input_ended_ && has_output_ended_)) return CodecPhase::closed;
  return stage_ == Stage::greeting ? CodecPhase::head : CodecPhase::reply;
}

}  // namespace zeroway
