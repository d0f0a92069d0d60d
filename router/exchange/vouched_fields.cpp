#include "router/exchange/vouched_fields.h"

#include <algorithm>
#include <array>

namespace zeroway {

namespace {

constexpr std::array<std::string_view, 4> kForwarding{"forwarded", "x-forwarded-for", "x-forwarded-proto",
                                                      "x-forwarded-host"};

bool is_mark(char c) { return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')); }

// `name` is `field`, or looks like it.
bool is_like(std::string_view name, std::string_view field) {
  return std::equal(name.begin(), name.end(), field.begin(), field.end(),
                    [](char one, char wanted) { return one == wanted || (wanted == '-' && is_mark(one)); });
}

bool is_forwarding(std::string_view name) {
  return std::find(kForwarding.begin(), kForwarding.end(), name) != kForwarding.end();
}

template <class Question>
void remove_if(Head& head, Question question) {
  for (std::size_t at = 0; at < head.size();) {
    if (const std::string_view name = head[at].name; question(name)) {
      head.remove(name);  // all of them
    } else {
      ++at;
    }
  }
}

}  // namespace

bool is_vouched_for(std::string_view name) {
  if (name.empty() || (name[0] != 'x' && name[0] != 'f')) return false;  // most are none
  return is_like(name, kCertificateSubject) ||
         std::any_of(kForwarding.begin(), kForwarding.end(), [&](auto field) { return is_like(name, field); });
}

bool has_vouched_for(const Head& head) {
  for (const Field field : head) {
    if (is_vouched_for(field.name)) return true;
  }
  return false;
}

void remove_vouched_for(Head& head) { remove_if(head, is_vouched_for); }

void remove_look_alikes(Head& head) {
  remove_if(head, [](std::string_view name) { return is_vouched_for(name) && !is_forwarding(name); });
}

}  // namespace zeroway
