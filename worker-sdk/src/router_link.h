// One pair of a router's sockets, deal and steer, as this worker is connected to it: messages in, messages out, which
// stream is which, and what the worker knows of that router.
//
//     unused ──▶ serving ──▶ duplicate (another link is welcome at the same router) ──▶ serving, when that one is gone
//                   └──────▶ unwanted (its address is gone from its name) ──▶ unused, when nothing is lost by it
//
// Owner: WorkerCore.   Thread: the loop.
// Not here: sockets (worker_loop.h), what a stream does with its frames (worker_stream.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "link_health.h"
#include "proto/message.h"

namespace zeroway {

class WorkerCore;
class WorkerStream;

// Where a link leads, and how the log names it.
struct LinkTarget {
  std::string typed;  // the --connect endpoint that it came from
  std::string deal;   // numeric
  std::string steer;
  std::string label;          // `typed`, with the address when that is a name
  bool is_configured = true;  // else a WELCOME named it
};

class RouterLink {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Role : std::uint8_t { unused, serving, duplicate, unwanted };

  explicit RouterLink(WorkerCore& core) : core_(core) {}

  [[nodiscard]] Role role() const { return role_; }
  // From unused: it leads there now.
  void use(LinkTarget target);
  // The connection is, or will be, given up: nothing is dealt to it any more, and it is left as soon as its streams are
  // over and the router has confirmed.
  void give_up(Role why);
  // It may be hung up without a loss: it is down; or left, and its streams are over.
  [[nodiscard]] bool is_left(TimePoint now) const;
  // When is_left() has to be asked again though nothing came.
  [[nodiscard]] TimePoint left_at() const { return leave_until_; }
  // It was hung up: an unwanted one is unused now.
  void hung_up();
  // A duplicate is wanted after all.
  void serve_again() { role_ = Role::serving; }
  // How often it was used: another number, another router.
  [[nodiscard]] std::uint32_t uses() const { return uses_; }

  [[nodiscard]] const LinkTarget& target() const { return target_; }
  [[nodiscard]] const std::string& deal() const { return target_.deal; }
  [[nodiscard]] const std::string& steer() const { return target_.steer; }
  [[nodiscard]] const std::string& label() const { return target_.label; }
  [[nodiscard]] bool is_up() const { return is_up_; }
  // The router has answered our HELLO: only then may deal be connected, so that nothing is dealt to a stranger.
  [[nodiscard]] bool is_welcomed() const { return is_welcomed_; }
  // Whether the worker may be connected to deal.
  [[nodiscard]] bool may_be_dealt_to() const { return is_welcomed_ && !is_confirmed_ && role_ != Role::duplicate; }
  // Router and loop of the last WELCOME: two links with the same one lead to one router.
  [[nodiscard]] const std::string& peer() const { return peer_; }
  // The other loops' pairs that the last WELCOME named.
  [[nodiscard]] const std::vector<LinkTarget>& siblings() const { return siblings_; }
  void set_siblings(std::vector<LinkTarget> siblings) { siblings_ = std::move(siblings); }
  // The router's reason for refusing HELLO on this connection; empty when it did not.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  [[nodiscard]] LinkHealth& health() { return health_; }
  // A PING of our own: what the router answers shows that it is there.
  void ask() { out_.ping(0, Ack::no); }
  // That this link is a duplicate of the other was not said yet.
  [[nodiscard]] bool is_news(const RouterLink& other);

  // A routing id for the next connection to steer, always a new one: a router that still holds an earlier connection
  // never sees two with one id.
  [[nodiscard]] const std::string& new_instance();
  // The router has answered our GOAWAY: nothing is on its way to us any more.
  [[nodiscard]] bool is_confirmed() const { return is_confirmed_; }

  // When it says HELLO to a router that dropped this worker; never, if that is max().
  [[nodiscard]] TimePoint greets_at() const { return greets_at_; }

  // The connection to steer stands (anew): streams of its earlier life are dropped, and HELLO is the first thing said.
  void up();
  void down();
  // The router knows us no more: nothing is said to it for a while, then HELLO.
  void dropped();
  // One message's payload; ignored while the link is down. Never fails: what is malformed is logged, and its stream
  // reset.
  void receive(Bytes message);
  void leave();  // GOAWAY, if it is up

  // What is ready to go out, on steer.
  MessageWriter& out() { return out_; }

  // For WorkerStream.
  void headers(StreamId id, const Head& head, Last last);
  void data(StreamId id, Bytes bytes, Last last);
  void piece(StreamId id, Bytes bytes, MessageKind kind, Last last);
  void credit(StreamId id, std::uint32_t bytes);
  void reset(StreamId id, ResetCode code);
  void forget(WorkerStream& stream);
  // For WorkerCore: `stream` outlives the message that opened it.
  void remember(WorkerStream& stream);

 private:
  void handle(const Frame& frame);
  void handle_headers(const Frame& frame);
  void handle_data(const Frame& frame);
  void handle_message(const Frame& frame);
  void handle_reset(const Frame& frame);
  void handle_credit(const Frame& frame);
  void handle_ping(const Frame& frame);
  void handle_welcome(const Frame& frame);
  void handle_goaway(const Frame& frame);
  void open(const Frame& frame, WorkerStream& stream);
  void bad(const Frame& frame, ResetCode code, const std::string& detail);
  [[nodiscard]] WorkerStream* find(StreamId id);
  void forget_connection();
  void drop_streams();
  void send_if_large();

  WorkerCore& core_;
  LinkTarget target_;
  std::uint32_t uses_ = 0;
  Role role_ = Role::unused;
  bool is_up_ = false;
  bool is_welcomed_ = false;
  bool is_confirmed_ = false;
  TimePoint greets_at_ = TimePoint::max();
  TimePoint leave_until_ = TimePoint::max();  // for the router's answer to our GOAWAY, when this link alone is left
  std::string instance_;                      // of the connection that stands, or is dialled
  std::string greeted_as_;                    // in the last HELLO
  std::string replaces_;                      // the instance of the last connection before this one that said HELLO
  std::string peer_, refusal_;
  std::string said_duplicate_of_;
  std::vector<LinkTarget> siblings_;
  LinkHealth health_;
  MessageWriter out_;
  std::unordered_map<StreamId, WorkerStream*> index_;
};

}  // namespace zeroway
