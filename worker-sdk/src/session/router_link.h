// One pair of a router's sockets, deal and steer, as this worker is connected to it: incoming messages, and the
// worker's knowledge of that router.
//
//     unused ──▶ serving ──▶ duplicate (another link is welcome at the same router) ──▶ serving, when that one is gone
//                   └──────▶ unwanted (its address is gone from its name) ──▶ unused, when nothing is lost by it
//
// Owner: RouterLinks.   Thread: the loop.
// Not here: sockets (whoever calls receive()), the frames of a stream (worker_stream.h), outgoing ones
// (link_streams.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "link_health.h"
#include "link_streams.h"
#include "worker_streams.h"

namespace zeroway {

// The endpoints of a link, and its name in the log.
struct LinkTarget {
  std::string typed;  // the --connect endpoint that the link comes from
  std::string deal;   // numeric
  std::string steer;
  std::string label;          // `typed`, with the address when `typed` has a host name
  bool is_configured = true;  // false: a WELCOME named the endpoints
};

class RouterLink;

class WelcomeReceiver {
 public:
  virtual ~WelcomeReceiver() = default;

  // The link's router has said WELCOME; `is_first`: for the first time on this connection.
  virtual void welcomed(RouterLink& link, const Welcome& welcome, bool is_first) = 0;
};

class RouterLink {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Role : std::uint8_t { unused, serving, duplicate, unwanted };

  struct Parts {  // given for the link's life
    LinkContext& context;
    WorkerStreams& streams;
    WelcomeReceiver& welcomes;
  };
  explicit RouterLink(const Parts& parts)
      : context_(parts.context),
        worker_streams_(parts.streams),
        welcomes_(parts.welcomes),
        streams_(parts.context, *this) {}
  RouterLink(const RouterLink&) = delete;
  RouterLink& operator=(const RouterLink&) = delete;

  [[nodiscard]] Role role() const { return role_; }
  // From unused: the link leads to `target` now.
  void use(LinkTarget target);
  // The connection is, or will be, given up: no stream is dealt to it any more. It is left as soon as its streams are
  // over and the router has confirmed.
  void give_up(Role why);
  // Whether the link may be disconnected without a loss: it is down; or it was left, and its streams are over.
  [[nodiscard]] bool is_left(TimePoint now) const;
  // When is_left() must be asked again even without a message.
  [[nodiscard]] TimePoint left_at() const { return leave_until_; }
  // The link was disconnected: an unwanted link becomes unused.
  void hung_up();
  // A duplicate link is wanted again.
  void serve_again() { role_ = Role::serving; }
  // How often the link was used: another number means another router.
  [[nodiscard]] std::uint32_t uses() const { return uses_; }

  [[nodiscard]] const LinkTarget& target() const { return target_; }
  [[nodiscard]] const std::string& deal() const { return target_.deal; }
  [[nodiscard]] const std::string& steer() const { return target_.steer; }
  [[nodiscard]] const std::string& label() const { return target_.label; }
  [[nodiscard]] bool is_up() const { return is_up_; }
  // The router has answered our HELLO. Only then may deal be connected, so that no stream is dealt to a stranger.
  [[nodiscard]] bool is_welcomed() const { return is_welcomed_; }
  // Whether the worker may be connected to deal.
  [[nodiscard]] bool may_be_dealt_to() const { return is_welcomed_ && !is_confirmed_ && role_ != Role::duplicate; }
  // The router and its loop in the last WELCOME: two links with the same value lead to one router.
  [[nodiscard]] const std::string& peer() const { return peer_; }
  // The socket pairs of the router's other loops in the last WELCOME.
  [[nodiscard]] const std::vector<LinkTarget>& siblings() const { return siblings_; }
  void set_siblings(std::vector<LinkTarget> siblings) { siblings_ = std::move(siblings); }
  // The router's reason for refusing HELLO on this connection; empty when it did not refuse.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  [[nodiscard]] LinkHealth& health() { return health_; }
  // Sends a PING of our own: the router's answer shows that the router is alive.
  void ask() { out().ping(0, Ack::no); }
  // True when it was not logged yet that this link is a duplicate of the other one.
  [[nodiscard]] bool is_news(const RouterLink& other);

  // A routing id for the next connection to steer. It is always a new one: a router that still holds an earlier
  // connection never sees two connections with one id.
  [[nodiscard]] const std::string& new_instance();
  // The router has answered our GOAWAY: no frame is on its way to us any more.
  [[nodiscard]] bool is_confirmed() const { return is_confirmed_; }

  // When the link says HELLO to a router that dropped this worker; max() = never.
  [[nodiscard]] TimePoint greets_at() const { return greets_at_; }

  // Says HELLO on a connection that is up: the worker has changed what it says.
  void say_hello();
  // The connection to steer is up (again): the streams of the connection before are dropped, and HELLO is sent first.
  void up();
  void down();
  // The router has dropped this worker: the link sends nothing for a while, then HELLO.
  void dropped();
  // Takes the payload of one message; ignored while the link is down. Never fails: a malformed frame is logged, and its
  // stream is reset.
  void receive(Bytes message);
  void leave();  // sends GOAWAY, if the link is up

  // The frames that are ready to be sent on steer.
  MessageWriter& out() { return streams_.out(); }

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
  void reset(StreamId id, ResetCode code) { streams_.put_reset(id, code); }
  void bad(const Frame& frame, ResetCode code, const std::string& detail);
  [[nodiscard]] WorkerStream* find(StreamId id);
  void forget_connection();
  void drop_streams();

  LinkContext& context_;
  WorkerStreams& worker_streams_;
  WelcomeReceiver& welcomes_;
  LinkStreams streams_;
  LinkTarget target_;
  std::uint32_t uses_ = 0;
  Role role_ = Role::unused;
  bool is_up_ = false;
  bool is_welcomed_ = false;
  bool is_confirmed_ = false;
  TimePoint greets_at_ = TimePoint::max();
  TimePoint leave_until_ = TimePoint::max();  // the deadline of the answer to our GOAWAY, if this link alone is left
  std::string instance_;                      // routing id of the connection that is up or being made
  std::string greeted_as_;                    // the instance in the last HELLO
  std::string replaces_;                      // the instance of the earlier connection that said HELLO last
  std::string peer_, refusal_;
  std::string said_duplicate_of_;
  std::vector<LinkTarget> siblings_;
  LinkHealth health_;
};

}  // namespace zeroway
