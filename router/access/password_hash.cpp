#include "router/access/password_hash.h"

#include <crypt.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "router/access/limits.h"
#include "router/access/secret_hash.h"

namespace zeroway {

namespace {

constexpr const char* kAdvice = "; make a new one: htpasswd -nB USER (bcrypt), or mkpasswd (yescrypt)";

Error refused(const std::string& why) { return {Fault::router, Code::internal, false, why + kAdvice}; }

bool is_hash_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '/';
}

// Whether `text` is `size` characters of a hash.
bool is_hash_text(std::string_view text, std::size_t size) {
  return text.size() == size && std::all_of(text.begin(), text.end(), is_hash_character);
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Takes what is before the next '$', and the '$', off `text`; nothing without a '$'.
std::optional<std::string_view> take_part(std::string_view& text) {
  const auto dollar = text.find('$');
  if (dollar == std::string_view::npos) return std::nullopt;
  const std::string_view part = text.substr(0, dollar);
  text.remove_prefix(dollar + 1);
  return part;
}

// Behind "$2b$": COST$ and 53 characters, salt and hash.
Result<> check_bcrypt(std::string_view rest) {
  const auto cost_text = take_part(rest);
  const auto cost = cost_text && cost_text->size() == 2 ? number_in(*cost_text) : std::nullopt;
  if (!cost || *cost < 4 || !is_hash_text(rest, 53)) return refused("is a broken bcrypt hash");
  if (*cost > kMostBcryptCost)
    return refused("has cost " + std::to_string(*cost) + " over " + std::to_string(kMostBcryptCost) +
                   ": each login would take many seconds");
  return {};
}

// Behind "$6$": perhaps rounds=N$, SALT$ and the hash.
Result<> check_sha_crypt(std::string_view rest, std::size_t size) {
  if (rest.starts_with("rounds=")) {
    rest.remove_prefix(7);
    const auto text = take_part(rest);
    const auto rounds = text ? number_in(*text) : std::nullopt;
    if (!rounds || *rounds < 1'000) return refused("is a broken SHA-crypt hash");
    if (*rounds > kMostShaRounds)
      return refused("has " + std::to_string(*rounds) + " rounds, over " + std::to_string(kMostShaRounds) +
                     ": each login would take many seconds");
  }
  const auto salt = take_part(rest);
  if (!salt || salt->size() > 16 || !is_hash_text(rest, size)) return refused("is a broken SHA-crypt hash");
  return {};
}

// Behind "$y$": PARAMETERS$SALT$ and 43 characters.
Result<> check_yescrypt(std::string_view rest) {
  const auto parameters = take_part(rest);
  const auto salt = take_part(rest);
  const bool is_good = parameters && salt && is_hash_text(*parameters, parameters->size()) && !parameters->empty() &&
                       is_hash_text(*salt, salt->size()) && is_hash_text(rest, 43);
  if (!is_good) return refused("is a broken yescrypt hash");
  return {};
}

}  // namespace

Result<> check_hash(std::string_view hash) {
  for (const std::string_view kind : {"$2a$", "$2b$", "$2y$"})
    if (hash.starts_with(kind)) return check_bcrypt(hash.substr(kind.size()));
  if (hash.starts_with("$5$")) return check_sha_crypt(hash.substr(3), 43);
  if (hash.starts_with("$6$")) return check_sha_crypt(hash.substr(3), 86);
  if (hash.starts_with("$y$")) return check_yescrypt(hash.substr(3));
  if (hash.starts_with("$apr1$")) return refused("is Apache's MD5 (apr1), which is guessed too fast");
  if (hash.starts_with("$1$")) return refused("is MD5-crypt, which is guessed too fast");
  if (hash.starts_with("{SHA}") || hash.starts_with("{SSHA}")) return refused("is SHA-1, which is guessed too fast");
  if (hash.starts_with("$")) return refused("is a kind of hash that is not supported");
  return refused("is no hash: a plain password, or the old DES-crypt");
}

bool fits_hash(const std::string& password, const std::string& hash) {
  const auto memory = std::make_unique<crypt_data>();  // 32 KiB, which crypt_rn() wants to begin with zeros
  const char* made = crypt_rn(password.c_str(), hash.c_str(), memory.get(), sizeof(crypt_data));
  return made != nullptr && is_same_secret(made, hash);
}

}  // namespace zeroway
