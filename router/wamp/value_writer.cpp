#include "router/wamp/value_writer.h"

#include <algorithm>
#include <functional>

#include "router/wamp/limits.h"

namespace zeroway {

void ValueWriter::begin(std::string& out, std::size_t most) {
  out_ = &out;
  start_ = out.size();
  most_ = most;
  open_.clear();
  entries_.clear();
  edits_.clear();
}

bool ValueWriter::finish() {
  if (!edits_.empty()) apply_edits();
  return is_small();
}

bool ValueWriter::fail_large() { return fail(ValueFault::too_large, "longer than a message may be"); }

bool ValueWriter::fail(ValueFault fault, const char* what) {
  error_ = {fault, what};
  return false;
}

ValueWriter::Open ValueWriter::close() {
  Open last = open_.back();
  open_.pop_back();
  if (!last.is_map) return last;
  if (repeats_keys(last.entries)) last.count -= drop_repeated(last.entries);
  entries_.resize(last.entries);
  return last;
}

void ValueWriter::widen(std::size_t place, std::string_view head) {
  Edit edit{place, 1, {}, static_cast<std::uint8_t>(head.size())};
  std::copy(head.begin(), head.end(), edit.inserted.begin());
  edits_.push_back(edit);
}

// The key as it is written: equal keys have equal bytes.
std::string_view ValueWriter::key_of(std::size_t entry) const {
  const auto [key, end] = entries_[entry];
  return std::string_view(*out_).substr(key, end - key);
}

bool ValueWriter::repeats_keys(std::size_t first) const {
  const std::size_t end = entries_.size();
  if (end - first > kComparedKeys) return true;  // perhaps: sorting finds out
  for (std::size_t one = first; one + 1 < end; ++one)
    for (std::size_t other = one + 1; other < end; ++other)
      if (key_of(one) == key_of(other)) return true;
  return false;
}

// Each entry but the last one with its key goes, with the separator behind it. Returns how many. Numbers are sorted,
// the hashes of keys: bytes are compared only of keys that have one hash, and sorted only when they differ.
std::uint32_t ValueWriter::drop_repeated(std::size_t first) {
  std::vector<Hashed> order;
  order.reserve(entries_.size() - first);
  for (std::size_t entry = first; entry < entries_.size(); ++entry)
    order.push_back({std::hash<std::string_view>{}(key_of(entry)), entry});
  std::sort(order.begin(), order.end());
  std::uint32_t dropped = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && order[end].hash == order[begin].hash) ++end;
    dropped += drop_equal(std::span(order).subspan(begin, end - begin));
    begin = end;
  }
  return dropped;
}

std::uint32_t ValueWriter::drop_equal(std::span<Hashed> same_hash) {
  const auto differs = [&](const Hashed& other) { return key_of(other.entry) != key_of(same_hash.front().entry); };
  if (std::any_of(same_hash.begin(), same_hash.end(), differs))
    std::stable_sort(same_hash.begin(), same_hash.end(), [this](const Hashed& one, const Hashed& other) {
      return key_of(one.entry) < key_of(other.entry);
    });
  std::uint32_t dropped = 0;
  for (std::size_t i = 0; i + 1 < same_hash.size(); ++i) {
    const std::size_t entry = same_hash[i].entry;
    if (key_of(entry) != key_of(same_hash[i + 1].entry)) continue;
    const std::size_t place = entries_[entry].key;
    edits_.push_back({place, entries_[entry + 1].key - place, {}, 0});
    ++dropped;
  }
  return dropped;
}

// Edits inside an entry that is dropped go with it.
void ValueWriter::apply_edits() {
  std::sort(edits_.begin(), edits_.end(), [](const Edit& one, const Edit& other) { return one.place < other.place; });
  edited_.clear();
  std::size_t done = start_;
  for (const Edit& edit : edits_) {
    if (edit.place < done) continue;
    edited_.append(*out_, done, edit.place - done);
    edited_.append(edit.inserted.data(), edit.size);
    done = edit.place + edit.removed;
  }
  edited_.append(*out_, done);
  out_->replace(start_, std::string::npos, edited_);
}

}  // namespace zeroway
