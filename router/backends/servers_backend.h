// The backend that answers through ordinary HTTP servers: chooses one, and joins its connection to the exchange.
//
// Owner: the router keeps one for each pool and loop.   Thread: one loop.
// Everything that was begun in a turn leaves at the turn's end: replies are told as they come, requests leave in one
// send for each connection, failures of open() are told then. Not here: what the loops share (backends/servers_pool.h),
// connections (backends/origin.h), trying again after a loss (router/exchange).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/backends/line.h"
#include "router/backends/origin.h"
#include "router/backends/origin_streams.h"
#include "router/backends/servers_pool.h"
#include "router/exchange/backend.h"

namespace zeroway {

class ServersBackend final : public Backend, private OriginOwner, private TurnEnd {
 public:
  // `dialer` outlives the backend.
  ServersBackend(Loop& loop, std::shared_ptr<ServersPool> pool, OriginDialer& dialer, IdleLimits idle = {});
  ~ServersBackend() override;

  [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;
  void data(StreamKey key, Bytes bytes) override;
  void piece(StreamKey key, Bytes bytes, MessageKind kind, Last last) override;
  void end(StreamKey key, const Head& trailers) override;
  void reset(StreamKey key, ResetCode code) override;
  void credit(StreamKey key, std::uint32_t bytes) override;
  [[nodiscard]] std::vector<MemberFacts> members() const override;
  [[nodiscard]] PartState state(const BackendRequest& request) const override;
  [[nodiscard]] bool has_wanted_member(const BackendRequest& request) const override {
    return wanted_server(request).has_value();
  }
  [[nodiscard]] bool is_ready() const override { return is_anybody_fit(); }

  // A reload has replaced the pool by `now`, or by none (null): where the pool says so, the open tunnels of servers
  // that are removed are reset.
  void replaced_by(const PoolSpec* now);

 private:
  enum class Placed : std::uint8_t {
    yes,
    full,    // a server that is fit has no room now
    nobody,  // no server is fit that was not tried
  };

  // OriginOwner
  void settle_later(OriginConnection& who) override;
  void bury(std::unique_ptr<OriginConnection> connection) override { buried_.push_back(std::move(connection)); }
  void answered(OriginStream& stream, int status) override;
  void failed(OriginStream& stream, std::string_view why) override;
  void watch(OriginStream& stream) override;
  void release(OriginStream& stream) override;
  void dial_failed(std::size_t server, const Error& error) override;
  void no_connection(OriginStream& stream, const Error& error) override;
  [[nodiscard]] std::chrono::milliseconds dial_time(const OriginStream& stream) const override;

  // for the operator
  struct Counts {
    std::uint64_t taken = 0, failed = 0;
  };
  [[nodiscard]] MemberFacts facts_of(std::size_t index) const;

  // health
  void count_failure(std::size_t server, HealthTicket& ticket, std::string_view why);

  // choosing
  void find_server(OriginStream& stream, const Head& head, const Error* last);
  [[nodiscard]] Placed place(OriginStream& stream, const Head& head);
  [[nodiscard]] Placed place_at_wanted(OriginStream& stream, const Head& head);
  [[nodiscard]] Placed place_at_fit(OriginStream& stream, const Head& head);
  [[nodiscard]] Placed place_among(ServerSpec::State state, OriginStream& stream, const Head& head);
  [[nodiscard]] Placed place_anyway(OriginStream& stream, const Head& head);
  void give(OriginStream& stream, const Head& head, Reservation placement, HealthTicket ticket);
  [[nodiscard]] bool has_fit_server(ServerSpec::State state, const OriginStream& stream) const;
  [[nodiscard]] bool is_anybody_fit() const;
  [[nodiscard]] bool can_serve(Kind kind, std::size_t server) const;
  [[nodiscard]] bool may_try(const OriginStream& stream, std::size_t server) const;
  [[nodiscard]] bool has_other(const OriginStream& stream) const;
  [[nodiscard]] std::optional<std::size_t> index_of(std::string_view name) const;
  [[nodiscard]] std::optional<std::size_t> wanted_server(const BackendRequest& request) const;

  // waiting
  void wait_in_line(OriginStream& stream, const Head& head);
  void serve_line();
  void room_came();

  // tunnels of servers that are out
  void look_at_tunnels();
  template <class Predicate>
  void reset_tunnels(Predicate is_gone, const char* why);

  // failing
  void ring(OriginStream& stream);
  void expire(OriginStream& stream);
  void say_continue(const OriginStream& stream);
  void detach(OriginStream& stream, ResetCode code);
  void fail(OriginStream& stream, Error error);
  void tell_failed();
  [[nodiscard]] Error nobody_error(const OriginStream& stream) const;

  void ask_turn_end() { loop_.at_turn_end(*this); }
  void turn_end() override;
  void settle_all();

  Loop& loop_;
  const std::shared_ptr<ServersPool> pool_;
  const PoolSpec& spec_;
  OriginStreams streams_;
  Line line_;
  const std::shared_ptr<RoomBell::Waiter> waiter_;
  bool is_line_due_ = false;  // there may be room for those that wait
  std::vector<StreamKey> failed_;
  std::vector<OriginConnection*> unsettled_;
  std::vector<std::unique_ptr<OriginConnection>> buried_;
  std::vector<std::unique_ptr<Origin>> origins_;  // one for each server, in the same order
  std::vector<Counts> counts_;                    // the same
  Timer tunnel_look_;                             // only where servers that are out lose their tunnels
};

}  // namespace zeroway
