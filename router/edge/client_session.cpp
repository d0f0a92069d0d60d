#include "router/edge/client_session.h"

#include <algorithm>

#include "router/edge/front_door.h"
#include "router/edge/limits.h"
#include "router/exchange/error_reply.h"
#include "router/exchange/opening_patience.h"
#include "router/http/raw_socket_codec.h"
#include "router/http/tcp_codec.h"
#include "router/net/limits.h"
#include "router/net/tcp_connection.h"
#include "router/net/tls_connection.h"
#include "router/observe/counters.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

const Error kClientGone{Fault::client, Code::cancelled, false, "the client closed its connection"};

// The position of the stream of this number, or the position where that stream would be inserted.
template <class Streams>
auto place_of(Streams& streams, CodecStream number) {
  if (!streams.empty() && streams.back()->number < number) return streams.end();
  return std::lower_bound(streams.begin(), streams.end(), number,
                          [](const auto& stream, CodecStream wanted) { return stream->number < wanted; });
}

std::shared_ptr<const ClientCertificate> certificate_of(const TlsEngine& engine) {
  return std::make_shared<const ClientCertificate>(
      ClientCertificate{engine.client_subject(), engine.client_issuer(), engine.client_serial(),
                        engine.client_fingerprint(), engine.client_certificate()});
}

}  // namespace

ClientSession::ClientSession(FrontDoor& door, Socket socket, ConnectionEnds ends)
    : door_(door),
      codec_(make_codec(Protocol::http1, door.limits(), "http")),
      connection_(new TcpConnection(door.loop(), std::move(socket), *this)),
      timer_(door.loop(), [this] { ring(); }),
      phase_since_(door.loop().now()),
      last_read_(phase_since_),
      waited_until_(phase_since_) {
  set_ends(std::move(ends));
  info_.listener = &door_.listener();  // also of later plans: the door keeps it
  if (is_tunnel()) speak_tcp("");
  if (spec().language == Language::raw_socket) speak_raw_socket("");
  set_timer();
}

ClientSession::ClientSession(FrontDoor& door, std::unique_ptr<TlsConnection> connection, ConnectionEnds ends)
    : door_(door),
      timer_(door.loop(), [this] { ring(); }),
      phase_since_(door.loop().now()),
      last_read_(phase_since_),
      waited_until_(phase_since_),
      is_sniffing_(false) {
  connection->serve(*this);
  set_ends(std::move(ends));
  info_.listener = &door_.listener();  // also of later plans: the door keeps it
  info_.is_tls = true;
  info_.tls_version = connection->engine().version();
  info_.tls_cipher = connection->engine().cipher();
  info_.has_certificate = connection->engine().has_client_certificate();
  info_.certificate_subject = connection->engine().client_subject();
  if (info_.has_certificate) info_.certificate = certificate_of(connection->engine());
  info_.client_authorities = connection->engine().client_authorities();
  const std::string_view server_name = connection->engine().server_name();
  if (is_tunnel()) {
    speak_tcp(server_name);
  } else if (spec().language == Language::raw_socket) {
    speak_raw_socket(server_name);
  } else {
    speak(connection->engine().protocol() == "h2" ? Protocol::http2 : Protocol::http1);
    is_sniffing_ = spec().raw_socket && !is_http2_;
  }
  connection_ = std::move(connection);
  set_timer();
  ask_turn_end();  // an HTTP/2 codec has output before the client sends
}

void ClientSession::set_ends(ConnectionEnds ends) {
  info_.address = std::move(ends.source.address);
  info_.port = ends.source.port;
  info_.destination = std::move(ends.destination.address);
  info_.destination_port = ends.destination.port;
}

ClientSession::~ClientSession() {
  cancel_streams();
  door_.loop().forget_turn_end(*this);
}

const ListenerSpec& ClientSession::spec() const { return door_.listener().spec(); }

bool ClientSession::is_tunnel() const { return spec().language == Language::tcp; }

// Of connections whose bytes name no host: the name of the TLS handshake, else the address.
std::string ClientSession::authority(std::string_view server_name) const {
  const Peer here{info_.destination.empty() ? "localhost" : info_.destination, info_.destination_port};
  return server_name.empty() ? show(here) : std::string(server_name);
}

void ClientSession::speak_tcp(std::string_view server_name) {
  codec_ = std::make_unique<TcpCodec>(info_.is_tls ? "https" : "http", authority(server_name),
                                      spec().passes_tls ? TcpCodec::Greeting::tls : TcpCodec::Greeting::none);
  info_.protocol = "TCP";
  is_sniffing_ = false;
}

void ClientSession::speak_raw_socket(std::string_view server_name) {
  const RawSocketSpec& said = *spec().raw_socket;
  is_raw_socket_ = door_.count_raw_socket();
  auto codec = std::make_unique<RawSocketCodec>(
      RawSocketEntry{.scheme = info_.is_tls ? "https" : "http",
                     .authority = said.authority.empty() ? authority(server_name) : said.authority,
                     .path = said.path,
                     .served = said.serializers,
                     .most = said.most,
                     .patience = spec().web_sockets.open_handshake_timeout,
                     .is_full = !is_raw_socket_});
  raw_socket_ = codec.get();
  codec_ = std::move(codec);
  info_.protocol = "RawSocket";
  is_sniffing_ = false;
  if (is_draining_) codec_->drain();
}

void ClientSession::begin() {
  codec_->begin(*this);
  ask_turn_end();
}

void ClientSession::drain() {
  is_draining_ = true;
  if (connection_->is_closing()) return static_cast<void>(connection_->close(linger()));
  codec_->drain();
  ask_turn_end();
}

void ClientSession::drop() {
  cancel_streams();
  const bool is_broken = is_tunnel() || codec_->ends_by_reset();
  if (is_broken && !is_over_) connection_->reset();  // nobody may take the end of a part for the end of the whole
  over();
}

void ClientSession::ask_turn_end() {
  if (!is_over_) door_.loop().at_turn_end(*this);
}

void ClientSession::offer_at_turn_end() {
  wants_offer_ = true;
  ask_turn_end();
}

// --- events of the connection

std::size_t ClientSession::received(Bytes bytes) {
  last_read_ = door_.loop().now();
  count_wait();
  ask_turn_end();
  if (is_sniffing_ && !sniff(bytes)) return is_over_ || connection_->is_closing() ? bytes.size() : 0;
  codec_->set_time(last_read_);
  const std::size_t taken = codec_->read(bytes, *this);
  if (phase_ == CodecPhase::body) body_pace_.moved(taken, least_body_rate(terms_));
  return taken;
}

// True when the codec fits the client's protocol.
bool ClientSession::sniff(Bytes bytes) {
  if (spec().raw_socket && !bytes.empty()) {
    const FirstByte first = sniff_first_byte(bytes.front());
    if (first == FirstByte::mqtt) return refuse_mqtt();
    if (first == FirstByte::raw_socket) speak_raw_socket("");
    is_sniffing_ = is_sniffing_ && !info_.is_tls;  // under TLS, ALPN has named HTTP/2
    if (!is_sniffing_) return true;
  }
  const Sniffed sniffed = sniff_protocol(bytes);
  if (sniffed == Sniffed::more) return false;
  if (sniffed == Sniffed::http2) speak(Protocol::http2);
  is_sniffing_ = false;
  return true;
}

// False: no codec fits. As many brokers serve MQTT at the port of WAMP, such a client is told apart from a broken one.
bool ClientSession::refuse_mqtt() {
  ++door_.counters().mqtt_refused;
  if (log::is_on(log::Level::debug)) log::debug("client " + info_.address + " speaks MQTT, which is not served");
  must_linger();
  close();
  return false;
}

void ClientSession::speak(Protocol protocol) {
  codec_ = make_codec(protocol, door_.limits(), info_.is_tls ? "https" : "http");
  info_.protocol = protocol_name(protocol);
  is_http2_ = protocol == Protocol::http2;
  holds_replies_ = codec_->holds_replies();
  if (is_draining_) codec_->drain();
}

void ClientSession::input_ended() {
  has_input_ended_ = true;
  half_closed_at_ = std::min(half_closed_at_, door_.loop().now());
  ask_turn_end();
}

void ClientSession::hung_up() {
  // While bytes of a request are unread, the request may be complete: reading on will tell.
  if (streams_.empty() || !is_all_said()) return;
  if (door_.limits().half_close_timeout == Millis(0)) return input_ended();
  half_closed_at_ = door_.loop().now();  // the FIN is behind unread bytes, which may be a pipeline
  ask_turn_end();
}

void ClientSession::written() {
  look_at_queue();
  ask_turn_end();
}

void ClientSession::lost() { drop(); }

// --- events of the codec

void ClientSession::begun(std::string_view target) {
  opening_patience_ = opening_patience(door_.listener(), target, info_.is_tls ? Security::tls : Security::none);
}

RequestTerms ClientSession::head(CodecStream number, Head& head, Last last, Kind kind) {
  const Time now = door_.loop().now();
  opening_patience_ = Millis(0);
  phase_since_ = now;
  body_pace_.begin();
  ++door_.counters().requests;
  if (is_http2_) ++door_.counters().requests_http2;
  ClientStream& stream = begin_stream(number);
  stream.request_kind = kind;
  if (raw_socket_ != nullptr) info_.most_message = raw_socket_->most_of_client();
  stream.exchange = door_.exchanges().open(stream, info_, kind, now);
  const ExchangeKey key = stream.exchange;
  if (StreamSink* exchange = door_.exchanges().from_client(key)) exchange->head(head, last);
  terms_ = door_.exchanges().terms(key);
  return terms_;
}

void ClientSession::data(CodecStream number, Bytes bytes) {
  if (StreamSink* exchange = exchange_of(number)) exchange->data(bytes);
}

void ClientSession::piece(CodecStream number, Bytes bytes, MessageKind kind, Last last) {
  if (StreamSink* exchange = exchange_of(number)) exchange->piece(bytes, kind, last);
}

void ClientSession::end(CodecStream number, Head& trailers) {
  ClientStream* stream = find(number);
  if (!stream) return;
  stream->has_request_ended = true;
  if (StreamSink* exchange = door_.exchanges().from_client(stream->exchange)) exchange->end(trailers);
}

void ClientSession::reset(CodecStream number, const Error& error) {
  ClientStream* const stream = find(number);
  const bool is_gone = error.code == Code::cancelled;
  if (!is_gone) blame(error);
  if (!stream && !is_gone) return refuse(number, error.code);
  if (!stream) return;
  if (StreamSink* exchange = door_.exchanges().from_client(stream->exchange)) exchange->reset(error);
  if (is_gone) finish(*stream);
}

void ClientSession::refuse(CodecStream number, Code code) {
  const RefusedRequest refused = codec_->refused();
  Head head;
  for (const Field field : {Field{":method", refused.method}, {":path", refused.path}, {"accept", refused.accept}}) {
    if (!field.value.empty()) head.add(field.name, field.value);
  }
  door_.exchanges().refuse(begin_stream(number), info_, head, code, door_.loop().now());
}

void ClientSession::blamed(CodecStream number, const Error& error) {
  blame(error);
  if (const ClientStream* stream = find(number)) door_.exchanges().blame_client(stream->exchange, error.code);
}

void ClientSession::blame(const Error& error) {
  ++door_.counters().bad_requests;
  must_linger();
  if (!log::is_on(log::Level::debug)) return;
  const std::string_view hint = error_hint(error.code);
  log::debug("client " + info_.address + ": " + error.detail + (hint.empty() ? "" : " (" + std::string(hint) + ")"));
}

void ClientSession::drained(CodecStream number, std::size_t bytes) {
  if (ClientStream* stream = find(number)) stream->lead.written(static_cast<std::uint32_t>(bytes));
}

void ClientSession::broken(const Error& error, Breach breach) {
  ++door_.counters().bad_requests;
  linger_ = breach == Breach::flood ? Linger::flood : Linger::full;
  door_.note_broken(info_.address, error.detail);
  cancel_streams();
}

// --- streams

ClientStream* ClientSession::find(CodecStream number) {
  const auto at = place_of(streams_, number);
  return at != streams_.end() && (*at)->number == number ? at->get() : nullptr;
}

StreamSink* ClientSession::exchange_of(CodecStream number) {
  const ClientStream* stream = find(number);
  return stream ? door_.exchanges().from_client(stream->exchange) : nullptr;
}

ClientStream& ClientSession::begin_stream(CodecStream number) {
  if (spares_.empty()) {
    streams_.push_back(std::make_unique<ClientStream>(*this));
  } else {
    streams_.push_back(std::move(spares_.back()));
    spares_.pop_back();
  }
  streams_.back()->begin(number, door_.loop().now());
  return *streams_.back();
}

// The reply has ended. `stream` may be reused from now on.
void ClientSession::finish(ClientStream& stream) {
  if (!stream.has_request_ended) must_linger();
  const auto at = place_of(streams_, stream.number);
  if (at == streams_.end() || at->get() != &stream) return;
  stream.lead.end(lead_budget_);
  if (spares_.size() < kSpareStreams) spares_.push_back(std::move(*at));
  streams_.erase(at);
  offer_at_turn_end();
}

bool ClientSession::is_all_said() const {
  return std::all_of(streams_.begin(), streams_.end(), [](const auto& stream) { return stream->has_request_ended; });
}

void ClientSession::cancel_streams() {
  for (const auto& stream : std::exchange(streams_, {})) {
    if (StreamSink* exchange = door_.exchanges().from_client(stream->exchange)) exchange->reset(kClientGone);
  }
}

// --- the end of a turn

void ClientSession::turn_end() {
  if (is_over_) return;
  offer_if_read();
  settle_input_end();
  if (!send_output()) return drop();
  credit_written();
  if (is_over_) return;
  send_output_end();
  if (codec_->ends_by_reset()) return drop();
  if (codec_->phase() == CodecPhase::closed && streams_.empty() && !wants_offer_) close();
  if (is_over_) return;
  pause_or_resume();
  set_timer();
}

// The next request of a pipeline begins only while its client reads: small replies need no credit, and the requests of
// one read could ask for 150 MB of small replies.
void ClientSession::offer_if_read() {
  if (!connection_->is_closing() && connection_->queued() > kHighMark) return;  // written() asks again
  if (std::exchange(wants_offer_, false) && !connection_->is_closing()) connection_->offer();
}

// False when the connection is gone.
bool ClientSession::send_output() {
  bool has_more = false;
  do {
    const std::size_t queued_before = connection_->queued();
    has_more = codec_->flush(queued_before < kOutputMark ? kOutputMark - queued_before : 0, *this);
    std::string& output = codec_->output();
    if (output.empty()) return true;
    if (!connection_->send(output)) return false;
    if (const std::size_t queued = connection_->queued(); queued > 0) send_pace_.added(queued, door_.loop().now());
    if (streams_.empty() && output.capacity() > kIdleCapacity) std::string().swap(output);
  } while (has_more && connection_->queued() == 0);
  return true;
}

void ClientSession::send_output_end() {
  if (codec_->has_output_ended() && codec_->output().empty()) connection_->end_output();
}

void ClientSession::settle_input_end() {
  if (!has_input_ended_ || has_codec_heard_it_) return;
  const bool is_at_once = door_.limits().half_close_timeout == Millis(0);
  // Bytes that wait for a reply or for credit come before the end. Bytes that the codec leaves until more input comes
  // never get that input.
  if (!is_at_once && connection_->kept() > 0 && (wants_offer_ || !codec_->wants_input())) return;
  has_codec_heard_it_ = true;
  codec_->input_ended(*this);
  if (!is_at_once) return;
  for (std::size_t index = streams_.size(); index > 0; --index) {
    if (!streams_[index - 1]->is_web_socket) cancel(*streams_[index - 1]);  // a WebSocket's codec says how it ends
  }
}

// The time by which the reply to a half-closed client must have begun. Each request of a pipeline has its own time.
Time ClientSession::reply_due(const ClientStream& stream) const {
  if (half_closed_at_ == Time::max() || stream.has_reply_head) return Time::max();
  return std::max(half_closed_at_, stream.began) + door_.limits().half_close_timeout;
}

Time ClientSession::half_close_due() const {
  Time due = Time::max();
  if (half_closed_at_ == due || connection_->is_closing()) return due;
  for (const auto& stream : streams_) due = std::min(due, reply_due(*stream));
  return due;
}

void ClientSession::cancel_unanswered() {
  const Time now = door_.loop().now();
  // From the back: a cancelled stream leaves the list.
  for (std::size_t index = streams_.size(); index > 0; --index) {
    if (reply_due(*streams_[index - 1]) <= now) cancel(*streams_[index - 1]);
  }
}

void ClientSession::cancel(ClientStream& stream) {
  if (StreamSink* exchange = door_.exchanges().from_client(stream.exchange)) exchange->reset(kClientGone);
  stream.exchange = 0;
  stream.reset(kClientGone);
}

void ClientSession::credit_written() {
  if (connection_->queued() > kLowMark) return;
  const Drained drained = connection_->queued() == 0 ? Drained::yes : Drained::no;
  for (std::size_t index = 0; index < streams_.size(); ++index) {
    ClientStream& stream = *streams_[index];
    const std::uint32_t bytes = stream.lead.credit(drained, lead_budget_);
    if (bytes == 0) continue;
    if (StreamSink* exchange = door_.exchanges().from_client(stream.exchange)) exchange->credit(bytes);
  }
}

void ClientSession::pause_or_resume() {
  if (connection_->is_closing()) return;
  if (codec_->wants_input()) {
    connection_->resume(PauseReason::reader);
  } else {
    connection_->pause(PauseReason::reader);
  }
  if (connection_->queued() > kHighMark) connection_->pause(PauseReason::writer);
  if (connection_->queued() <= kLowMark) connection_->resume(PauseReason::writer);
}

void ClientSession::must_linger() {
  if (linger_ == Linger::no) linger_ = Linger::full;
}

Linger ClientSession::linger() const {
  const Linger wanted = linger_ == Linger::no && connection_->kept() > 0 ? Linger::full : linger_;
  return is_draining_ ? std::min(wanted, Linger::brief) : wanted;
}

void ClientSession::close() {
  if (connection_->is_closing()) return;
  if (connection_->close(linger())) return over();
  look_at_queue();
}

void ClientSession::over() {
  if (std::exchange(is_over_, true)) return;
  timer_.clear();
  door_.over(*this);
}

// --- time

std::pair<ClientSession::Deadline, Time> ClientSession::next_deadline() const {
  const auto of_phase = phase_deadline();
  const Time due = half_close_due();
  const bool is_first = due != Time::max() && (of_phase.first == Deadline::none || due < of_phase.second);
  return is_first ? std::pair(Deadline::half_closed, due) : of_phase;
}

std::pair<ClientSession::Deadline, Time> ClientSession::phase_deadline() const {
  const HttpLimits& limits = door_.limits();
  if (connection_->queued() > 0) {
    const Time due = std::min(connection_->last_progress() + limits.send_timeout, send_pace_.due(limits));
    if (phase_ != CodecPhase::timed || due <= codec_due_ || connection_->is_closing()) return {Deadline::send, due};
  }
  if (connection_->is_closing()) return {Deadline::none, {}};
  if (phase_ == CodecPhase::idle) {
    return {Deadline::idle,
            phase_since_ + (is_draining_ ? std::min(kGoodbyeTime, limits.idle_timeout) : limits.idle_timeout)};
  }
  if (phase_ == CodecPhase::head) return head_deadline();
  if (phase_ == CodecPhase::body) return {Deadline::slow, body_due()};
  if (phase_ == CodecPhase::rest) return {Deadline::slow, phase_since_ + kRestTime};
  if (phase_ == CodecPhase::timed && codec_due_ != Time::max()) return {Deadline::codec, codec_due_};
  return {Deadline::none, {}};
}

std::pair<ClientSession::Deadline, Time> ClientSession::head_deadline() const {
  const Millis whole = door_.limits().head_timeout;
  if (opening_patience_ > Millis(0) && opening_patience_ < whole)
    return {Deadline::opening, phase_since_ + opening_patience_};
  return {Deadline::slow, phase_since_ + whole};
}

Time ClientSession::body_due() const {
  const Time silent = std::max(phase_since_, last_read_) + terms_.body_timeout;
  const Clock::duration patience = body_pace_.patience(least_body_rate(terms_));
  return patience < silent - waited_until_ ? waited_until_ + patience : silent;
}

// Time in which replies wait for the client does not count against the body that the client sends.
void ClientSession::count_wait() {
  const Time now = door_.loop().now();
  if (phase_ == CodecPhase::body && connection_->queued() == 0) body_pace_.waited(now - waited_until_);
  waited_until_ = now;
}

void ClientSession::look_at_queue() { send_pace_.look(connection_->queued(), door_.loop().now(), door_.limits()); }

void ClientSession::set_timer() {
  const Time now = door_.loop().now();
  count_wait();
  const CodecPhase phase = look_at_phase();
  if (phase != phase_) {
    phase_since_ = now;
    body_pace_.begin();
  }
  phase_ = phase;
  if (phase == CodecPhase::timed) tick();
  const auto [deadline, when] = next_deadline();
  if (deadline == Deadline::none) return timer_.clear();
  timer_.set(std::max(Millis(0), std::chrono::ceil<Millis>(when - now)));
}

void ClientSession::tick() {
  codec_due_ = codec_->tick(door_.loop().now(), *this);
  if (!codec_->output().empty() || codec_->phase() != CodecPhase::timed) ask_turn_end();
}

void ClientSession::ring() {
  look_at_queue();  // after close() the connection does not report what it has sent
  const auto [deadline, when] = next_deadline();
  if (deadline == Deadline::none) return;
  if (when > door_.loop().now()) return set_timer();
  if (deadline == Deadline::send) return drop();
  if (deadline == Deadline::opening) return cut_opening();
  if (deadline == Deadline::half_closed) cancel_unanswered();
  // It has had its reply for long enough: no reason to hear it for another kLingerTime.
  if (deadline == Deadline::slow && phase_ == CodecPhase::rest) linger_ = Linger::brief;
  if (deadline == Deadline::idle || deadline == Deadline::slow) codec_->timed_out(*this);
  ask_turn_end();  // the turn's end calls tick()
}

void ClientSession::cut_opening() {
  ++door_.counters().bad_requests;
  door_.note_broken(info_.address, "the opening of a WebSocket took too long");
  connection_->reset();
  drop();
}

CodecPhase ClientSession::look_at_phase() const {
  // Bytes that no codec has been given yet are the beginning of a head.
  return is_sniffing_ && connection_->kept() > 0 ? CodecPhase::head : codec_->phase();
}

}  // namespace zeroway
