#include "router/exchange/stickiness.h"

#include <algorithm>
#include <utility>

#include "router/exchange/cookies.h"
#include "router/exchange/limits.h"

namespace zeroway {

void Stickiness::read(const Head& request, std::string_view address) {
  switch (rule_.by) {
    case StickyRule::By::address:
      affinity_.key = address;
      return;
    case StickyRule::By::field:
      affinity_.key = request.find(rule_.name).value_or("");
      return;
    case StickyRule::By::cookie:
      break;
  }
  for (const std::string_view value : cookies_of(request, rule_.name)) {
    if (affinity_.members.size() == kMostStickyCookies) break;
    if (auto identity = seal_.open(value)) affinity_.members.push_back(std::move(*identity));
  }
}

bool Stickiness::is_known() const {
  const auto& known = affinity_.members;
  return std::find(known.begin(), known.end(), answerer_) != known.end();
}

void Stickiness::tell(Head& reply) const {
  if (rule_.by != StickyRule::By::cookie || answerer_.empty() || (is_known() && !rule_.is_renewed)) return;
  std::string cookie = rule_.name + "=" + seal_.seal(answerer_) + "; Path=";
  const bool is_fit = place_.path.starts_with('/') && place_.path.find(';') == std::string_view::npos;
  cookie.append(is_fit ? place_.path : "/").append(rule_.attributes);
  if (place_.is_secure) cookie += "; Secure";
  reply.add("set-cookie", cookie);
}

}  // namespace zeroway
