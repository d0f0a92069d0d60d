// The broker and dealer of wamp-worker for clients that speak RawSocket to this program: no router stands between them.
//
// Usage: wamp-alone PORT|unix:/SOCKET REALM…
// PORT is one of 127.0.0.1; 0 = a free one. Once it listens, it prints where. By SIGTERM or SIGINT its sessions end
// with GOODBYE, and it exits with 0.
//
// For tests, and for measurements of what a router in front of the worker costs. As in wamp-worker a client that does
// not keep up is dropped; a caller that is faster than its callee is not slowed down.
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "examples/wamp-worker/conversation.h"
#include "examples/wamp-worker/limits.h"
#include "examples/wamp-worker/random_id.h"
#include "examples/wamp-worker/uri.h"
#include "router/net/listener.h"
#include "router/net/loop.h"
#include "router/net/signals.h"
#include "router/net/tcp_connection.h"
#include "router/wamp/raw_socket.h"
#include "router/wamp/raw_socket_reader.h"
#include "router/wamp/raw_socket_writer.h"

namespace {

using zeroway::Bytes;
using zeroway::Last;

static_assert(wamp::kMaxMessage == zeroway::kMostRawSocket);

constexpr wamp::Serializer of(zeroway::Serializer serializer) { return static_cast<wamp::Serializer>(serializer); }
static_assert(of(zeroway::Serializer::json) == wamp::Serializer::json &&
              of(zeroway::Serializer::msgpack) == wamp::Serializer::msgpack &&
              of(zeroway::Serializer::cbor) == wamp::Serializer::cbor);

class Client;

// All clients and their realms.
//
// Owner: main.   Thread: the loop's.
class Broker {
 public:
  Broker(zeroway::Loop& loop, const std::vector<std::string>& names)
      : loop_(loop), realms_(names, wamp::random_id), alarm_(loop, [this] { ring(); }) {}
  ~Broker();

  void accept(zeroway::Socket socket);
  // Its connection is gone, and it is destroyed.
  void forget(Client& client);
  // The time of the next timeout may have changed.
  void told();
  // Every session ends with GOODBYE; the loop stops when these are sent.
  void leave();

  [[nodiscard]] zeroway::Loop& loop() { return loop_; }
  [[nodiscard]] wamp::Realms& realms() { return realms_; }

 private:
  void ring();

  zeroway::Loop& loop_;
  wamp::Realms realms_;
  zeroway::Timer alarm_;
  std::optional<wamp::Time> rings_at_;
  std::unordered_map<Client*, std::unique_ptr<Client>> clients_;
};

// One connection.
//
//     offer ──served──▶ open ──the conversation or the client ends, a broken rule──▶ leaving ──lost──▶ gone
//       └─────not served, the client ends──────────────────────────────────────────────▲
//     dropped: it does not keep up; gone at the end of the turn
//
// Owner: the broker.   Thread: the loop's.
// A conversation may close the connection of any client at any time: that is done at the end of the turn.
class Client final : zeroway::ConnectionEvents, zeroway::RawSocketEvents, zeroway::TurnEnd, wamp::Transport {
 public:
  Client(Broker& broker, zeroway::Socket socket)
      : broker_(broker),
        connection_(broker.loop(), std::move(socket), *this),
        conversation_(broker.realms(), *this, broker.loop().now()) {}
  ~Client() override { broker_.loop().forget_turn_end(*this); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void shut_down() { conversation_.shut_down(); }

 private:
  enum class Stage : std::uint8_t { offer, open, leaving, dropped };

  // ConnectionEvents
  std::size_t received(Bytes bytes) override {
    const std::size_t size = bytes.size();
    if (stage_ == Stage::offer && size < offer_size(bytes)) return 0;
    if (stage_ == Stage::offer) take_offer(bytes);
    if (stage_ == Stage::open && !reader_->take(bytes)) become(Stage::leaving);
    broker_.loop().at_turn_end(*this);
    return size;
  }
  void input_ended() override { become(Stage::leaving); }
  void hung_up() override {}
  void written() override {}
  void lost() override { broker_.forget(*this); }

  // RawSocketEvents
  void piece(Bytes bytes, Last last) override {
    if (last == Last::yes && message_.empty()) return hear(zeroway::as_text(bytes));
    message_ += zeroway::as_text(bytes);
    if (last == Last::no) return;
    hear(message_);
    message_.clear();
  }
  void ping(Bytes payload) override { writer_->pong(payload); }
  void pong(Bytes) override {}

  // wamp::Transport
  void send(const wamp::Letter& letter) override {
    if (stage_ != Stage::open) return;
    const bool keeps_up = backlog() <= wamp::kMaxBacklog;
    const bool fits = keeps_up && writer_->piece(zeroway::as_bytes(letter.as(serializer_)), Last::yes);
    if (!fits) return drop();
    broker_.loop().at_turn_end(*this);
  }
  std::size_t backlog() const override { return writer_ ? writer_->output().size() + connection_.queued() : 0; }
  void drop() override { become(Stage::dropped); }
  void close(int, std::string_view) override { become(Stage::leaving); }

  // Of the handshake that begins so: a foreign one is told by its first byte.
  static std::size_t offer_size(Bytes bytes) {
    return bytes.front() == zeroway::kRawSocketStart ? zeroway::RawSocketWord().size() : 1;
  }

  // Takes the handshake out of the bytes.
  void take_offer(Bytes& bytes) {
    zeroway::RawSocketWord word{};
    const Bytes taken = bytes.first(offer_size(bytes));
    std::copy(taken.begin(), taken.end(), word.begin());
    bytes = bytes.subspan(taken.size());
    const auto offer = zeroway::read_raw_socket_offer(word, zeroway::SerializerSet::all());
    if (const auto* why = std::get_if<zeroway::RawSocketRefusal>(&offer)) return refuse(*why);
    welcome(std::get<zeroway::RawSocketOffer>(offer));
  }

  void refuse(zeroway::RawSocketRefusal why) {
    std::string refusal(zeroway::as_text(zeroway::raw_socket_refusal(why)));
    if (why != zeroway::RawSocketRefusal::foreign) (void)connection_.send(refusal);
    become(Stage::leaving);
  }

  void welcome(const zeroway::RawSocketOffer& offer) {
    serializer_ = of(offer.serializer);
    zeroway::RawSocketEvents& self = *this;
    reader_.emplace(self, wamp::kMaxMessage);
    writer_.emplace(offer.most);
    writer_->output() = zeroway::as_text(zeroway::raw_socket_reply(offer, wamp::kMaxMessage));
    stage_ = Stage::open;
  }

  void hear(std::string_view message) {
    if (stage_ != Stage::open) return;
    try {
      conversation_.hear(wamp::decode(serializer_, message), broker_.loop().now());
    } catch (const wamp::ProtocolViolation& violation) {
      conversation_.break_off(violation.what());
    }
    broker_.told();
  }

  void become(Stage stage) {
    stage_ = std::max(stage_, stage);
    broker_.loop().at_turn_end(*this);
  }

  void turn_end() override {
    if (stage_ == Stage::dropped) {
      connection_.reset();
      return broker_.forget(*this);
    }
    const bool has_output = writer_ && !writer_->output().empty() && !connection_.is_closing();
    if (has_output && !connection_.send(writer_->output())) return;  // lost() comes
    if (stage_ == Stage::leaving && connection_.close(zeroway::Linger::brief)) broker_.forget(*this);
  }

  Broker& broker_;
  zeroway::TcpConnection connection_;
  Stage stage_ = Stage::offer;
  wamp::Serializer serializer_ = wamp::Serializer::json;
  std::optional<zeroway::RawSocketReader> reader_;          // once open
  mutable std::optional<zeroway::RawSocketWriter> writer_;  // the same
  std::string message_;                                     // a message that has not come whole
  wamp::Conversation conversation_;
};

Broker::~Broker() = default;

void Broker::accept(zeroway::Socket socket) {
  auto client = std::make_unique<Client>(*this, std::move(socket));
  Client* const key = client.get();
  clients_.emplace(key, std::move(client));
  told();
}

void Broker::forget(Client& client) {
  clients_.erase(&client);
  told();
}

void Broker::told() {
  const auto next = realms_.next_deadline();
  if (next == rings_at_) return;
  rings_at_ = next;
  if (!next) return alarm_.clear();
  alarm_.set(std::max(std::chrono::ceil<std::chrono::milliseconds>(*next - loop_.now()), std::chrono::milliseconds(0)));
}

void Broker::ring() {
  rings_at_.reset();
  realms_.expire(loop_.now());
  told();
}

void Broker::leave() {
  for (const auto& [key, client] : clients_) client->shut_down();
  loop_.post([this] { loop_.stop(); });  // behind the end of this turn, which sends
}

struct CommandLine {
  std::uint16_t port = 0;
  std::string path;  // "" = the port
  std::vector<std::string> realms;
};

// The error is told, and nothing is returned.
std::optional<CommandLine> read_command_line(const std::vector<std::string>& words) {
  CommandLine line;
  if (words.size() < 2) {
    std::fputs("usage: wamp-alone PORT|unix:/SOCKET REALM…\n", stderr);
    return std::nullopt;
  }
  const std::string& place = words.front();
  if (place.starts_with("unix:/")) {
    line.path = place.substr(std::string_view("unix:").size());
  } else if (const auto [end, error] = std::from_chars(place.data(), place.data() + place.size(), line.port);
             error != std::errc() || end != place.data() + place.size()) {
    std::fprintf(stderr, "wamp-alone: %s: must be a port from 0 to 65535, or unix:/SOCKET\n", place.c_str());
    return std::nullopt;
  }
  line.realms.assign(words.begin() + 1, words.end());
  const auto wrong =
      std::find_if(line.realms.begin(), line.realms.end(), [](const auto& it) { return !wamp::is_uri(it); });
  if (wrong == line.realms.end()) return line;
  std::fprintf(stderr, "wamp-alone: realm %s: must be a name like realm1, without spaces or #\n", wrong->c_str());
  return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  zeroway::Signals::block({SIGTERM, SIGINT});
  const auto line = read_command_line({argv + std::min(argc, 1), argv + argc});
  if (!line) return 2;
  auto socket = line->path.empty() ? zeroway::listen_at("127.0.0.1", line->port, zeroway::Share::no)
                                   : zeroway::listen_on_unix(line->path);
  if (!socket) {
    std::fprintf(stderr, "wamp-alone: %s\n", socket.error().detail.c_str());
    return 2;
  }
  zeroway::Loop loop;
  Broker broker(loop, line->realms);
  zeroway::Signals signals(loop, {SIGTERM, SIGINT}, [&](int) { broker.leave(); });
  zeroway::Listener listener(loop, std::move(*socket), [&](zeroway::Socket accepted, const zeroway::Peer&) {
    broker.accept(std::move(accepted));
  });
  const std::string place = line->path.empty() ? show(listener.address()) : "unix:" + line->path;
  std::printf("listening at %s\n", place.c_str());
  std::fflush(stdout);
  loop.run();
  if (!line->path.empty()) zeroway::remove_socket_file(line->path);
}
