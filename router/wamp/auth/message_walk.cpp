#include "router/wamp/auth/message_walk.h"

namespace zeroway {

bool MessageWalk::value(Is is, std::string_view text, std::uint64_t number) {
  if (depth_ == 0) return false;
  if (depth_ == 1) ++count_;
  if (depth_ <= kDeepest) found(is, text, number);
  return true;
}

bool MessageWalk::open() {
  ++depth_;
  const bool has_key = depth_ >= 2 && depth_ <= kDeepest;
  if (has_key) keys_[depth_ - 2].clear();  // of another map
  return true;
}

bool MessageWalk::begin_list() {
  const bool is_message = depth_ == 0;
  if (is_message) return open();
  return value(Is::list, {}) && open();
}

bool MessageWalk::key(std::string_view utf8) {
  if (depth_ >= 2 && depth_ <= kDeepest) keys_[depth_ - 2] = utf8;
  return true;
}

}  // namespace zeroway
