// How many more bytes one side may send to the other.
//
// Owner: a stream keeps two, one per direction.   Thread: the loop of that stream.
// Not here: when to send (router/fabric/fabric_stream.h), how far a reply may be ahead (router/edge/reply_lead.h).
#pragma once
#include <cstdint>

namespace zeroway {

// The sender's view: the credit that it got and has not used.
class SendWindow {
 public:
  explicit SendWindow(std::uint32_t initial) : left_(initial) {}

  // Takes `bytes` out. False, and nothing is taken, when less credit is left.
  [[nodiscard]] bool take(std::uint32_t bytes);
  // Adds credit. False, and nothing is added, when the sum would pass 2^31-1 (RFC 9113 §6.9.1).
  [[nodiscard]] bool add(std::uint32_t bytes);
  [[nodiscard]] std::uint32_t left() const { return left_; }

 private:
  std::uint32_t left_;
};

// The receiver's view: how many bytes may still arrive, and how much credit the receiver owes the sender.
class ReceiveWindow {
 public:
  // `initial`: how many bytes the sender may send without credit. The window then grows to `capacity`.
  ReceiveWindow(std::uint32_t initial, std::uint32_t capacity)
      : capacity_(capacity), left_(initial), owed_(capacity - initial) {}

  // `bytes` arrived. False when the sender had no credit for them: a flow-control error.
  [[nodiscard]] bool received(std::uint32_t bytes);
  // The reader is done with `bytes`. Returns the credit to announce to the sender, or 0 while
  // less than half of the capacity is owed: small credits cost a frame each.
  [[nodiscard]] std::uint32_t consumed(std::uint32_t bytes);
  // Takes all credit that is owed: used when a stream is accepted.
  [[nodiscard]] std::uint32_t take_owed();
  [[nodiscard]] std::uint32_t left() const { return left_; }

 private:
  std::uint32_t capacity_;
  std::uint32_t left_;
  std::uint32_t owed_;
};

// The receiver's view where the reader decides how far the sender may be ahead. The reader credits the bytes that it is
// done with, and more to let the sender get further ahead.
class CreditedWindow {
 public:
  // `initial`: how many bytes the sender may send without credit.
  explicit CreditedWindow(std::uint32_t initial) : initial_(initial), left_(initial) {}

  // As in ReceiveWindow.
  [[nodiscard]] bool received(std::uint32_t bytes);
  // The reader permits `bytes` more. Returns the credit to announce to the sender, or 0 while the credit owed is less
  // than `initial` or less than the credit that the sender has left. So a stream that needs no more than `initial` gets
  // no announcement.
  [[nodiscard]] std::uint32_t credited(std::uint32_t bytes);
  [[nodiscard]] std::uint32_t left() const { return left_; }

 private:
  std::uint32_t initial_;
  std::uint32_t left_;
  std::uint32_t owed_ = 0;
};

}  // namespace zeroway
