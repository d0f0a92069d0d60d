#include "router/wamp/value_writer.h"

#include <algorithm>
#include <numeric>

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

// Each entry but the last one with its key goes, with the separator behind it. Returns how many.
std::uint32_t ValueWriter::drop_repeated(std::size_t first) {
  std::vector<std::size_t> order(entries_.size() - first);
  std::iota(order.begin(), order.end(), first);
  std::sort(order.begin(), order.end(), [this](std::size_t one, std::size_t other) {
    const int difference = key_of(one).compare(key_of(other));
    return difference != 0 ? difference < 0 : one < other;
  });
  std::uint32_t dropped = 0;
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    if (key_of(order[i]) != key_of(order[i + 1])) continue;
    const std::size_t place = entries_[order[i]].key;
    edits_.push_back({place, entries_[order[i] + 1].key - place, {}, 0});
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
