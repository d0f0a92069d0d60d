// A backend that codes the replies of another one, for one loop: gzip, br or zstd, as the client likes.
//
//     waiting ──head: stays as it is──▶ relaying ──end, reset──▶ over
//        └────head: is coded──▶ coding ──end, all sent; reset──▶ over
//
// Owner: the loop's plan, beside the backend that it wraps.   Thread: that loop.
// WebSockets, tunnels and gRPC calls are handed to the wrapped backend, which has their streams for itself. A turn of
// the loop codes for about kTurnCost; streams take turns, so that no large reply holds up the loop. Not here: which
// replies are coded (router/coding/coded_head.h), buffers and flushing (backends/coded_body.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "router/coding/coder_pool.h"
#include "router/coding/coding_terms.h"
#include "router/exchange/backend.h"
#include "router/net/loop.h"

namespace zeroway {

class CodedBackend final : public Backend, private ExchangeFinder, private TurnEnd {
 public:
  // `loop` and `coders` outlive this object.
  CodedBackend(Loop& loop, CoderPool& coders, std::shared_ptr<Backend> inner, CodingTerms terms);
  ~CodedBackend() override;

  // Backend
  [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;
  void data(StreamKey key, Bytes bytes) override;
  void end(StreamKey key, const Head& trailers) override;
  void reset(StreamKey key, ResetCode code) override;
  void credit(StreamKey key, std::uint32_t bytes) override;
  [[nodiscard]] bool is_ready() const override { return inner_->is_ready(); }
  [[nodiscard]] std::optional<std::size_t> claimed(std::string_view host, std::string_view path) const override {
    return inner_->claimed(host, path);
  }

 private:
  struct Stream;

  // ExchangeFinder, for the wrapped backend
  [[nodiscard]] BackendEvents* find(ExchangeKey key) override;

  // the reply's verbs
  void reply_head(Stream& stream, Head& head, Last last);
  void reply_final(Stream& stream, Head& head, Last last);
  void begin_coding(Stream& stream, Head& head);
  void reply_data(Stream& stream, Bytes bytes);
  void reply_end(Stream& stream, Head& trailers);
  void reply_reset(Stream& stream, const Error& error);

  // turns
  void turn_end() override;
  void serve_ready();
  void go_on_next_turn();
  void make_ready(Stream& stream);
  [[nodiscard]] std::size_t serve(StreamKey key);
  [[nodiscard]] std::size_t code(StreamKey key);
  void send(StreamKey key);
  void finish(Stream& stream);
  void fail(Stream& stream, const Error& error);

  [[nodiscard]] Stream* stream_of(StreamKey key) const;
  [[nodiscard]] Stream& new_stream(const BackendRequest& request, ReplyTo reply_to);
  void remove(Stream& stream);
  void recycle();

  Loop& loop_;
  CoderPool& coders_;
  const std::shared_ptr<Backend> inner_;
  const CodingTerms terms_;
  boost::unordered_flat_map<StreamKey, std::unique_ptr<Stream>> streams_;
  std::vector<std::unique_ptr<Stream>> over_;   // until the end of the turn: a verb of theirs may still run
  std::vector<std::unique_ptr<Stream>> spare_;  // kept for the next streams
  std::deque<StreamKey> ready_;
  Head scratch_;            // of a request that is changed for the wrapped backend
  Time turn_{};             // the last turn in which anything was coded
  std::size_t left_ = 0;    // of kTurnCost, in that turn
  bool is_posted_ = false;  // go_on_next_turn() is under way
  StreamKey last_key_ = 0;
  std::shared_ptr<bool> life_ = std::make_shared<bool>();  // tasks that are posted may run after this object is gone
};

}  // namespace zeroway
