// One server of a pool on one loop: its connections, those kept for later requests, and the requests that wait for one.
//
//     serve(stream) ── a kept or a shared connection ──────────────────────▶ open
//                   └─ none: dial, and wait ── the dial, or another request's connection ──▶ open
//                                          └── no connection ──▶ no_connection(): another server's turn
//
// Owner: ServersBackend.   Thread: one loop.
// Kept connections are used last in, first out: those of a burst grow old and are closed.
// Not here: which server (backends/servers_backend.h), the bytes of a connection (backends/origin_connection.h).
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "router/backends/origin_connection.h"
#include "router/backends/origin_dialer.h"
#include "router/backends/servers_pool.h"

namespace zeroway {

// Of the connections that are kept for later requests.
struct IdleLimits {
  std::size_t most = kIdleConnections;
  std::chrono::milliseconds time = kIdleTime;
  std::chrono::milliseconds look = kIdleLook;  // between two looks for those that are too old, or at an old address
};

// What a server's connections tell the pool.
class OriginOwner {
 public:
  virtual ~OriginOwner() = default;
  virtual void settle_later(OriginConnection& who) = 0;
  // Destroys the connection at the end of the turn.
  virtual void bury(std::unique_ptr<OriginConnection> connection) = 0;
  virtual void answered(OriginStream& stream, int status) = 0;
  virtual void failed(OriginStream& stream, std::string_view why) = 0;
  virtual void watch(OriginStream& stream) = 0;
  virtual void release(OriginStream& stream) = 0;
  // A dial failed. The streams that waited for it are told one by one, behind this call.
  virtual void dial_failed(std::size_t server, const Error& error) = 0;
  // The server has no connection for the stream, which waits no longer.
  virtual void no_connection(OriginStream& stream, const Error& error) = 0;
  // How long a dial for the stream may take.
  [[nodiscard]] virtual std::chrono::milliseconds dial_time(const OriginStream& stream) const = 0;
};

class Origin final : private OriginConnectionOwner {
 public:
  // `pool` outlives the origin; `index` is the server's in the pool.
  Origin(OriginOwner& owner, Loop& loop, OriginDialer& dialer, const ServersPool& pool, std::size_t index,
         const IdleLimits& idle);
  ~Origin() override;

  // Opens the stream on a connection now, or keeps `head` in it and dials. Says no verb before it returns.
  void serve(OriginStream& stream, const Head& head);
  // A stream that waits here for a connection is given up, or overdue.
  void leave(const OriginStream& stream);

  [[nodiscard]] const ServerSpec& server() const { return server_; }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }
  [[nodiscard]] std::size_t idle_connections() const;

 private:
  // Whom a dial is for: the first that waits, or one stream alone.
  struct Dial {
    std::unique_ptr<OriginDialing> handle;
    OriginStream* bound = nullptr;
    bool is_bound = false;  // also when `bound` has left
  };
  // How many requests one connection takes at once. Under TLS the first one tells.
  enum class Sharing : std::uint8_t { unknown, none, many };

  // OriginConnectionOwner
  [[nodiscard]] Loop& loop() override { return loop_; }
  void settle_later(OriginConnection& who) override { owner_.settle_later(who); }
  void has_room(OriginConnection& who) override;
  void over(OriginConnection& who) override;
  void answered(OriginStream& stream, int status) override { owner_.answered(stream, status); }
  void failed(OriginStream& stream, std::string_view why) override { owner_.failed(stream, why); }
  void watch(OriginStream& stream) override { owner_.watch(stream); }
  void release(OriginStream& stream) override { owner_.release(stream); }

  [[nodiscard]] bool needs_own_dial(const OriginStream& stream) const;
  [[nodiscard]] bool is_one_clients() const {
    return server_.proxy_header != ServerSpec::ProxyHeader::none || server_.carries_bytes();
  }
  [[nodiscard]] OriginConnection* find_room(const OriginStream& stream);
  void open(OriginConnection& connection, OriginStream& stream, const Head& head);
  void serve_waiting();

  void dial(const OriginStream& stream, OriginStream* bound);
  void dial_for_waiting();
  [[nodiscard]] std::size_t expected() const;
  void dialed(Dial* dial, Result<DialedOrigin> result);
  void connected(DialedOrigin made, const Dial& dial);
  void not_connected(const Error& error, const Dial& dial);

  void list(OriginConnection& connection);
  void unlist(OriginConnection& connection);
  void close_surplus();
  void close_old();
  void look_at_idle();
  void close_moved(const std::vector<SocketAddress>& addresses);
  void set_idle_timer();

  OriginOwner& owner_;
  Loop& loop_;
  OriginDialer& dialer_;
  const ServerSpec& server_;
  const OriginTls* const tls_;
  const IdleLimits idle_;
  const std::size_t index_;
  const bool preserve_host_;
  const std::string authority_;
  Sharing sharing_;
  Head scratch_;                              // the head as the server gets it
  std::vector<OriginConnection*> available_;  // with room; the one used last at the back
  std::deque<OriginStream*> waiting_;         // for a connection, oldest first
  std::vector<std::unique_ptr<Dial>> dials_;  // under way
  std::unique_ptr<OriginDialing> following_;  // where the server is now
  Timer idle_timer_;
  std::vector<std::unique_ptr<OriginConnection>> connections_;
};

}  // namespace zeroway
