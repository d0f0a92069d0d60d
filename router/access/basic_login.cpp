#include "router/access/basic_login.h"

#include <cstring>
#include <utility>

#include "router/access/authorization.h"
#include "router/access/challenge.h"
#include "router/access/limits.h"

namespace zeroway {

namespace {

Verdict wrong_login(const BasicRule& rule, std::string why) {
  return challenge(Code::unauthorized, basic_challenge(rule.realm), std::move(why));
}

Verdict pass(const BasicRule& rule, const std::string& user) {
  Verdict verdict;
  verdict.user = user;
  if (!rule.user_field.empty()) {
    verdict.request.remove_alike(rule.user_field);
    verdict.request.set(rule.user_field, user);
  }
  if (rule.strips_authorization) verdict.request.remove_alike("authorization");
  return verdict;
}

Verdict busy(std::string why) { return Verdict::refusal({Fault::client, Code::login_busy, false, std::move(why)}); }

// A number that only this process can compute of a name.
std::uint64_t seed_of(const Digest& digest) {
  std::uint64_t seed = 0;
  std::memcpy(&seed, digest.data(), sizeof(seed));
  return seed;
}

}  // namespace

BasicLogin::~BasicLogin() {
  for (const auto& waiting : waiting_) desk_.forget(waiting.second.ticket);
}

Verdict BasicLogin::judge(const AccessQuestion& question, const BasicRule& rule, const PasswordFile& passwords,
                          VerdictTo to) {
  const auto authorization = read_authorization(question.head);
  if (!authorization) return Verdict::refusal(authorization.error());
  if (!*authorization) return wrong_login(rule, "no login");
  if ((*authorization)->scheme != "basic") return wrong_login(rule, "a login that is not Basic");
  auto said = read_credentials((*authorization)->credentials);
  if (!said) return wrong_login(rule, "the login is no base64 of USER:PASSWORD");
  const std::string* own = passwords.find(said->user);
  const std::string* hash = own != nullptr ? own : passwords.any_hash(seed_of(desk_.name(said->user, "", "")));
  if (hash == nullptr) return wrong_login(rule, "the file of passwords has no users");
  const Digest login = desk_.name(said->user, said->password, *hash);
  if (own != nullptr && good_.has(login, clock_.now())) return pass(rule, said->user);

  HashWork work{login, address_key(question.address).value_or(AddressKey{}), std::move(said->password), *hash};
  // Both are set once the answer can come: never before ask() has returned.
  const auto ticket = std::make_shared<HashPool::Ticket>(0);
  *ticket =
      desk_.ask(std::move(work), [this, key = to.key, ticket](HashPool::Answer answer) { told(key, *ticket, answer); });
  if (*ticket == 0) return busy("too many passwords are being checked, of this client or of all");
  waiting_[to.key] = {*ticket, login, own != nullptr, std::move(said->user), &rule, to};
  Verdict later;
  later.way = Verdict::Way::later;
  later.patience = 2 * kLongestHashWait;  // with the hash itself
  return later;
}

void BasicLogin::forget(ExchangeKey key) {
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) return;
  const HashPool::Ticket ticket = found->second.ticket;
  waiting_.erase(found);
  desk_.forget(ticket);
}

// The question may be gone, and its key may wait for another answer.
void BasicLogin::told(ExchangeKey key, HashPool::Ticket ticket, HashPool::Answer answer) {
  const auto found = waiting_.find(key);
  if (found == waiting_.end() || found->second.ticket != ticket) return;
  const Waiting waiting = std::move(found->second);
  waiting_.erase(found);
  if (answer == HashPool::Answer::late) return waiting.to.tell(busy("too many passwords wait for their check"));
  if (answer == HashPool::Answer::wrong || !waiting.is_user)
    return waiting.to.tell(wrong_login(*waiting.rule, waiting.is_user ? "a wrong password" : "an unknown user"));
  good_.add(waiting.login, clock_.now());
  waiting.to.tell(pass(*waiting.rule, waiting.user));
}

}  // namespace zeroway
