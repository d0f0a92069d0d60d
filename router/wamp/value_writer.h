// Writes a value's events as bytes: what writers of all formats have in common.
//
//     events ──▶ bytes, with heads of one byte ──finish: wide heads, entries with a repeated key──▶ the message
//
// Owner: the translator, for one message at a time.   Thread: any.
// Of the entries of a map with one key, the last stays. A message that becomes too long is given up on the way.
// Not here: how a value is written (json_writer.h, counted_writer.h).
#pragma once
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "router/wamp/value_sink.h"

namespace zeroway {

class ValueWriter : public ValueSink {
 public:
  // Writes the next message, of at most `most` bytes, to the end of `out`, which outlives that message.
  void begin(std::string& out, std::size_t most);
  // Behind the last event. False when the message is too long.
  [[nodiscard]] bool finish();

  [[nodiscard]] ValueError error() const final { return error_; }

 protected:
  // A list or a map whose end has not come.
  struct Open {
    std::size_t place;  // in out()
    bool is_map;
    std::size_t entries;      // of entries_, before its own
    std::uint32_t count = 0;  // its values, or its pairs
  };

  [[nodiscard]] std::string& out() { return *out_; }
  // At the end of an event: false when the message is too long.
  [[nodiscard]] bool is_small() { return out_->size() - start_ <= most_ || fail_large(); }
  [[nodiscard]] bool fail(ValueFault fault, const char* what);

  // The list or the map that a value is in: with one value more. Null = none, or a map: its keys have been counted.
  [[nodiscard]] Open* count_value() {
    if (open_.empty() || open_.back().is_map) return nullptr;
    ++open_.back().count;
    return &open_.back();
  }
  void open(bool is_map) { open_.push_back({out_->size(), is_map, entries_.size()}); }
  [[nodiscard]] std::uint32_t keys_before() const { return open_.back().count; }
  // Around the bytes of a key, which its map then has counted.
  void begin_key() {
    entries_.push_back({out_->size(), 0});
    ++open_.back().count;
  }
  void end_key() { entries_.back().key_end = out_->size(); }
  [[nodiscard]] Open close();

  // In finish(), `head`, of at most 5 bytes, replaces the byte at `place`.
  void widen(std::size_t place, std::string_view head);

 private:
  struct Entry {
    std::size_t key;
    std::size_t key_end;
  };
  struct Hashed {
    std::size_t hash;  // of its key
    std::size_t entry;
    auto operator<=>(const Hashed&) const = default;
  };
  // Instead of `removed` bytes at `place`, `size` other ones.
  struct Edit {
    std::size_t place;
    std::size_t removed;
    std::array<char, 5> inserted;
    std::uint8_t size;
  };

  [[nodiscard]] bool fail_large();
  [[nodiscard]] std::string_view key_of(std::size_t entry) const;
  [[nodiscard]] bool repeats_keys(std::size_t first) const;
  [[nodiscard]] std::uint32_t drop_repeated(std::size_t first);
  [[nodiscard]] std::uint32_t drop_equal(std::span<Hashed> same_hash);
  void apply_edits();

  std::string* out_ = nullptr;
  std::size_t start_ = 0;
  std::size_t most_ = 0;
  std::vector<Open> open_;
  std::vector<Entry> entries_;  // of all open maps, the innermost last
  std::vector<Edit> edits_;
  std::string edited_;
  ValueError error_{};
};

}  // namespace zeroway
