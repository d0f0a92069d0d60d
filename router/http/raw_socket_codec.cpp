#include "router/http/raw_socket_codec.h"

#include <algorithm>

#include "router/wamp/subprotocol.h"

namespace zeroway {

namespace {

constexpr CodecStream kSocket = 1;  // the one stream of the connection

}  // namespace

// --- from the client

std::size_t RawSocketCodec::read(Bytes input, CodecEvents& events) {
  if (stage_ == Stage::offer) return read_offer(input, events);
  if (stage_ == Stage::asked) return 0;
  if (!is_hearing()) return input.size();
  Bytes rest = input;
  events_ = &events;
  while (!rest.empty() && credit_ > 0 && is_hearing() && failure_.empty()) read_some(rest);
  events_ = nullptr;
  if (!failure_.empty()) fail(std::exchange(failure_, {}), events);
  return is_hearing() ? input.size() - rest.size() : input.size();
}

std::size_t RawSocketCodec::read_offer(Bytes input, CodecEvents& events) {
  if (input.empty()) return 0;
  has_begun_ = true;
  RawSocketWord word{};
  if (input.front() == kRawSocketStart && input.size() < word.size()) return 0;
  std::copy_n(input.begin(), std::min(input.size(), word.size()), word.begin());
  const auto offer = read_raw_socket_offer(word, entry_.served);
  if (const auto* why = std::get_if<RawSocketRefusal>(&offer)) {
    refuse(*why, events);
    return input.size();
  }
  if (entry_.is_full) {
    refuse(RawSocketRefusal::connections, events);
    return input.size();
  }
  ask(std::get<RawSocketOffer>(offer), events);
  return word.size();
}

void RawSocketCodec::ask(const RawSocketOffer& offer, CodecEvents& events) {
  offer_ = offer;
  become(Stage::asked);
  Head head{{":method", "CONNECT"},
            {":protocol", "websocket"},
            {":scheme", entry_.scheme},
            {":authority", entry_.authority},
            {":path", entry_.path},
            {"sec-websocket-version", "13"},
            {"sec-websocket-protocol", subprotocol_of(offer.serializer)}};
  terms_ = events.head(kSocket, head, Last::no, Kind::web_socket);
}

void RawSocketCodec::refuse(RawSocketRefusal why, CodecEvents& events) {
  if (why != RawSocketRefusal::foreign) output_ = as_text(raw_socket_refusal(why));
  fail(std::string(to_words(why)), events);
}

// As many bytes as there is credit for: a frame's prefix takes none, so no piece is ever over it.
void RawSocketCodec::read_some(Bytes& rest) {
  const Bytes some = rest.first(static_cast<std::size_t>(std::min<std::uint64_t>(rest.size(), credit_)));
  rest = rest.subspan(some.size());
  if (!reader_->take(some) && failure_.empty()) failure_ = reader_->what();
}

void RawSocketCodec::piece(Bytes bytes, Last last) {
  if (!is_hearing() || !failure_.empty()) return;
  const bool is_json = offer_.serializer == Serializer::json;
  if (is_json && socket_terms_.validate_utf8 && !takes_utf8(bytes, last)) {
    failure_ = "a message of JSON that is no UTF-8";
    return;
  }
  credit_ -= std::min<std::uint64_t>(credit_, message_credit(bytes.size()));
  events_->piece(kSocket, bytes, message_kind(offer_.serializer), last);
}

bool RawSocketCodec::takes_utf8(Bytes bytes, Last last) {
  const bool is_good = utf8_.takes(bytes) && (last == Last::no || utf8_.is_complete());
  if (last == Last::yes) utf8_.restart();
  return is_good;
}

void RawSocketCodec::ping(Bytes payload) {
  if (!has_left_) writer_->pong(payload);
}

bool RawSocketCodec::wants_input() const { return stage_ != Stage::asked && (!is_hearing() || credit_ > 0); }

void RawSocketCodec::input_ended(CodecEvents& events) {
  switch (stage_) {
    case Stage::offer:
      return has_begun_ ? fail("it ended inside its handshake", events) : become(Stage::closed);
    case Stage::asked:
      return give_up("it ended before its answer", events);
    case Stage::open:
    case Stage::leaving:
      return end_input(events);
    case Stage::ended:
    case Stage::closed:
    case Stage::broken:
      return;
  }
}

// TCP's end is the only orderly one that RawSocket has.
void RawSocketCodec::end_input(CodecEvents& events) {
  if (!reader_->is_between_frames()) return give_up("it ended inside a frame", events);
  become(Stage::ended);
  Head close{{"close-code", "1000"}};
  events.end(kSocket, close);
}

// --- from the backend

// What a backend says instead of accepting.
void RawSocketCodec::head(CodecStream stream, Head& head, Last) {
  if (stream != kSocket || stage_ != Stage::asked || head.status() < 200) return;
  const bool is_for_want_of_room = head.status() == 503 || head.status() == 429;
  if (is_for_want_of_room) output_ = as_text(raw_socket_refusal(RawSocketRefusal::connections));
  become(Stage::closed);
}

void RawSocketCodec::accept_web_socket(CodecStream stream, Head& head, const WebSocketTerms& terms) {
  if (stream != kSocket || stage_ != Stage::asked) return;
  if (head.find("sec-websocket-protocol") != subprotocol_of(offer_.serializer)) {
    output_ = as_text(raw_socket_refusal(RawSocketRefusal::serializer));
    failure_ = "its backend does not speak " + std::string(subprotocol_of(offer_.serializer));
    return;
  }
  socket_terms_ = terms;
  const std::size_t sockets = terms.max_message_size == 0 ? kMostRawSocket : terms.max_message_size;
  const std::size_t most = raw_socket_limit(std::min(sockets, entry_.most));
  become(Stage::open);
  RawSocketEvents& self = *this;
  reader_.emplace(self, most);
  writer_.emplace(offer_.most);
  writer_->output() = as_text(raw_socket_reply(offer_, most));
  leave_if_due();
}

void RawSocketCodec::piece(CodecStream stream, Bytes bytes, MessageKind, Last last) {
  const bool is_said = stage_ == Stage::open || stage_ == Stage::ended;
  if (stream != kSocket || !is_said || has_left_ || !failure_.empty()) return;
  is_inside_ = last == Last::no;
  if (!writer_->piece(bytes, last)) {
    failure_ = "a message for it is longer than the " + std::to_string(offer_.most) + " bytes that it takes";
    return;
  }
  leave_if_due();
}

void RawSocketCodec::end(CodecStream stream, Head&) {
  if (stream == kSocket && stage_ != Stage::broken) become(Stage::closed);
}

void RawSocketCodec::reset(CodecStream stream, const Error&) {
  if (stream == kSocket && stage_ != Stage::closed) become(Stage::broken);
}

void RawSocketCodec::credit(CodecStream stream, std::uint32_t bytes) {
  if (stream != kSocket) return;
  credit_ += bytes;
  is_taken_ = true;
}

// --- the end

// Nothing is owed to a client that has offered nothing.
void RawSocketCodec::drain() {
  if (stage_ == Stage::offer && !has_begun_) return become(Stage::closed);
  leave();
}

void RawSocketCodec::leave() {
  must_leave_ = true;
  leave_if_due();
}

void RawSocketCodec::leave_if_due() {
  if (!must_leave_ || stage_ != Stage::open || is_inside_) return;
  has_left_ = true;
  become(Stage::leaving);
}

void RawSocketCodec::fail(const std::string& why, CodecEvents& events) {
  become(Stage::closed);
  events.broken({Fault::client, Code::bad_request, false, "RawSocket: " + why}, Breach::mistake);
}

void RawSocketCodec::give_up(const char* why, CodecEvents& events) {
  become(Stage::closed);
  events.reset(kSocket, {Fault::client, Code::cancelled, false, why});
}

void RawSocketCodec::become(Stage stage) {
  stage_ = stage;
  since_ = Time::min();
}

// --- time

Millis RawSocketCodec::patience() const {
  if (stage_ == Stage::offer) return entry_.patience;
  return stage_ == Stage::asked ? terms_.open_handshake_timeout : socket_terms_.close_handshake_timeout;
}

// Before a backend took the opening, the opening waits in a queue, which has its own deadline.
Time RawSocketCodec::tick(Time now, CodecEvents& events) {
  if (!failure_.empty()) fail(std::exchange(failure_, {}), events);
  const bool is_timed = stage_ == Stage::offer || (stage_ == Stage::asked && is_taken_) || stage_ == Stage::ended ||
                        stage_ == Stage::leaving;
  if (!is_timed || patience() == Millis(0)) return Time::max();
  if (since_ == Time::min()) since_ = now;
  if (now < since_ + patience()) return since_ + patience();
  expire(events);
  return Time::max();
}

void RawSocketCodec::expire(CodecEvents& events) {
  if (stage_ == Stage::offer) return fail("its handshake took too long", events);
  give_up(stage_ == Stage::asked ? "the backend did not answer" : "closing took too long", events);
}

CodecPhase RawSocketCodec::phase() const {
  return stage_ == Stage::closed || stage_ == Stage::broken ? CodecPhase::closed : CodecPhase::timed;
}

}  // namespace zeroway
