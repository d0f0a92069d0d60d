// The body of one reply on its way through a coder: what the backend sent, and what is ready for the client.
//
//     take ──▶ input (at most the credit) ──code, a slice at a time──▶ output ──ready, sent──▶
//
// Owner: a stream of CodedBackend.   Thread: one loop.
// A slice is coded only when all output is sent, so output is bounded by what one slice becomes. When a slice ends all
// input that has come, the coder is flushed: the client can decode all of it. So an event leaves in the turn in which
// it came, and a body that comes faster than it is coded is seldom flushed. Not here: verbs and turns
// (coded_backend.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "proto/bytes.h"
#include "proto/limits.h"
#include "proto/window.h"
#include "router/coding/coder_pool.h"

namespace zeroway {

class CodedBody {
 public:
  // A new body, for a coder of `kind`, which `coders` has booked; `coders` outlives the body.
  void begin(const CoderKind& kind, CoderPool& coders);
  // Ends the body at any place and gives the coder back. Nothing without a body.
  void clear();

  // The backend sent `bytes`. False, and nothing is taken, when it had no credit for them.
  [[nodiscard]] bool take(Bytes bytes);
  void end() { has_ended_ = true; }

  // Whether code() has something to do.
  [[nodiscard]] bool is_due() const;
  // What coding the next slice costs the loop, in about microseconds.
  [[nodiscard]] std::size_t next_cost() const;
  // Codes one slice. False when the coder failed: the body is lost.
  [[nodiscard]] bool code();
  // Credit for the backend, for what was coded since; 0 while that is little.
  [[nodiscard]] std::uint32_t credit();

  // What may leave now.
  [[nodiscard]] Bytes ready() const { return as_bytes(std::string_view(output_).substr(sent_)); }
  void sent(std::size_t bytes);
  // All that the body will ever be has left.
  [[nodiscard]] bool is_over() const { return is_finished_ && ready().empty(); }

 private:
  [[nodiscard]] std::size_t next_size() const;
  [[nodiscard]] std::size_t left() const { return input_.size() - coded_; }

  CoderKind kind_;
  CoderPool* coders_ = nullptr;   // none: there is no body
  std::unique_ptr<Coder> coder_;  // from the first slice on
  std::string input_, output_;
  std::size_t coded_ = 0;  // of input_
  std::size_t sent_ = 0;   // of output_
  std::uint32_t uncredited_ = 0;
  bool has_ended_ = false;
  bool is_finished_ = false;
  // Half of what the backend may send is announced at a time, so that it sends while the other half is coded.
  ReceiveWindow window_{kFirstReplyWindow, kFirstReplyWindow};
};

}  // namespace zeroway
