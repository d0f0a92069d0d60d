// Any cookies of a request: what is taken for a member was sealed with the key, and the cookies that are not the
// router's own stay.
#include <string>

#include "router/access/sticky_seal.h"
#include "router/exchange/cookies.h"
#include "router/exchange/stickiness.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

StickySeal& seal() {
  static StickySeal kSeal = [] {
    StickySeal made;
    made.use(std::string(32, 's'));
    return made;
  }();
  return kSeal;
}

void check_head(const std::string& text) {
  Head head{{":path", "/"}, {"cookie", text}, {"cookie", "ZRAFF=" + seal().seal("w1#1") + "; other=1"}};
  const StickyRule rule{StickyRule::By::cookie, "ZRAFF", "; HttpOnly", false};
  Stickiness stickiness(rule, seal(), {"/", false});
  stickiness.read(head, "192.0.2.1");
  for (const std::string& member : stickiness.affinity().members) must(seal().open(seal().seal(member)) == member);
  remove_cookies(head, "ZRAFF");
  must(cookies_of(head, "ZRAFF").empty());
  must(cookies_of(head, "other").back() == "1");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // A name of a member is much shorter than the longest cookie that is read. Nobody makes a text that is opened: the
  // input cannot know the key.
  if (const auto opened = seal().open(text)) must(seal().seal(*opened) == text);
  if (!text.empty() && text.size() <= 512) must(seal().open(seal().seal(text)) == text);
  check_head(text);
  return 0;
}
