// A queue of pieces of WebSocket messages: pieces that wait to be read, or that wait for credit.
//
// Owner: SocketSide keeps two, one per direction.   Thread: the loop.
// Not here: how many bytes may wait (proto/window.h; socket_side.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/stream_sink.h"

namespace zeroway {

class PieceQueue {
 public:
  struct Piece {
    std::string_view bytes;
    MessageKind kind = MessageKind::binary;
    Last last = Last::no;
  };

  // Adds a piece at the end. Pieces of one message are joined, so they may come out cut at other places.
  void put(const Piece& piece);
  // The first piece, of at most `most` bytes; `last` only when it ends the message. Good until the next call here.
  [[nodiscard]] Piece front(std::size_t most) const;
  // Removes the first piece; `piece` is the piece that front() gave.
  void pop(const Piece& piece);
  void clear();

  [[nodiscard]] bool is_empty() const { return first_ == marks_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_.size() - begin_; }
  // How much memory the queue holds, used or not.
  [[nodiscard]] std::size_t kept_bytes() const { return bytes_.capacity() + marks_.capacity() * sizeof(Mark); }
  // How many messages have begun in this queue.
  [[nodiscard]] std::size_t messages() const { return marks_.size() - first_; }

 private:
  struct Mark {  // a message, or the rest of one
    std::size_t size;
    MessageKind kind;
    Last last;
  };
  void tidy();

  std::string bytes_;
  std::size_t begin_ = 0;  // bytes before this index are done
  std::vector<Mark> marks_;
  std::size_t first_ = 0;  // marks before this index are done
};

}  // namespace zeroway
