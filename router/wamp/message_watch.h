// Watches a WAMP message on its way from a reader to a writer: it is a list that begins with its type.
//
//     [36, 5512315355, 4429313566, {}, ["Hello"]]     type 36, ids 5512315355 and 4429313566
//
// Owner: the translator, for one message at a time.   Thread: any.
// An id that is a real without a fraction is passed on as the integer that it means: some clients write each integer
// over 2^31 so. Not here: what a type requires of the other elements.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "router/wamp/value_sink.h"

namespace zeroway {

// What the first elements say; 0 = nothing, or no id.
struct MessageFacts {
  std::uint64_t type = 0;
  std::array<std::uint64_t, 2> ids{};  // the elements 1 and 2
  bool wants_acknowledge = false;      // of PUBLISH: its options have "acknowledge": true
};

class MessageWatch final : public ValueSink {
 public:
  // Of the next message, which goes to `to`.
  void begin(ValueSink& to);
  // Also of a message that was given up, as far as it came.
  [[nodiscard]] const MessageFacts& facts() const { return facts_; }

  [[nodiscard]] bool null() override { return other() && to_->null(); }
  [[nodiscard]] bool boolean(bool value) override;
  [[nodiscard]] bool natural(std::uint64_t value) override;
  [[nodiscard]] bool negative(std::uint64_t value) override { return other() && to_->negative(value); }
  [[nodiscard]] bool big_integer(Sign sign, Bytes magnitude) override {
    return other() && to_->big_integer(sign, magnitude);
  }
  [[nodiscard]] bool real(double value) override;
  [[nodiscard]] bool text(std::string_view utf8) override { return other() && to_->text(utf8); }
  [[nodiscard]] bool binary(Bytes bytes) override { return other() && to_->binary(bytes); }
  [[nodiscard]] bool begin_list() override;
  [[nodiscard]] bool begin_map() override { return other() && (++depth_, to_->begin_map()); }
  [[nodiscard]] bool key(std::string_view utf8) override {
    if (depth_ == 2) note_key(utf8);
    return to_->key(utf8);
  }
  [[nodiscard]] bool end() override;

  [[nodiscard]] ValueError error() const override { return error_.what != nullptr ? error_ : to_->error(); }

 private:
  // A value that is neither a natural number nor a list.
  [[nodiscard]] bool other() {
    if (depth_ > 1) return true;
    return other_outside();
  }
  [[nodiscard]] bool other_outside();
  void note_key(std::string_view key);
  [[nodiscard]] bool refuse(const char* what);
  [[nodiscard]] bool is_id() const;

  ValueSink* to_ = nullptr;
  MessageFacts facts_;
  std::size_t depth_ = 0;
  std::size_t index_ = 0;        // of the next element of the message
  bool is_acknowledge_ = false;  // the last key of the options of PUBLISH
  ValueError error_{};
};

}  // namespace zeroway
