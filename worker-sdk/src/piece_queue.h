// Pieces of WebSocket messages in their order, waiting: to be read, or for credit.
//
// Owner: SocketSide keeps two, one per direction.   Thread: the loop.
// Not here: how much may wait (proto/window.h; socket_side.h).
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

  // Behind what is there. Pieces of one message are put together: what comes out may be cut elsewhere.
  void put(const Piece& piece);
  // The first piece, of at most `most` bytes; `last` only when it ends the message. Good until the next call here.
  [[nodiscard]] Piece front(std::size_t most) const;
  // The first piece is done with; `piece` is what front() gave.
  void pop(const Piece& piece);
  void clear();

  [[nodiscard]] bool is_empty() const { return first_ == marks_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_.size() - begin_; }
  // How much memory it holds, used or not.
  [[nodiscard]] std::size_t kept_bytes() const { return bytes_.capacity() + marks_.capacity() * sizeof(Mark); }
  // How many messages are begun in here.
  [[nodiscard]] std::size_t messages() const { return marks_.size() - first_; }

 private:
  struct Mark {  // a message, or what is left of it
    std::size_t size;
    MessageKind kind;
    Last last;
  };
  void tidy();

  std::string bytes_;
  std::size_t begin_ = 0;  // the bytes before are gone
  std::vector<Mark> marks_;
  std::size_t first_ = 0;  // the marks before are gone
};

}  // namespace zeroway
