#include "router/wamp/message_watch.h"

#include <cmath>

#include "router/wamp/message_type.h"

namespace zeroway {

namespace {

constexpr double kLargestId = 9'007'199'254'740'992;  // 2^53 (WAMP, "IDs")

}  // namespace

void MessageWatch::begin(ValueSink& to) {
  to_ = &to;
  facts_ = {};
  depth_ = 0;
  index_ = 0;
  is_acknowledge_ = false;
  error_ = {};
}

bool MessageWatch::natural(std::uint64_t value) {
  if (depth_ == 1) {
    if (index_ == 0) {
      facts_.type = value;
    } else if (is_id()) {
      facts_.ids[index_ - 1] = value;
    }
    ++index_;
  }
  return (depth_ > 0 || refuse("a message that is no list")) && to_->natural(value);
}

// Of an option that is there twice, the last one counts.
bool MessageWatch::boolean(bool value) {
  if (is_acknowledge_ && depth_ == 2) facts_.wants_acknowledge = value;
  return other() && to_->boolean(value);
}

// [PUBLISH, request, options, …]: inside the options, three elements have begun.
void MessageWatch::note_key(std::string_view key) {
  constexpr std::size_t kInOptions = 3;
  is_acknowledge_ = index_ == kInOptions && facts_.type == message_type::kPublish && key == "acknowledge";
}

bool MessageWatch::real(double value) {
  const bool is_whole = value >= 0 && value <= kLargestId && std::floor(value) == value;
  if (depth_ == 1 && is_whole && is_id()) return natural(static_cast<std::uint64_t>(value));
  return other() && to_->real(value);
}

bool MessageWatch::begin_list() {
  const bool is_message = depth_ == 0;
  if (!is_message && !other()) return false;
  ++depth_;
  return to_->begin_list();
}

bool MessageWatch::end() {
  --depth_;
  is_acknowledge_ = false;
  if (depth_ == 0 && index_ == 0) return refuse("a message without a type");
  return to_->end();
}

bool MessageWatch::other_outside() {
  if (depth_ == 0) return refuse("a message that is no list");
  if (index_ == 0) return refuse("a message whose type is no integer");
  ++index_;
  return true;
}

bool MessageWatch::is_id() const { return index_ >= 1 && index_ <= ids_of(facts_.type); }

bool MessageWatch::refuse(const char* what) {
  error_ = {ValueFault::malformed, what};
  return false;
}

}  // namespace zeroway
