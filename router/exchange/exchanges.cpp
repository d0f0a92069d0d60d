#include "router/exchange/exchanges.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "router/exchange/exchange.h"
#include "router/exchange/limits.h"
#include "router/exchange/slot_map.h"

namespace zeroway {

struct Exchanges::Inside final : ExchangeContext {
  using ExchangeContext::ExchangeContext;

  void retire(ExchangeKey key) override { exchanges.retire(key); }

  void wait_for_budget(ExchangeKey key) override {
    queue.push_back(key);
    waiting = queue.size();
  }

  void serve_waiting() override {
    ++depth;
    while (!queue.empty()) {
      Exchange* exchange = exchanges.find(queue.front());
      if (exchange != nullptr && !exchange->retry_now()) break;
      queue.pop_front();
    }
    waiting = queue.size();
    --depth;
  }

  SlotMap<Exchange> exchanges{kWarmExchanges};
  std::deque<ExchangeKey> queue;  // exchanges that wait for the retry budget, first come first served
};

Exchanges::Exchanges(const ExchangeSettings& settings, Counters& counters, const WallClock& clock, AccessJudge* judge,
                     Tracer* tracer)
    : inside_(std::make_unique<Inside>(settings, counters, clock, judge, tracer)) {
  inside_->finder = this;
  inside_->verdicts = this;
}

Exchanges::~Exchanges() = default;

ExchangeKey Exchanges::open(ReplySink& client, const ClientInfo& info, Kind kind, Time now) {
  if (inside_->depth == 0) inside_->exchanges.recycle();
  const ExchangeKey key = inside_->exchanges.add([this] { return std::make_unique<Exchange>(*inside_); });
  inside_->exchanges.find(key)->begin(key, client, info, kind, now);
  return key;
}

void Exchanges::refuse(ReplySink& client, const ClientInfo& info, Head& head, Code code, Time now) {
  const ExchangeKey key = open(client, info, Kind::request, now);
  inside_->exchanges.find(key)->refuse(head, code);
}

StreamSink* Exchanges::from_client(ExchangeKey key) {
  Exchange* exchange = inside_->exchanges.find(key);
  return exchange == nullptr ? nullptr : &exchange->from_client();
}

const RequestTerms& Exchanges::terms(ExchangeKey) const { return inside_->terms; }

void Exchanges::blame_client(ExchangeKey key, Code code) {
  if (Exchange* exchange = inside_->exchanges.find(key)) exchange->blame_client(code);
}

BackendEvents* Exchanges::find(ExchangeKey key) {
  Exchange* exchange = inside_->exchanges.find(key);
  return exchange == nullptr ? nullptr : &exchange->from_backend();
}

void Exchanges::decided(ExchangeKey key, Verdict verdict) {
  if (Exchange* exchange = inside_->exchanges.find(key)) exchange->decided(std::move(verdict));
}

void Exchanges::sweep(Time now) { inside_->deadlines.advance(now); }

void Exchanges::answer_challenges(const ChallengeAnswers& who) { inside_->challenges = &who; }

void Exchanges::keep_clients_by(MemberSeal& seal) { inside_->seal = &seal; }
void Exchanges::give_permits_by(PermitDesk& desk) { inside_->permits = &desk; }

void Exchanges::keep_requests(RequestBook& book) { inside_->book = &book; }

std::vector<OpenRequest> Exchanges::oldest(std::size_t most, Time now) {
  std::vector<std::pair<Time, ExchangeKey>> open;
  open.reserve(inside_->exchanges.size());
  inside_->exchanges.for_each([&](ExchangeKey key, const Exchange& exchange) {
    if (exchange.has_head()) open.emplace_back(exchange.began(), key);
  });
  const auto end = open.begin() + static_cast<std::ptrdiff_t>(std::min(most, open.size()));
  std::partial_sort(open.begin(), end, open.end());
  std::vector<OpenRequest> oldest;
  for (auto at = open.begin(); at != end; ++at)
    oldest.push_back(inside_->exchanges.find(at->second)->open_request(now));
  return oldest;
}

std::optional<OpenRequest> Exchanges::open_request(ExchangeKey key, Time now) {
  const Exchange* exchange = inside_->exchanges.find(key);
  return exchange == nullptr ? std::nullopt : std::optional(exchange->open_request(now));
}

bool Exchanges::close(ExchangeKey key) {
  Exchange* exchange = inside_->exchanges.find(key);
  if (exchange == nullptr) return false;
  exchange->close();
  return true;
}

std::size_t Exchanges::close_of(std::string_view member) {
  std::vector<ExchangeKey> keys;
  inside_->exchanges.for_each([&](ExchangeKey key, const Exchange& exchange) {
    if (exchange.member() == member) keys.push_back(key);
  });
  std::size_t closed = 0;
  for (const ExchangeKey key : keys) closed += close(key);
  return closed;
}

bool Exchanges::trusts(std::string_view address) const { return inside_->rules.trusts(address); }

std::size_t Exchanges::size() const { return inside_->exchanges.size(); }

}  // namespace zeroway
