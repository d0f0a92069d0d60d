// A request's body on its way to a stream: how much the stream may take, how much the client may send, and which bytes
// are kept so that another stream can get them again.
//
//     0 ───────── sent ───────── received ───── client's allowance      (offsets in the body)
//     │◀─ kept while replayable ─────▶│
//                  │◀── held back ───▶│  only after a second opening: the client was allowed more than the new stream
//                  is
//
// Owner: an exchange.   Thread: its loop.
// Not here: the verbs that carry it (exchange/exchange.h).
#pragma once
#include <cstdint>
#include <string>

#include "proto/bytes.h"

namespace zeroway {

class RequestBody {
 public:
  // Empties the body. Keeps up to kWarmBodyMemory of its memory.
  void clear();

  // The client sent `bytes`. True: the caller gives `bytes` to the stream now, and they count as sent. False: `bytes`
  // are held back, and next() returns them when there is credit.
  [[nodiscard]] bool arrived(Bytes bytes);
  // The client sent `bytes` that went to the stream as they came and will never be sent again.
  void passed(std::size_t bytes) { sent_ = received_ += bytes; }
  // The stream may take `bytes` more. Returns the credit for the client: the part that exceeds what this stream or an
  // earlier one has allowed already.
  [[nodiscard]] std::uint32_t credited(std::uint32_t bytes);
  // The stream is lost and another stream will get the whole body: nothing may be sent until restart(). Only while
  // is_replayable().
  void rewind();
  // A new stream: it may take kOpeningWindow bytes, from the start of the body.
  void restart();
  // Moves the next bytes that are held back, or are to be sent again, to `piece`. False without bytes or credit.
  [[nodiscard]] bool next(std::string& piece);

  // No other stream will get the body: from now on only bytes that are held back are kept.
  void stop_keeping();
  // Whether all bytes of the body so far are kept.
  [[nodiscard]] bool is_replayable() const { return is_keeping_; }
  [[nodiscard]] bool is_all_sent() const { return sent_ == received_; }
  // Whether the client has used all its credit.
  [[nodiscard]] bool is_client_stopped() const { return received_ >= client_allowed_; }
  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  void drop_sent();

  std::string kept_;  // the body from kept_from_ on
  std::uint64_t kept_from_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t stream_allowed_ = 0;
  std::uint64_t client_allowed_ = 0;
  bool is_keeping_ = true;
};

}  // namespace zeroway
