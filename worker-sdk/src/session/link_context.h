// What all links of a worker share: the time of this turn, the worker's HELLO, header compression, and the log.
//
// Owner: WorkerSession.   Thread: the loop.
// Not here: the streams (worker_streams.h), the links themselves (router_links.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "link_sender.h"
#include "proto/control.h"
#include "proto/hpack.h"
#include "worker-sdk/src/worker_log.h"

namespace zeroway {

using WorkerClock = std::chrono::steady_clock;

class LinkContext {
 public:
  LinkContext(const WorkerLog& log, LinkSender& sender, Hello hello)
      : log_(log), sender_(&sender), hello_(std::move(hello)) {}

  void begin_turn(WorkerClock::time_point now) { now_ = now; }
  [[nodiscard]] WorkerClock::time_point now() const { return now_; }

  [[nodiscard]] const WorkerLog& log() const { return log_; }
  // Logs a fault of a router; at most ten lines in a second.
  void complain(const std::string& text);

  LinkSender& sender() { return *sender_; }
  // From now on messages are sent by this sender.
  void send_by(LinkSender& sender) { sender_ = &sender; }

  HpackEncoder& encoder() { return encoder_; }
  HpackDecoder& decoder() { return decoder_; }
  // For one decoded head; good until the next one is decoded.
  Head& scratch_head() { return scratch_head_; }

  // The worker's description of itself in HELLO, for a connection with this routing id.
  [[nodiscard]] Hello hello(const std::string& instance, const std::string& replaces) const;
  [[nodiscard]] const std::string& name() const { return hello_.name; }
  // Whether the worker is active, and serves what nobody else is named for: only such a worker is dealt to.
  [[nodiscard]] bool is_open() const { return hello_.routes.empty() && hello_.group.empty() && !hello_.is_standby; }
  [[nodiscard]] std::string served() const { return served_text(hello_); }
  void join_group(const std::string& group) { hello_.group = group; }
  void join_app(AppName app) {
    hello_.group = circuit_path(app);
    hello_.app = std::move(app);
  }
  using WallClock = std::uint64_t (*)();  // ms since 1970
  void join_realm(WampRealm realm, WallClock clock) {
    hello_.group = realm_pool(realm.realm);
    hello_.wamp = std::move(realm);
    clock_ = clock;
    begin_anew();
  }
  // The worker serves its realm from now on: it begins, or was without any router, so that another worker may have the
  // realm by now. False when it serves none.
  bool begin_anew();
  void claim(std::vector<RouteClaim> routes) { hello_.routes = std::move(routes); }

  void drain();
  [[nodiscard]] bool is_draining() const { return is_draining_; }

 private:
  const WorkerLog& log_;
  LinkSender* sender_;
  Hello hello_;
  WallClock clock_ = nullptr;  // with a realm
  HpackEncoder encoder_;
  HpackDecoder decoder_;
  Head scratch_head_;
  WorkerClock::time_point now_{};
  bool is_draining_ = false;
  WorkerClock::time_point complaints_since_{};
  unsigned complaints_ = 0;
};

}  // namespace zeroway
