// Answers every request at the end of the turn, instead of workers: 200 and a small body, or what the test sets.
//
// Owner: the test.   Thread: its loop.
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "router/exchange/backend.h"
#include "router/net/loop.h"

namespace zeroway {

class EchoBackend final : public Backend, private TurnEnd {
 public:
  explicit EchoBackend(Loop& loop) : loop_(loop) {}
  ~EchoBackend() override { loop_.forget_turn_end(*this); }

  BackendStream open(const BackendRequest& request, ReplyTo reply_to) override {
    const StreamKey key = ++last_key_;
    streams_[key].reply_to = reply_to;
    const Head& head = request.head;
    if (told.size() < 1'000) told += "head " + std::string(head.method()) + " " + std::string(head.path()) + "; ";
    if (request.last == Last::yes) answer_later(key);
    return {this, key};
  }
  void data(StreamKey stream, Bytes bytes) override {
    body_bytes += bytes.size();
    if (!credits) return;
    BackendEvents* exchange = streams_[stream].reply_to.find();
    if (exchange) exchange->credit(static_cast<std::uint32_t>(bytes.size()));
  }
  void end(StreamKey stream, const Head&) override { answer_later(stream); }
  void reset(StreamKey stream, ResetCode) override {
    streams_.erase(stream);
    told += "reset; ";
  }
  void credit(StreamKey stream, std::uint32_t bytes) override {
    credited += bytes;
    const auto at = streams_.find(stream);
    if (at == streams_.end()) return;
    at->second.window += bytes;
    answer_later(stream);
  }

  std::string told;
  std::size_t body_bytes = 0;
  std::uint64_t sent = 0;
  std::uint64_t credited = 0;
  bool credits = true;     // request bodies
  bool is_silent = false;  // never answers
  std::size_t reply_size = 3;
  int lost_replies = 0;  // so many of the next ones are begun, and their worker is lost in the same turn

 private:
  struct Stream {
    ReplyTo reply_to;
    bool has_head = false;
    std::size_t left = 0;
    std::size_t window = kFirstReplyWindow;
  };

  void answer_later(StreamKey stream) {
    if (is_silent) return;
    ready_.push_back(stream);
    loop_.at_turn_end(*this);
  }
  void turn_end() override {
    for (const StreamKey key : std::exchange(ready_, {})) answer(key);
  }
  void answer(StreamKey key) {
    const auto at = streams_.find(key);
    if (at == streams_.end()) return;
    Stream& stream = at->second;
    const ReplyTo reply_to = stream.reply_to;
    if (!std::exchange(stream.has_head, true)) {
      stream.left = reply_size;
      Head head{{":status", "200"}, {"content-length", std::to_string(reply_size)}};
      reply_to.find()->accepted({"echo", "echo"});
      reply_to.find()->head(head, Last::no);
    }
    while (stream.left > 0 && stream.window > 0) {
      const std::size_t size = std::min({stream.left, stream.window, piece_.size()});
      stream.left -= size;
      stream.window -= size;
      sent += size;
      reply_to.find()->data(as_bytes(std::string_view(piece_).substr(0, size)));
    }
    if (lost_replies > 0) {
      --lost_replies;
      streams_.erase(at);
      return reply_to.find()->reset({Fault::backend, Code::backend_lost, false, "echo is gone"});
    }
    if (stream.left > 0) return;
    streams_.erase(at);
    Head no_trailers;
    reply_to.find()->end(no_trailers);
  }

  Loop& loop_;
  StreamKey last_key_ = 0;
  std::map<StreamKey, Stream> streams_;
  std::vector<StreamKey> ready_;
  const std::string piece_ = std::string(16'384, 'r');
};

}  // namespace zeroway
