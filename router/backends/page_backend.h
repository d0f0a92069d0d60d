// Answers with a page that the router has in memory.
//
//     asked ── turn ends ──▶ sending ── all sent, reset ──▶ over
//                               └── no credit: waits ──┘
//
// Owner: LoopBackends, one for each specification.   Thread: one loop.
// Conditional requests get 304, HEAD gets no content, other methods than these get 405; a page with another status than
// 200 is the answer to every request. Not here: what pages say (router/plan/page_spec.h, backends/node_info.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/limits.h"
#include "proto/window.h"
#include "router/exchange/backend.h"
#include "router/net/loop.h"

namespace zeroway {

struct Page {
  std::string content{};
  std::string type{};           // content-type
  std::string etag{};           // with its quotes; "" = none
  std::string cache_control{};  // "" = none
  std::string policy{};         // content-security-policy; "" = none
  int status = 200;
  bool any_origin = false;  // pages of every origin may read it
  bool varies = false;      // another Accept gets another page
};

class PageBackend final : public Backend, private TurnEnd {
 public:
  // What a request is answered with. Good until the next call.
  using Make = std::function<const Page&(const Head& request)>;

  // `loop` outlives this object. `who`: whom logs name, a literal.
  PageBackend(Loop& loop, Make make, std::string_view who = "page") : loop_(loop), make_(std::move(make)), who_(who) {}
  ~PageBackend() override;

  // Backend
  [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;
  void data(StreamKey key, Bytes bytes) override;
  void end(StreamKey, const Head&) override {}
  void reset(StreamKey key, ResetCode) override { streams_.erase(key); }
  void credit(StreamKey key, std::uint32_t bytes) override;

 private:
  struct Stream {
    ReplyTo reply_to;
    Head head;              // of the reply
    std::string content{};  // what is left to send begins at `sent`
    std::size_t sent = 0;
    SendWindow window{kFirstReplyWindow};
  };

  [[nodiscard]] std::unique_ptr<Stream> answer(const Head& request);
  void turn_end() override;
  void begin(StreamKey key);
  void send(StreamKey key);

  Loop& loop_;
  Make make_;
  const std::string_view who_;
  boost::unordered_flat_map<StreamKey, std::unique_ptr<Stream>> streams_;
  std::vector<StreamKey> due_;  // to be answered at the end of the turn
  StreamKey last_key_ = 0;
};

}  // namespace zeroway
