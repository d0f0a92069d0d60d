#include "link_context.h"

#include "limits.h"

namespace zeroway {

Hello LinkContext::hello(const std::string& instance, const std::string& replaces) const {
  Hello hello = hello_;
  hello.instance = instance;
  hello.replaces = replaces;
  return hello;
}

bool LinkContext::begin_anew() {
  if (!hello_.wamp) return false;
  hello_.wamp->since = clock_();
  return true;
}

void LinkContext::complain(const std::string& text) {
  if (now_ - complaints_since_ > std::chrono::seconds(1)) {
    complaints_since_ = now_;
    complaints_ = 0;
  }
  if (complaints_++ < kComplaintsPerSecond) log_.warning(text);
}

void LinkContext::drain() {
  is_draining_ = true;
  hello_.state = "draining";
}

}  // namespace zeroway
