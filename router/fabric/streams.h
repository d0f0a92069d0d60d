// The streams of one loop, each in its place (router/fabric/fabric_stream.h draws the places), and how many are where.
//
// Owner: Fabric.   Thread: one loop.
// Every change of a stream's place goes through here, so the numbers are right. Not here: who decides on the place
// (router/fabric/placement.h), a stream's frames (router/fabric/traffic.h).
#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "router/backends/line.h"
#include "router/fabric/fabric_context.h"
#include "router/fabric/stream_table.h"

namespace zeroway {

class Streams {
 public:
  // `first`: the first id to give, 1 … 2^31-1.
  Streams(FabricContext& context, StreamId first);

  // A new stream, which is gathering.
  [[nodiscard]] FabricStream& create(ReplyTo reply_to);
  [[nodiscard]] FabricStream* find(StreamId id) { return table_.find(id); }
  // See StreamTable.
  template <class Predicate>
  [[nodiscard]] std::vector<StreamId> select(Predicate is_wanted) const {
    return table_.select(is_wanted);
  }
  template <class Look>
  void for_each(Look look) const {
    table_.for_each(look);
  }
  // The worker that holds the stream; nullptr when none does.
  [[nodiscard]] Worker* holder(const FabricStream& stream);

  // The changes of place.
  void deal(FabricStream& stream);
  void hold(FabricStream& stream, Worker& worker);
  // In its queue. False when too many streams wait already.
  [[nodiscard]] bool wait(FabricStream& stream);
  void remove(FabricStream& stream);
  // Removes the stream, then tells its exchange. An exchange that is told may open, and end, other streams.
  void end(FabricStream& stream, const Error& error);

  // Calls `place(stream)` for the waiting streams of each pool, oldest first, as long as it returns true: then the
  // stream is dealt or held.
  template <class Placing>
  void serve(Placing place) {
    line_.serve([&](Line::Queue, Line::Key id) { return place(*find(static_cast<StreamId>(id))); });
  }
  // Each of these takes streams out of the line: they are gathering again. One to be ended may be gone by its turn.
  [[nodiscard]] std::vector<StreamId> take_overdue();
  [[nodiscard]] std::vector<StreamId> take_waiting(PoolId pool);
  // Calls `route(stream)`, which may change the stream's pool and its queue, for each waiting stream, oldest first, and
  // puts the stream into its queue. The stream keeps its age.
  template <class Route>
  void queue_again(Route route) {
    for (const Line::Waiter& waiter : line_.take_all()) {
      FabricStream& stream = *find(static_cast<StreamId>(waiter.key));
      route(stream);
      stream.ticket = line_.rejoin(stream.queue, waiter);
    }
  }
  [[nodiscard]] bool is_anybody_waiting(Line::Queue queue) const { return !line_.is_empty(queue); }

  // A worker may have room: at the end of the turn the waiting streams are looked at.
  void look_for_room();
  // Whether to look at the waiting streams now. Asked once in a turn.
  [[nodiscard]] bool take_room() { return std::exchange(has_room_, false) && waiting() > 0; }

  void lost_time(std::chrono::nanoseconds lost) { line_.lost_time(lost); }

  [[nodiscard]] std::size_t count() const { return table_.size(); }
  [[nodiscard]] std::size_t waiting() const { return line_.size(); }
  [[nodiscard]] std::size_t dealt() const { return dealt_; }  // without a holder
  // Dealt, or held by workers of the open pool.
  [[nodiscard]] std::size_t in_open_pool() const { return in_open_pool_; }

 private:
  void enter_open_pool(FabricStream& stream);
  [[nodiscard]] std::vector<StreamId> gather_again(const std::vector<Line::Waiter>& waiters);
  void room_appeared();

  FabricContext& context_;
  StreamTable table_;
  Line line_;
  std::size_t dealt_ = 0;
  std::size_t in_open_pool_ = 0;
  bool has_room_ = false;
};

}  // namespace zeroway
