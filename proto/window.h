// How many more bytes one side may send to the other.
//
// Owner: a stream keeps two, one per direction.   Thread: the loop of that stream.
// Not here: when to send (router/fabric/fabric_stream.h), how far a reply may be ahead (router/edge/reply_lead.h).
#pragma once
#include <cstdint>

namespace zeroway {

// The sender's view: credit it was given and has not used.
class SendWindow {
 public:
  explicit SendWindow(std::uint32_t initial) : left_(initial) {}

  // Takes `bytes` out. False, and nothing is taken, when they do not fit.
  [[nodiscard]] bool take(std::uint32_t bytes);
  // Adds credit. False, and nothing is added, past 2^31-1 (RFC 9113 §6.9.1).
  [[nodiscard]] bool add(std::uint32_t bytes);
  [[nodiscard]] std::uint32_t left() const { return left_; }

 private:
  std::uint32_t left_;
};

// The receiver's view: what may still arrive, and what it owes the sender.
class ReceiveWindow {
 public:
  // `initial` is what the sender may send unasked; the window then grows to `capacity`.
  ReceiveWindow(std::uint32_t initial, std::uint32_t capacity)
      : capacity_(capacity), left_(initial), owed_(capacity - initial) {}

  // `bytes` arrived. False when the sender had no credit for them: a flow-control error.
  [[nodiscard]] bool received(std::uint32_t bytes);
  // The reader is done with `bytes`. Returns the credit to announce to the sender, or 0 while
  // less than half of the capacity is owed: small credits cost a frame each.
  [[nodiscard]] std::uint32_t consumed(std::uint32_t bytes);
  // All that is owed, now: used when a stream is accepted.
  [[nodiscard]] std::uint32_t take_owed();
  [[nodiscard]] std::uint32_t left() const { return left_; }

 private:
  std::uint32_t capacity_;
  std::uint32_t left_;
  std::uint32_t owed_;
};

// The receiver's view where the reader decides how far the sender may be ahead: it credits what it is done with, and
// more than that to let the sender get further ahead.
class CreditedWindow {
 public:
  // `initial` is what the sender may send unasked.
  explicit CreditedWindow(std::uint32_t initial) : initial_(initial), left_(initial) {}

  // As ReceiveWindow's.
  [[nodiscard]] bool received(std::uint32_t bytes);
  // The reader permits `bytes` more. Returns the credit to announce to the sender, or 0 while `initial` is not owed, or
  // less than the sender has left: nothing is announced to who needs no more than `initial`.
  [[nodiscard]] std::uint32_t credited(std::uint32_t bytes);
  [[nodiscard]] std::uint32_t left() const { return left_; }

 private:
  std::uint32_t initial_;
  std::uint32_t left_;
  std::uint32_t owed_ = 0;
};

}  // namespace zeroway
