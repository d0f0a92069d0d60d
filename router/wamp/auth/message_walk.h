// Walks through a message down to the entries of maps in its maps, and says where each value is.
//
//     [1, "realm1", {"authid": "joe", "authextra": {"nonce": "…"}}]     element 2 · key authextra · key nonce
//
// Owner: the reader of one message, which derives from it.   Thread: any.
// What is deeper is skipped. Not here: which places matter (auth_messages.cpp).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "router/wamp/value_sink.h"

namespace zeroway {

class MessageWalk : public ValueSink {
 public:
  bool null() final { return value(Is::null, {}); }
  bool boolean(bool) final { return value(Is::other, {}); }
  bool natural(std::uint64_t number) final { return value(Is::natural, {}, number); }
  bool negative(std::uint64_t) final { return value(Is::other, {}); }
  bool big_integer(Sign, Bytes) final { return value(Is::other, {}); }
  bool real(double) final { return value(Is::other, {}); }
  bool text(std::string_view utf8) final { return value(Is::text, utf8); }
  bool binary(Bytes) final { return value(Is::other, {}); }
  bool begin_list() final;
  bool begin_map() final { return value(Is::map, {}) && open(); }
  bool key(std::string_view utf8) final;
  bool end() final {
    --depth_;
    return true;
  }
  ValueError error() const final { return {ValueFault::malformed, "a message that is no list"}; }

 protected:
  enum class Is : std::uint8_t { null, natural, text, list, map, other };

  // A value, or the beginning of a list or a map, at one of the places below.
  virtual void found(Is is, std::string_view text, std::uint64_t number) = 0;

  // Of the value that was found: how many elements of the message are before its own.
  [[nodiscard]] std::size_t element() const { return count_ - 1; }
  // 1: the element itself; 2: in the map or list that the element is; 3: one deeper.
  [[nodiscard]] std::size_t depth() const { return depth_; }
  // The key at depth 2 or 3; "" in a list.
  [[nodiscard]] std::string_view key_at(std::size_t depth) const { return keys_[depth - 2]; }
  // How many elements the message has; good behind its end.
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  static constexpr std::size_t kDeepest = 3;

  [[nodiscard]] bool value(Is is, std::string_view text, std::uint64_t number = 0);
  [[nodiscard]] bool open();

  std::size_t depth_ = 0;
  std::size_t count_ = 0;
  std::array<std::string, kDeepest - 1> keys_;
};

}  // namespace zeroway
