#include "output_queue.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <utility>

#include "limits.h"
#include "undisturbed.h"
#include "worker-sdk/src/session/kept_buffer.h"

namespace zeroway {

void OutputQueue::add(std::string& tail, std::string large) {
  if (!tail.empty()) parts_.push_back(tail);  // a copy of a few bytes, so that the tail keeps its memory
  tail.clear();
  parts_.push_back(std::move(large));
}

int OutputQueue::send(int socket, std::string& tail) {
  std::array<iovec, kPartsAtOnce + 1> pieces{};
  std::size_t count = 0, size = 0, skipped = sent_;
  const auto put = [&](std::string& bytes) {
    pieces[count++] = {bytes.data() + skipped, bytes.size() - skipped};
    size += bytes.size() - skipped;
    skipped = 0;
  };
  for (std::size_t i = 0; i < parts_.size() && i < kPartsAtOnce; ++i) put(parts_[i]);
  if (count == parts_.size()) put(tail);
  waits_ = size > 0;
  if (!waits_) return 0;
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = count;
  const ssize_t done = undisturbed([&] { return sendmsg(socket, &message, MSG_NOSIGNAL); });
  if (done < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : errno;
  sent(static_cast<std::size_t>(done), tail);
  waits_ = !parts_.empty() || sent_ < tail.size();
  return 0;
}

void OutputQueue::sent(std::size_t count, std::string& tail) {
  sent_ += count;
  while (!parts_.empty() && sent_ >= parts_.front().size()) {
    sent_ -= parts_.front().size();
    parts_.pop_front();
  }
  if (!parts_.empty() || sent_ == 0) return;
  if (sent_ == tail.size()) {
    empty_buffer(tail);
    sent_ = 0;
  } else if (sent_ > tail.size() / 2) {  // never sooner: each byte is moved once at most
    tail.erase(0, sent_);
    sent_ = 0;
  }
}

void OutputQueue::clear(std::string& tail) {
  parts_.clear();
  empty_buffer(tail);
  sent_ = 0;
  waits_ = false;
}

}  // namespace zeroway
