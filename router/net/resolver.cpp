#include "router/net/resolver.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "router/net/limits.h"
#include "router/net/name_question.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool is_local_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name == "localhost" || name.ends_with(".localhost");
}

// The addresses of a host that no name server is asked for; empty for other hosts.
std::vector<SocketAddress> known_addresses(const std::string& host) {
  if (is_local_name(host)) return {*SocketAddress::numeric("127.0.0.1", 0), *SocketAddress::numeric("::1", 0)};
  if (const auto address = SocketAddress::numeric(host, 0)) return {*address};
  return {};
}

// The last good answer of one family.
struct KeptFamily {
  std::vector<SocketAddress> addresses;
  Time ends{};  // from then on it is not used any more
};

using State = NameQuestion::Family::State;

}  // namespace

// What is known of a name:
//
//     nothing ──ask──▶ asking ──answer──▶ good ──life ends──▶ asking
//                        └─────failed───▶ old answer, or none ──failed_life──▶ asking, when somebody looks it up
struct Resolver::Name {
  [[nodiscard]] std::vector<SocketAddress> addresses(Time now) const {
    std::vector<SocketAddress> all;
    for (const KeptFamily* family : {&v4, &v6}) {
      if (now < family->ends) all.insert(all.end(), family->addresses.begin(), family->addresses.end());
    }
    return all;
  }
  [[nodiscard]] bool is_idle(Time now) const { return !question && waiting.empty() && now >= good_until; }

  std::string host;
  KeptFamily v4, v6;
  Time good_until{};  // no question before
  Time asked{};
  std::string fault;  // of the last question; empty when that succeeded
  std::vector<Waiting*> waiting;
  std::unique_ptr<NameQuestion> question;
};

class Resolver::Waiting final : public Lookup, private TurnEnd {
 public:
  Waiting(Loop& loop, std::string host, std::uint16_t port, Done done)
      : loop_(loop), host_(std::move(host)), port_(port), done_(std::move(done)), timer_(loop, [this] { ring(); }) {}
  ~Waiting() override {
    leave();
    loop_.forget_turn_end(*this);
  }

  // Waits for the name's question: for `patience`, then for an old answer until `deadline`.
  void wait_for(Name& name, Millis patience, Millis deadline) {
    name_ = &name;
    name.waiting.push_back(this);
    left_ = deadline - patience;
    timer_.set(patience);
  }

  // At the end of this turn.
  void answer(Result<std::vector<SocketAddress>> result) {
    leave();
    timer_.clear();
    result_.emplace(std::move(result));
    loop_.at_turn_end(*this);
  }

  [[nodiscard]] Error error(std::string_view why) const {
    return {Fault::backend, Code::no_backend, true, "the name " + host_ + ": " + std::string(why)};
  }

 private:
  void leave() {
    if (Name* const name = std::exchange(name_, nullptr)) std::erase(name->waiting, this);
  }

  void ring() {
    auto old = name_->addresses(loop_.now());
    if (!old.empty()) return answer(std::move(old));
    if (left_ > Millis(0)) return timer_.set(std::exchange(left_, Millis(0)));
    Error late = error("no answer yet");
    late.code = Code::backend_timeout;
    answer(std::move(late));
  }

  void turn_end() override {
    const Done done = std::exchange(done_, nullptr);  // this object may be destroyed in the call
    auto result = std::move(*result_);
    if (result) {
      for (SocketAddress& address : *result) address = address.with_port(port_);
    }
    done(std::move(result));
  }

  Loop& loop_;
  std::string host_;
  std::uint16_t port_;
  Done done_;
  Timer timer_;
  Name* name_ = nullptr;  // while it waits for the question
  Millis left_{};
  std::optional<Result<std::vector<SocketAddress>>> result_;
};

Resolver::Resolver(Loop& loop, ResolverSettings settings) : loop_(loop), settings_(std::move(settings)) {}
Resolver::~Resolver() = default;

std::unique_ptr<Lookup> Resolver::look_up(const std::string& host, std::uint16_t port, Millis deadline, Done done) {
  auto waiting = std::make_unique<Waiting>(loop_, host, port, std::move(done));
  const std::string key = lower(host);
  if (auto known = known_addresses(key); !known.empty()) {
    waiting->answer(std::move(known));
    return waiting;
  }
  if (!names_.contains(key) && !make_room()) {
    waiting->answer(waiting->error("too many names are asked for at once"));
    return waiting;
  }
  Name& name = name_of(key);
  auto addresses = name.addresses(loop_.now());
  if (loop_.now() < name.good_until) {
    if (addresses.empty()) {
      waiting->answer(waiting->error(name.fault));
    } else {
      waiting->answer(std::move(addresses));
    }
    return waiting;
  }
  const Millis patience = addresses.empty() ? deadline : std::min(deadline, settings_.stale_wait);
  waiting->wait_for(name, patience, deadline);
  if (!name.question) ask(name);
  return waiting;
}

void Resolver::look_up_early(const std::string& host) {
  const auto at = names_.find(lower(host));
  if (at == names_.end()) return;
  Name& name = *at->second;
  if (!name.question && loop_.now() - name.asked >= settings_.early_interval) ask(name);
}

Time Resolver::known_until(const std::string& host) const {
  const std::string key = lower(host);
  if (!known_addresses(key).empty()) return Time::max();
  const auto at = names_.find(key);
  return at == names_.end() ? Time::min() : at->second->good_until;
}

Resolver::Name& Resolver::name_of(const std::string& host) {
  auto& name = names_[host];
  if (!name) {
    name = std::make_unique<Name>();
    name->host = host;
  }
  return *name;
}

// False when there are kMaxNames, and all of them are in use.
bool Resolver::make_room() {
  if (names_.size() < kMaxNames) return true;
  const Time now = loop_.now();
  return std::erase_if(names_, [now](const auto& entry) { return entry.second->is_idle(now); }) > 0;
}

void Resolver::ask(Name& name) {
  name.asked = loop_.now();
  name.question = std::make_unique<NameQuestion>(loop_, name.host, settings_.servers, [this, &name] { learn(name); });
}

// One family that is known need not wait for the other one. A family counts as empty only when the same question found
// addresses of the other family: a name that has lost all its addresses is more likely a fault of the server.
void Resolver::learn(Name& name) {
  const Time now = loop_.now();
  const NameQuestion::Family& v4 = name.question->v4();
  const NameQuestion::Family& v6 = name.question->v6();
  const bool has_found = v4.state == State::found || v6.state == State::found;
  Millis life = settings_.most_life;
  const auto keep = [&](KeptFamily& kept, const NameQuestion::Family& told) {
    if (told.state == State::none && has_found) kept = {};
    if (told.state != State::found) return;
    const Millis told_life = std::clamp<Millis>(told.life, settings_.least_life, settings_.most_life);
    life = std::min(life, told_life);
    kept = {told.addresses, now + told_life + settings_.stale_life};
  };
  keep(name.v4, v4);
  keep(name.v6, v6);
  // The fault of a failing server says more than that of a server without the name.
  std::string fault = has_found ? "" : v4.state == State::failed ? v4.fault : v6.fault;
  auto addresses = name.addresses(now);
  if (!fault.empty() && name.fault.empty() && !addresses.empty()) {
    log::warning("the name " + name.host + ": " + fault + "; its old addresses stay in use");
  }
  name.fault = std::move(fault);
  name.good_until = now + (has_found ? life : settings_.failed_life);
  for (Waiting* const one : std::exchange(name.waiting, {})) {
    if (addresses.empty()) {
      one->answer(one->error(name.fault));
    } else {
      one->answer(addresses);
    }
  }
  if (name.question->is_over()) name.question.reset();
}

}  // namespace zeroway
