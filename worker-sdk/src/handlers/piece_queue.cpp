#include "piece_queue.h"

#include <algorithm>

#include "worker-sdk/src/session/kept_buffer.h"

namespace zeroway {

void PieceQueue::put(const Piece& piece) {
  bytes_.append(piece.bytes);
  if (!is_empty() && marks_.back().last == Last::no) {
    marks_.back().size += piece.bytes.size();
    marks_.back().last = piece.last;
  } else if (!piece.bytes.empty() || piece.last == Last::yes) {
    marks_.push_back({piece.bytes.size(), piece.kind, piece.last});
  }
}

PieceQueue::Piece PieceQueue::front(std::size_t most) const {
  const Mark& mark = marks_[first_];
  const std::size_t size = std::min(mark.size, most);
  const Last last = size == mark.size ? mark.last : Last::no;
  return {std::string_view(bytes_).substr(begin_, size), mark.kind, last};
}

void PieceQueue::pop(const Piece& piece) {
  Mark& mark = marks_[first_];
  begin_ += piece.bytes.size();
  mark.size -= piece.bytes.size();
  if (mark.size == 0) ++first_;  // later pieces of this message get a mark of their own
  tidy();
}

void PieceQueue::clear() {
  empty_buffer(bytes_);
  empty_buffer(marks_);
  begin_ = first_ = 0;
}

// Frees the bytes that are done once they are the larger part: so each byte is moved at most once on the average.
void PieceQueue::tidy() {
  if (is_empty()) return clear();
  if (begin_ * 2 > bytes_.size()) {
    bytes_.erase(0, begin_);
    begin_ = 0;
  }
  if (first_ * 2 > marks_.size()) {
    marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

}  // namespace zeroway
