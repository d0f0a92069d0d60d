// The backend of the management listener, on one loop.
//
//     head ── gate ── refused, or too many are open ──────────────────────▶ reply
//              └─ its body, whole ── step ── at once ─────────────────────▶ reply
//                                          ├─ census of all loops, written elsewhere ▶ reply
//                                          ├─ change ──────────────────────▶ reply
//                                          └─ watch ── events, without end ▶ reply
//
// Owner: LoopBackends, one for each specification.   Thread: one loop.
// A reply is written once and sent as its client gives credit. Not here: what is answered (admin/admin_api.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/limits.h"
#include "proto/window.h"
#include "router/admin/admin_api.h"
#include "router/admin/admin_gate.h"
#include "router/admin/event_watchers.h"
#include "router/exchange/backend.h"
#include "router/net/loop.h"

namespace zeroway {

class AdminBackend final : public Backend, private TurnEnd, private EventWatchers::Streams {
 public:
  // `loop` and `desk` outlive this object.
  AdminBackend(Loop& loop, Desk& desk, const AdminSpec& spec);
  ~AdminBackend() override;

  // Backend
  [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;
  void data(StreamKey key, Bytes bytes) override;
  void end(StreamKey key, const Head& trailers) override;
  void reset(StreamKey key, ResetCode code) override;
  void credit(StreamKey key, std::uint32_t bytes) override;

 private:
  enum class Stage : std::uint8_t { arrived, admitted, acting, answered, watching };

  struct Stream {
    ReplyTo reply_to;
    AdminRequest request;
    SendWindow window{kFirstReplyWindow};
    std::string reply{};  // what is left to send begins at `sent`
    std::size_t sent = 0;
    Stage stage = Stage::arrived;
    bool is_whole = false;
  };

  void turn_end() override;
  void serve(StreamKey key);
  [[nodiscard]] std::optional<AdminReply> refusal(const AdminRequest& request);
  void act(StreamKey key, const AdminRequest& request);
  void ask(StreamKey key, const Ask& what);
  void write_reply(StreamKey key, WriteReply write, const std::shared_ptr<const Census>& census);
  void watch(StreamKey key, const Watch& from);
  [[nodiscard]] std::size_t watching() const;

  // EventWatchers::Streams
  bool push(StreamKey key, std::string_view text) override;
  [[nodiscard]] bool is_through(StreamKey key) override;
  void drop(StreamKey key) override;

  void change(StreamKey key, const Change& change);
  void read_aside(StreamKey key, const ReadAside& step);
  void answer(StreamKey key, AdminReply reply);
  void send(StreamKey key);
  void finish(StreamKey key);
  [[nodiscard]] Stream* find(StreamKey key);
  void remove(StreamKey key);

  Loop& loop_;
  Desk& desk_;
  AdminGate gate_;
  EventWatchers watchers_;
  boost::unordered_flat_map<StreamKey, std::unique_ptr<Stream>> streams_;
  std::vector<std::unique_ptr<Stream>> over_;  // until the end of the turn: a verb may still read their bytes
  std::vector<StreamKey> due_;                 // to be served at the end of the turn
  StreamKey last_key_ = 0;
  std::shared_ptr<bool> life_ = std::make_shared<bool>();  // answers of the desk may come after this object is gone
};

}  // namespace zeroway
