// Answers to challenges of ACME over HTTP (http-01, RFC 8555 §8.3), before every other rule of a site.
//
// Owner: each loop has one, which outlives its exchanges.   Thread: that loop.
// Only tokens of challenges that are open are answered. A backend with an ACME client of its own gets all others.
// Not here: orders (router/acme/certificate_keeper.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace zeroway {

class ChallengeAnswers {
 public:
  virtual ~ChallengeAnswers() = default;
  // The body of the reply; nothing when no challenge of `host` has the token. `folder`: where another ACME client puts
  // the site's answers, "" = nowhere.
  [[nodiscard]] virtual std::optional<std::string> find(std::string_view host, std::string_view token,
                                                        const std::string& folder) const = 0;
};

inline constexpr std::string_view kChallengePath = "/.well-known/acme-challenge/";

// The token in a path; "" when the path is no challenge's. Only letters of base64url, so no token leads out of a
// folder.
[[nodiscard]] constexpr std::string_view challenge_token(std::string_view path) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr std::size_t kLongest = 128;  // RFC 8555 §8.3 asks for 22 letters at least; real ones have 43
  if (!path.starts_with(kChallengePath)) return {};
  const std::string_view token = path.substr(kChallengePath.size());
  if (token.size() > kLongest || token.find_first_not_of(kLetters) != std::string_view::npos) return {};
  return token;
}

}  // namespace zeroway
