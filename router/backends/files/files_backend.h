// The backend that answers from a folder of files, for one loop.
//
//     asked ── turn ends ──▶ sending ── all sent, reset ──▶ over
//                               └── no credit: waits ──┘
//
// Owner: Router keeps one per loop and specification.   Thread: one loop.
// A turn sends a bounded number of bytes, and each stream gets its share in turn, so that no download holds up the
// loop. A reply is never in memory whole unless it is small. Not here: what is replied (files/folder_answers.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "proto/limits.h"
#include "proto/window.h"
#include "router/backends/files/folder_answers.h"
#include "router/exchange/backend.h"
#include "router/net/loop.h"

namespace zeroway {

class FilesBackend final : public Backend, private TurnEnd {
 public:
  // `types`, `clock` and `loop` outlive this object.
  FilesBackend(Loop& loop, const WallClock& clock, const MimeTypes& types, FilesSpec spec);
  ~FilesBackend() override;

  // Opens the folder; to be called once, before the first open(). An error is for the operator: there is no such
  // folder, or the kernel has no openat2.
  [[nodiscard]] Result<> start() { return answers_.open_root(); }

  // Backend
  [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;
  void data(StreamKey stream, Bytes bytes) override;
  void end(StreamKey, const Head&) override {}
  void reset(StreamKey stream, ResetCode code) override;
  void credit(StreamKey stream, std::uint32_t bytes) override;
  [[nodiscard]] std::vector<MemberFacts> members() const override;

 private:
  struct Stream {
    ReplyTo reply_to;
    Head request;
    bool is_answered = false;
    bool is_ready = false;  // in ready_
    SendWindow window{kFirstReplyWindow};
    FileContent content;
  };

  void turn_end() override;
  void serve_ready();
  void recycle();
  void go_on_next_turn();
  void make_ready(StreamKey key, Stream& stream);
  // Each returns the cost of what it did.
  [[nodiscard]] std::size_t serve(StreamKey key);
  [[nodiscard]] std::size_t answer(StreamKey key, Stream& stream);
  [[nodiscard]] std::size_t send(StreamKey key);
  void send_piece(StreamKey key, Stream& stream, std::size_t& sent);
  void finish(StreamKey key);
  void fail(StreamKey key, const Error& error);

  [[nodiscard]] Stream* find(StreamKey key);
  [[nodiscard]] StreamKey next_key();
  void remove(StreamKey key);

  Loop& loop_;
  FilesSpec spec_;
  FolderAnswers answers_;
  boost::unordered_flat_map<StreamKey, std::unique_ptr<Stream>> streams_;
  std::vector<std::unique_ptr<Stream>> over_;   // until the end of the turn: a verb may still read their bytes
  std::vector<std::unique_ptr<Stream>> spare_;  // kept for the next streams
  std::deque<StreamKey> ready_;
  Time turn_{};             // the last turn in which anything was sent
  std::size_t left_ = 0;    // of kTurnBytes, in that turn
  bool is_posted_ = false;  // go_on_next_turn() is under way
  StreamKey last_key_ = 0;
  std::string buffer_;                                     // of one read
  std::shared_ptr<bool> life_ = std::make_shared<bool>();  // tasks that are posted may run after this object is gone
};

}  // namespace zeroway
